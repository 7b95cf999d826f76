// Threats: what looked like an attack, how grave it was, and whether somebody dealt with it: many at a time, with a way back.

import {h} from './dom.js';
import {exportMenu} from './export-menu.js';
import * as state from './state.js';
import {country, full, moment, words} from './format.js';
import {dialog} from './menu.js';
import {facts, listTile, person} from './page-list.js';
import {notice} from './page-notice.js';
import {selection} from './page-selection.js';

const PATH = '/api/admin/threats';
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const TYPES = ['prompt_injection', 'suspicious_content', 'invalid_authentication', 'rate_limit_violation', 'malformed_request', 'custom'];
const MOST = 200;

/** A severity by colour, by its mark and in words. */
const severity = (name) => h('span', {class: `severity severity-${SEVERITIES.includes(name) ? name : 'other'}`}, h('span', {'aria-hidden': 'true'}, {critical: '▲▲', high: '▲', medium: '◆', low: '●'}[name] ?? '○'), words(name));
const resolvedBadge = (row) => row.resolved ? h('span', {class: 'badge badge-good'}, '✓ Resolved') : h('span', {class: 'badge badge-warn'}, 'Open');

export function threatsTile(page) {
  const {api} = page;
  const button = (label, test, act) => h('button', {type: 'button', disabled: true, 'data-test': test, onclick: act}, label);
  let rows = [];
  const pick = (resolved) => chosen.ids.filter((id) => rows.some((row) => row.id === id && Boolean(row.resolved) === resolved));
  const resolveButton = button('Resolve', 'resolve', () => change('resolve', pick(false)));
  const unresolveButton = button('Open again', 'unresolve', () => change('unresolve', pick(true)));
  const chosen = selection({name: 'threats', test: 'threat', changed: () => {
    for (const [one, label, resolved] of [[resolveButton, 'Resolve', false], [unresolveButton, 'Open again', true]]) {
      const count = pick(resolved).length;
      one.disabled = count === 0;
      one.textContent = count ? `${label} (${full(count)})` : label;
    }
  }});

  const root = listTile({
    title: 'Threats', test: 'threats', prefix: 'threats', limit: 20, rowTest: 'threat-row',
    about: ['What looked like an attack. Resolving says that somebody dealt with it, with time and person, and is an entry of the audit log.', 'Addresses are sealed; descriptions are for those who may read the free text of the organisation.'],
    filters: [
      {name: 'severity', label: 'Any severity', options: SEVERITIES.map((name) => [name, words(name)])},
      {name: 'type', label: 'Any type', options: TYPES.map((name) => [name, words(name)])},
      {name: 'resolved', label: 'Open and resolved', options: [['false', 'Open'], ['true', 'Resolved']]},
    ],
    ask: async (parameters) => {
      const list = (more) => api.get(PATH, {...parameters, ...more}, {filters: 'time', reveal: true});
      const [answer, ...open] = await Promise.all([list(), ...SEVERITIES.map((name) => list({severity: name, resolved: 'false', type: null, limit: 1, offset: null}))]);
      return {...answer, open: SEVERITIES.map((name, index) => [name, open[index].total])};
    },
    rowsOf: (answer) => answer.threats,
    columns: ({threats}) => [
      chosen.column(threats),
      {key: 'timestamp', title: 'When', render: (at) => h('span', {class: 'time'}, moment(at))},
      {key: 'severity', title: 'Severity', render: severity},
      {key: 'type', title: 'Type', render: words},
      {key: 'description', title: 'Description', className: 'wrap'},
      {key: 'ip_address', title: 'Address'},
      {key: 'user_id', title: 'Person', render: (id) => person(id) ?? 'not signed in'},
      {key: 'country', title: 'Country', render: country},
      {key: 'resolved', title: 'State', value: (row) => String(row.resolved), render: (_, row) => resolvedBadge(row)},
    ],
    before({threats, open}) {
      rows = threats;
      return h('ul', {class: 'open-threats', 'aria-label': 'Open threats by severity'}, open.map(([name, count]) => h('li', {'data-test': `open-${name}`}, severity(name), h('strong', null, full(count)), h('span', {class: 'quiet'}, 'open'))));
    },
    actions: () => [unresolveButton, resolveButton, exportMenu(api, 'threats', Object.fromEntries(['severity', 'type', 'resolved'].map((name) => [name, state.get(`threats_${name}`)])), 'time')],
    onRow: (row) => showThreat(row, change),
    empty: {title: 'No threats in this range', text: 'Nothing that looked like an attack was reported.'},
  });

  /** `verb` is `resolve` or `unresolve`. What was so before is left as it was, by undoing too. */
  async function change(verb, ids, {undo = false} = {}) {
    if (!ids.length) return;
    try {
      const answer = await api.patch(`${PATH}/${verb}`, {ids: ids.slice(0, MOST)}, {filters: 'scope'});
      const done = answer.outcomes.filter((one) => one.outcome === `${verb}d`).map((one) => one.id);
      const back = verb === 'resolve' ? 'unresolve' : 'resolve';
      const text = done.length ? `${full(done.length)} ${done.length === 1 ? 'threat' : 'threats'} ${undo ? 'as before' : verb === 'resolve' ? 'resolved' : 'opened again'}.` : 'Nothing had to be changed.';
      notice(text, {action: !undo && done.length > 0 && {label: 'Undo', go: () => change(back, done, {undo: true})}});
      chosen.clear();
      await root.reload();
    } catch (error) {
      notice(`${error.title ?? 'Not changed'}: ${error.detail ?? error.message}`, {isError: true});
    }
  }
  return root;
}

function showThreat(row, change) {
  dialog('Threat', (done) => [
    facts([
      ['Severity', severity(row.severity)], ['Type', words(row.type)], ['When', moment(row.timestamp, undefined, {seconds: true})], ['Description', row.description],
      ['Address', row.ip_address], ['Person', person(row.user_id)], ['Country', country(row.country)], ['Organisation', row.organization_id], ['Request', row.request_id && h('code', null, row.request_id)],
      ['State', resolvedBadge(row)], ['Resolved', row.resolved_at && `${moment(row.resolved_at, undefined, {seconds: true})} by ${row.resolved_by ?? 'somebody'}`], ['Threat', h('code', null, row.id)],
    ]),
    h('div', {class: 'dialog-actions'}, h('button', {type: 'button', class: row.resolved ? '' : 'primary', 'data-test': 'change-this', onclick: () => { done(); change(row.resolved ? 'unresolve' : 'resolve', [row.id]); }}, row.resolved ? 'Open again' : 'Resolve')),
  ], {className: 'drawer', test: 'threat-detail'});
}
