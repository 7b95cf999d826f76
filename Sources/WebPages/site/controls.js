// The controls of the header: which days, compared with what, whose, and which organisation.

import {h, icon, replace} from './dom.js';
import * as state from './state.js';
import {day} from './format.js';
import {menu, closeMenu} from './menu.js';
import {viewsMenu} from './views.js';

const RANGE_NAMES = {'24h': '24 hours', '7d': '7 days', '30d': '30 days', '90d': '90 days', '1y': '1 year', all: 'All time'};
const COMPARISONS = {previous: 'previous', weekday: 'same weekdays', none: 'nothing'};
const FILTERS = [
  {name: 'role', title: 'Role', of: 'roles'},
  {name: 'status', title: 'Status', of: 'statuses'},
  {name: 'domain', title: 'Mail domain', of: 'domains'},
];
/** What a page uses of the header, by its export `filters`: as `globalFilters` of api.js names reach. */
const REACH = {none: 0, scope: 1, time: 2, own: 2, people: 3, compare: 4};

/** What a browser knows; the service may know more, and says so where it does not. */
const timeZones = () => ['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? []).filter((one) => one !== 'UTC')];

const nameOf = (entry) => typeof entry === 'string' ? entry : entry?.domain ?? entry?.organization_id ?? entry?.name ?? '';

/** The header's controls. `update(reach)` draws what the address says; `offer(segments)` fills lists of choices. */
export function controls({session, refresh}) {
  let segments = null;
  let reach = REACH.compare;
  let isOwn = false;
  const bar = h('div', {class: 'controls', role: 'toolbar', 'aria-label': 'What is shown'});
  const chips = h('div', {class: 'chips'});

  function rangeControl() {
    const {preset, from, to} = state.range();
    const presets = state.RANGES.map((name) => h('button', {
      type: 'button', 'aria-pressed': String(preset === name), title: RANGE_NAMES[name], 'data-key': `range-${name}`, 'data-test': `range-${name}`,
      onclick: () => state.write({range: name === state.DEFAULT_RANGE ? null : name, from: null, to: null, offset: null}),
    }, name === 'all' ? 'All' : name));
    const custom = menu(preset ? '' : `${from ? day(from, 'UTC') : '…'} – ${to ? day(to, 'UTC') : 'now'}`, () => {
      const first = h('input', {type: 'date', name: 'from', value: (from ?? '').slice(0, 10), 'data-test': 'custom-from'});
      const last = h('input', {type: 'date', name: 'to', value: (to ?? '').slice(0, 10), 'data-test': 'custom-to'});
      const zone = h('input', {type: 'text', name: 'time_zone', list: 'time-zones', maxlength: 64, autocomplete: 'off', spellcheck: 'false', value: state.get('time_zone', ''), placeholder: session.time_zone, 'data-test': 'time-zone'});
      const wrong = h('p', {class: 'field-error', role: 'alert'});
      return h('form', {class: 'fields', onsubmit: (event) => {
        event.preventDefault();
        const days = first.value || last.value ? {range: null, from: first.value, to: last.value} : {};
        const time_zone = zone.value.trim();
        if (!first.value && !last.value && time_zone === state.get('time_zone', '')) { wrong.textContent = 'Choose a day, or another time zone.'; return; }
        if (first.value && last.value && first.value > last.value) { wrong.textContent = 'The first day is after the last.'; return; }
        closeMenu();
        state.write({...days, time_zone, offset: null});
      }}, h('label', null, 'First day', first), h('label', null, 'Last day', last),
      h('label', null, 'Days begin in', zone, h('datalist', {id: 'time-zones'}, timeZones().map((value) => h('option', {value})))), wrong, h('button', {type: 'submit', class: 'primary', 'data-test': 'custom-apply'}, 'Show'));
    }, {name: 'Choose days and time zone', image: 'calendar', key: 'custom', test: 'range-custom', className: preset && !state.get('time_zone') ? '' : 'is-set'});
    return h('div', {class: 'segmented', role: 'group', 'aria-label': 'Range'}, presets, custom);
  }

  function compareControl() {
    const current = state.get('compare', 'previous');
    return h('label', {class: 'select'}, h('span', null, 'vs'), h('select', {'aria-label': 'Compared with', 'data-key': 'compare', 'data-test': 'compare', onchange: (event) => state.write({compare: event.target.value === 'previous' ? null : event.target.value})},
      Object.entries(COMPARISONS).map(([value, title]) => h('option', {value, selected: value === current}, title))));
  }

  function choices({name, title, of}) {
    const chosen = new Set(state.getAll(name));
    const known = [...new Set([...(segments?.[of] ?? []).map(nameOf), ...chosen])].filter(Boolean);
    if (!segments) return h('label', null, title, h('input', {type: 'text', name, value: [...chosen].join(', '), placeholder: 'any; several with commas', 'data-test': `filter-${name}`}));
    return h('fieldset', {'data-test': `filter-${name}`}, h('legend', null, title), known.length ? h('div', {class: known.length > 8 ? 'choices choices-long' : 'choices'}, known.map((value) => h('label', {class: 'check'}, h('input', {type: 'checkbox', name, value, checked: chosen.has(value)}), h('span', null, value)))) : h('span', {class: 'hint'}, 'none known'));
  }

  function filterControl() {
    const count = [...FILTERS.map((one) => one.name), 'activated'].filter((name) => state.getAll(name).length).length;
    return menu(count ? `Filters (${count})` : 'Filters', () => h('form', {class: 'fields', onsubmit: (event) => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      const changes = {offset: null, activated: form.get('activated')};
      for (const {name} of FILTERS) changes[name] = [...new Set(form.getAll(name).flatMap((text) => segments ? [text] : text.split(',')).map((text) => text.trim()).filter(Boolean))];
      closeMenu();
      state.write(changes);
    }}, FILTERS.map(choices),
    h('label', null, 'Activated', h('select', {name: 'activated', 'data-test': 'filter-activated'}, [['', 'either'], ['true', 'yes: generated within a week of signing up'], ['false', 'no']].map(([value, title]) => h('option', {value, selected: state.get('activated', '') === value}, title)))),
    h('button', {type: 'submit', class: 'primary', 'data-test': 'filter-apply'}, 'Apply')), {name: 'Filter people', image: 'filter', key: 'filters', test: 'filters', className: count ? 'is-set' : ''});
  }

  function organizationControl() {
    const all = session.organizations === null;
    const known = new Set([...(segments?.organizations ?? []).map(nameOf), ...(session.organizations ?? []), session.organization_id].filter(Boolean));
    if (!all && known.size < 2) return known.size ? h('span', {class: 'select', title: 'Your organisation: all that is shown is about it'}, icon('organization'), h('span', {class: 'organization-name', 'data-test': 'organization'}, [...known][0])) : null;
    const current = state.get('organization_id') ?? (state.get('organizations') === 'all' || (all && !session.organization_id) ? '*' : session.organization_id ?? '');
    if (current && current !== '*') known.add(current);
    const own = (name) => name === session.organization_id ? ' · own' : '';
    const select = h('select', {'aria-label': 'Organisation', 'data-key': 'organization', 'data-test': 'organization', onchange: (event) => {
      const value = event.target.value;
      state.write({offset: null, organizations: value === '*' ? 'all' : null, organization_id: value === '*' || value === session.organization_id ? null : value});
    }}, all && h('option', {value: '*', selected: current === '*'}, 'All organisations'),
    !all && !session.organization_id && h('option', {value: '', selected: current === ''}, 'All of mine'),
    [...known].sort().map((name) => h('option', {value: name, selected: name === current}, name + own(name))));
    const badge = current === '*' ? 'all' : current === '' || current === session.organization_id || session.organizations?.includes(current) ? 'own' : 'other';
    return h('label', {class: 'select'}, icon('organization'), select, h('span', {class: `badge badge-scope-${badge}`, 'data-test': 'organization-badge'}, badge));
  }

  function chip(text, changes) {
    return h('button', {type: 'button', class: 'chip', 'aria-label': `Remove ${text}`, 'data-test': 'chip', onclick: () => state.write({...changes, offset: null})}, text, icon('close'));
  }

  function drawChips() {
    const zone = state.get('time_zone');
    const list = reach < REACH.people ? [] : FILTERS.flatMap(({name, title}) => state.getAll(name).map((value) => chip(`${title}: ${value}`, {[name]: state.getAll(name).filter((other) => other !== value)})));
    if (reach >= REACH.people && state.get('activated')) list.push(chip(`Activated: ${state.get('activated') === 'true' ? 'yes' : 'no'}`, {activated: null}));
    const people = list.length;
    if (zone && reach >= REACH.scope) list.unshift(chip(`Time zone: ${zone}`, {time_zone: null}));
    if (people > 1) list.push(h('button', {type: 'button', class: 'plain', onclick: () => state.write({role: null, status: null, domain: null, activated: null, offset: null})}, 'Clear all'));
    replace(chips, list);
  }

  function draw() {
    replace(bar,
      reach >= REACH.time && rangeControl(),
      reach >= REACH.compare && compareControl(),
      reach >= REACH.people && filterControl(),
      reach >= REACH.scope && !isOwn && organizationControl(),
      h('span', {class: 'spread'}),
      refresh.control, viewsMenu());
    drawChips();
  }

  return {
    bar, chips,
    update(name = 'compare') {
      reach = REACH[name] ?? REACH.compare;
      isOwn = name === 'own';
      draw();
    },
    offer(answer) { segments = answer; if (!bar.querySelector('[aria-expanded=true]')) draw(); },
  };
}
