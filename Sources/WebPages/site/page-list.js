// A list in a tile: filters over it, pages by the service, all of it in the address.

import {h, iconButton, replace} from './dom.js';
import {isAbort} from './api.js';
import {saveCsv} from './csv.js';
import {full} from './format.js';
import {notice} from './page-notice.js';
import * as state from './state.js';
import {redactedBadge, table} from './table.js';
import {tile} from './tile.js';

const PATIENCE_MS = 350;
const FILE_ROWS = 2_000;
const FILE_PAGE = 100;

/**
 * A tile with a list that the service filters and pages.
 *
 * - `filters`: `{name, label, kind: 'select' | 'search', options?, at?, placeholder?}`; `options` are `[[value, label], ...]` or a promise of
 *   that. The value stands in the address as `at`, or `prefix_name`, and goes to `ask` under `name`.
 * - `ask(parameters)` gives a promise of the answer, `rowsOf(answer)` its rows; `columns` may be a function of the answer.
 * - `before(answer)` gives what stands over the table, `actions(answer)` what stands in the head of the tile.
 *
 * `reload()` of what is returned asks again and leaves the old rows until the new ones are there; `set({name: value})` writes the address first.
 */
export function listTile({title, test, size = 'full', about, prefix = '', filters = [], limit = 25, ask, rowsOf, columns, before, actions, rowTest, onRow, sort, empty, note, masksOnly = false, lines = 8}) {
  const places = new Map(filters.map(({name, at}) => [name, at]));
  const named = (name) => places.get(name) ?? (prefix ? `${prefix}_${name}` : name);
  const offset = () => state.getNumber(named('offset'), 0, 0, 1e6);
  const set = (changes, push = true) => {
    state.write(Object.fromEntries(Object.entries(changes).map(([name, value]) => [named(name), value])), {redraw: false, push});
    root.reload();
  };
  const chosen = () => Object.fromEntries(filters.map(({name}) => [name, state.get(named(name))]));
  const bar = filters.length ? h('div', {class: 'list-filters', role: 'group', 'aria-label': `Filters of ${title}`}, filters.map((filter) => control(filter, state.get(named(filter.name)) ?? '', set, test))) : null;

  const root = tile({
    title, test, size, about, bar, lines, className: 'tile-list',
    load: () => ask({...chosen(), limit, offset: offset() || null, ...sort?.parameters?.()}),
    draw(answer) {
      const rows = rowsOf(answer);
      const total = answer.total ?? rows.length;
      // Where a field is hidden in some rows only, its mask tells which.
      const redacted = masksOnly ? [] : answer.redacted ?? answer.receipt?.redacted ?? [];
      const page = {total, limit, offset: offset(), go: (to) => set({offset: to || null})};
      const shown = typeof columns === 'function' ? columns(answer) : columns;
      const view = h('div', {class: 'list'}, before?.(answer),
        rows.length
          ? table({columns: shown, rows, caption: title, page, redacted, onRow: onRow && ((row) => onRow(row, answer)), rowTest, sort: sort ?? {by: null, go() {}}})
          : nothing());
      return {view, actions: [actions?.(answer, chosen()), total > 0 && fileButton(total, shown)], note: note?.(answer)};
    },
  });

  /** Saves all rows that the filters let through, the first thousands of them, with the masks that they have on screen. */
  function fileButton(total, shown) {
    const most = Math.min(total, FILE_ROWS);
    const button = iconButton('download', `Save ${title} as CSV`, async () => {
      button.disabled = true;
      try {
        const rows = [];
        while (rows.length < most) {
          const page = rowsOf(await ask({...chosen(), ...sort?.parameters?.(), limit: FILE_PAGE, offset: rows.length || null}));
          rows.push(...page);
          if (page.length < FILE_PAGE) break;
        }
        saveCsv(title, shown.filter((column) => typeof column.title === 'string' && column.title), rows.slice(0, FILE_ROWS));
        if (total > FILE_ROWS) notice(`The file has the first ${full(FILE_ROWS)} of ${full(total)} rows.`);
      } catch (error) {
        if (!isAbort(error)) notice(error.detail ?? error.message, {isError: true});
      }
      button.disabled = false;
    }, {'data-test': 'csv', title: 'CSV'});
    return button;
  }

  function nothing() {
    const filtered = Object.values(chosen()).some(Boolean);
    const clear = h('button', {type: 'button', onclick: () => {
      for (const one of bar.querySelectorAll('select, input')) one.value = '';
      set({offset: null, ...Object.fromEntries(filters.map(({name}) => [name, null]))});
    }}, 'Clear filters');
    return h('div', {class: 'state', 'data-test': 'empty'},
      h('strong', null, filtered ? 'Nothing matches these filters' : empty?.title ?? 'Nothing here'),
      h('p', null, filtered ? 'Choose others, or none.' : empty?.text ?? 'Choose a longer range.'), filtered && clear);
  }
  root.set = set;
  return root;
}

