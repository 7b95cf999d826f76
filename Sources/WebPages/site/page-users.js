// Users & sessions: who there is and what each did over the range.

import {h} from './dom.js';
import * as state from './state.js';
import {ago, country, day, duration, moment, money, words} from './format.js';
import {redactedBadge} from './table.js';
import {loaded, tiles} from './tile.js';
import {emptyOf, facts, listTile, person} from './page-list.js';
import {exportMenu} from './export-menu.js';
import {dialog} from './menu.js';

export const title = 'Users & sessions';
export const filters = 'people';

/** Columns by which the service sorts, with its names for that; the most always stands first. */
const ORDERS = {last_active_at: 'last_active', events: 'events', tokens: 'tokens', cost_usd: 'cost'};

export function show(root, page) {
  root.append(tiles(usersTile(page), sessionsTile(page)));
  return loaded(root);
}

const since = (at) => at && h('time', {datetime: at, title: moment(at, undefined, {seconds: true})}, ago(at));

function usersTile({api}) {
  const root = listTile({
    title: 'People', test: 'users', limit: 25, rowTest: 'user-row',
    about: 'Those who have a profile, and those whom events name. Figures are about the range, “last active” also looks before it. Costs are of use, without storage. Mail addresses take a reveal.',
    filters: [{name: 'search', label: 'Find a person', kind: 'search', placeholder: 'Find by identifier'}],
    sort: {
      get by() { return Object.keys(ORDERS).find((key) => ORDERS[key] === state.get('sort')) ?? 'last_active_at'; },
      descending: true,
      go: (key) => root.set({sort: ORDERS[key] === 'last_active' ? null : ORDERS[key], offset: null}),
      parameters: () => ({sort: Object.values(ORDERS).includes(state.get('sort')) ? state.get('sort') : null}),
    },
    ask: (parameters) => api.get('/api/admin/users', parameters, {filters: 'people', reveal: true}),
    actions: (_, own) => exportMenu(api, 'users', {...own, sort: Object.values(ORDERS).includes(state.get('sort')) ? state.get('sort') : null}),
    rowsOf: (answer) => answer.users,
    columns: [
      {key: 'user_id', title: 'Person', render: person},
      {key: 'domain', title: 'Mail', render: (domain, row) => h('div', {class: 'two-lines start'}, row.email === '(redacted)' ? redactedBadge() : row.email ?? '–', h('small', null, domain))},
      {key: 'role', title: 'Role', render: (role, row) => h('div', {class: 'two-lines start'}, words(role), row.status === 'active' ? h('small', null, 'Active') : row.status && h('span', {class: `badge ${{suspended: 'badge-bad', invited: 'badge-warn'}[row.status] ?? ''}`}, words(row.status)))},
      {key: 'signed_up_at', title: 'Signed up', className: 'time', render: (at) => at && day(at, 'UTC', {year: true})},
      {key: 'last_active_at', title: 'Last active', sortable: true, render: since},
      {key: 'events', title: 'Events', unit: 'count', sortable: true},
      {key: 'sessions', title: 'Sessions', unit: 'count'},
      {key: 'generations', title: 'Generations', unit: 'count'},
      {key: 'tokens', title: 'Tokens', unit: 'tokens', sortable: true},
      {key: 'cost_usd', title: 'Cost', unit: 'dollars', sortable: true, render: (value) => value > 0 && value < 0.01 ? h('span', {title: money(value)}, `<${money(0.01)}`) : money(value)},
    ],
    onRow: (row) => state.go(state.link(`/users/${encodeURIComponent(row.user_id)}`)),
    empty: emptyOf('Nobody yet', 'People come with their events, or with POST /api/analytics/users.'),
  });
  return root;
}

function sessionsTile({api}) {
  return listTile({
    title: 'Sessions', test: 'sessions', prefix: 'sessions', limit: 15, rowTest: 'session-row',
    about: 'Those that began in the range. Active time, the dark part of a bar, leaves out pauses of five minutes and longer.',
    filters: [{name: 'is_active', label: 'Open and ended', options: [['true', 'Open'], ['false', 'Ended']]}],
    ask: (parameters) => api.get('/api/admin/sessions', parameters, {filters: 'people'}),
    actions: (_, own) => exportMenu(api, 'sessions', own),
    rowsOf: (answer) => answer.sessions,
    columns: ({sessions, receipt}) => sessionColumns(sessions, receipt?.time_zone, true),
    onRow: (row, answer) => showSession(row, answer.receipt?.time_zone),
    empty: emptyOf('No sessions in this range'),
  });
}

/** Columns of a list of sessions; `withPerson` where they are of several. */
export function sessionColumns(rows, zone, withPerson) {
  const longest = Math.max(0.01, ...rows.map((one) => one.duration_hours ?? 0));
  return [
    {key: 'login_at', title: 'Login', className: 'time', render: (at) => moment(at, zone)},
    withPerson && {key: 'user_id', title: 'Person', render: person},
    {key: 'is_active', title: 'State', value: (row) => String(row.is_active), render: (_, row) => row.is_active ? h('span', {class: 'badge badge-good'}, '● Open') : h('span', {class: 'badge'}, 'Ended')},
    {key: 'duration_hours', title: 'Duration', number: true, className: 'latency', render: (hours, row) => typeof hours === 'number' ? h('span', {class: 'bar-cell'},
      h('span', null, hoursText(hours), activeText(row, hours)),
      h('span', {class: 'bar bar-of', 'aria-hidden': 'true', style: {'--share': (row.active_hours ?? 0) / longest, '--whole': hours / longest}})) : null},
    {key: 'device_type', title: 'Device', render: (device, row) => [device && words(device), row.browser].filter(Boolean).join(', ') || null},
    withPerson && {key: 'country', title: 'Country', render: country},
    {key: 'api_calls', title: 'API calls', unit: 'count'},
  ].filter(Boolean);
}

const hoursText = (hours) => duration(hours * 3_600);

function activeText({active_hours: active}, hours) {
  if (typeof active !== 'number') return null;
  const text = hoursText(active);
  return h('small', null, text === hoursText(hours) ? ', all active' : `, ${text} active`);
}

export function showSession(row, zone, withPerson = true) {
  const at = (value) => value && moment(value, zone, {seconds: true});
  dialog('Session', () => facts([
    ['Person', withPerson && row.user_id ? person(row.user_id) : null], ['Login', at(row.login_at)], ['Logout', at(row.logout_at)], ['Last activity', at(row.last_activity_at)],
    ['Duration', typeof row.duration_hours === 'number' ? hoursText(row.duration_hours) : null], ['Active', typeof row.active_hours === 'number' ? hoursText(row.active_hours) : null],
    ['Device', row.device_type && words(row.device_type)], ['Browser', row.browser], ['System', row.os], ['Country', country(row.country)], ['Organisation', row.organization_id],
    ['API calls', row.api_calls], ['Page views', row.page_views], ['Requests', row.requests], ['Tokens', row.tokens], ['Session', h('code', null, row.id)],
  ]), {className: 'drawer', test: 'session-detail'});
}