function control({name, label, kind = 'select', options = [], placeholder}, value, set, test) {
  const attributes = {'aria-label': label, 'data-test': `${test}-${name}`, 'data-key': `${test}-${name}`};
  if (kind === 'select') {
    const select = h('select', {...attributes, onchange: () => set({[name]: select.value || null, offset: null})});
    const fill = (list) => {
      const known = list.some(([one]) => one === value);
      replace(select, h('option', {value: ''}, label), list.map(([one, text]) => h('option', {value: one, selected: one === value}, text)),
        value && !known && h('option', {value, selected: true}, value));
    };
    fill(Array.isArray(options) ? options : []);
    if (!Array.isArray(options)) options.then(fill, () => {});
    return select;
  }
  let timer;
  const input = h('input', {...attributes, type: 'search', maxlength: 128, placeholder: placeholder ?? label, value,
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => set({[name]: input.value.trim() || null, offset: null}, false), PATIENCE_MS); }});
  return input;
}

/** What to say where a list that heeds the header's filters of people is empty: they may be why. */
export const emptyOf = (title, text = 'Choose a longer range.') => ({
  get title() { return state.filtersPeople() ? 'Nothing matches the filters of people' : title; },
  get text() { return state.filtersPeople() ? 'Take one away, or choose a longer range.' : text; },
});

/** Names with values, for details: `[[label, value or node], ...]`; what is null is left out, a mask becomes a badge. */
export const facts = (entries) => h('dl', {class: 'facts'}, entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value === '(redacted)' ? redactedBadge() : value))));

/** A person, by identifier, as a link to his page. */
export const person = (id) => id ? h('a', {href: state.link(`/users/${encodeURIComponent(id)}`), class: 'identifier'}, id) : null;

/** Stars in words and marks: 4 as ★★★★☆. */
export const stars = (count) => typeof count === 'number'
  ? h('span', {class: 'stars', role: 'img', 'aria-label': `${count} of 5 stars`}, '★'.repeat(Math.max(0, Math.min(5, count))), h('span', {class: 'stars-off'}, '☆'.repeat(Math.max(0, 5 - count)))) : null;

/** A bar beside its value, as long as its `share` of the largest. */
export const barCell = (text, share) => h('span', {class: 'bar-cell'}, h('span', null, text), h('span', {class: 'bar', 'aria-hidden': 'true', style: {'--share': Math.max(0, Math.min(1, share || 0))}}));

/** What there is to choose from, once per page: a promise of `[[value, label]]` of `of` = models, event_types. */
export const choices = (page, of) => {
  page.segments ??= page.api.get('/api/admin/segments', {}, {filters: 'scope'});
  return page.segments.then((answer) => (answer[of] ?? []).map((name) => [name, name]));
};

/** Whether the person may do a thing, as the service named it; where it named none, its answers decide. */
export const may = (session, capability) => !session.capabilities?.length || session.capabilities.includes(capability);
