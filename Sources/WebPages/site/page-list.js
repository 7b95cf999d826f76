// A list in a tile: filters over it, pages by the service, all of it in the address.

import {h} from './dom.js';
import * as state from './state.js';
import {table} from './table.js';
import {tile} from './tile.js';

const PATIENCE_MS = 350;

/**
 * A tile with a list that the service filters and pages.
 *
 * - `filters`: `{name, label, kind: 'select' | 'search' | 'number', options?: [[value, label]], placeholder?}`; the value stands in the
 *   address as `prefix_name` (or `name`) and goes to `ask` under `name`.
 * - `ask(parameters)` gives a promise of the answer, `rowsOf(answer)` its rows; `columns` may be a function of the answer.
 * - `before(answer)` gives what stands over the table, `actions(answer)` what stands in the head of the tile.
 *
 * `reload()` of what is returned asks again and leaves the old rows until the new ones are there.
 */
export function listTile({title, test, size = 'full', about, prefix = '', filters = [], limit = 25, ask, rowsOf, columns, before, actions, rowTest, onRow, sort, empty, note}) {
  const named = (name) => prefix ? `${prefix}_${name}` : name;
  const offset = () => state.getNumber(named('offset'), 0, 0, 1e6);
  const set = (changes, push = true) => {
    state.write(Object.fromEntries(Object.entries(changes).map(([name, value]) => [named(name), value])), {redraw: false, push});
    root.reload();
  };
  const chosen = () => Object.fromEntries(filters.map(({name}) => [name, state.get(named(name))]));
  const bar = filters.length ? h('div', {class: 'list-filters', role: 'group', 'aria-label': `Filters of ${title}`}, filters.map((filter) => control(filter, state.get(named(filter.name)) ?? '', set, test))) : null;

  const root = tile({
    title, test, size, about, bar, lines: 8, className: 'tile-list',
    load: () => ask({...chosen(), limit, offset: offset() || null, ...sort?.parameters?.()}),
    draw(answer) {
      const rows = rowsOf(answer);
      const total = answer.total ?? rows.length;
      const redacted = answer.redacted ?? answer.receipt?.redacted ?? [];
      const page = {total, limit, offset: offset(), go: (to) => set({offset: to || null})};
      const view = h('div', {class: 'list'}, before?.(answer),
        rows.length
          ? table({columns: typeof columns === 'function' ? columns(answer) : columns, rows, caption: title, page, redacted, onRow: onRow && ((row) => onRow(row, answer)), rowTest, sort: sort ?? {by: null, go() {}}})
          : nothing());
      return {view, actions: actions?.(answer), note: note?.(answer)};
    },
  });

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
  return root;
}

function control({name, label, kind = 'select', options = [], placeholder}, value, set, test) {
  const attributes = {'aria-label': label, 'data-test': `${test}-${name}`, 'data-key': `${test}-${name}`};
  if (kind === 'select') {
    const known = options.some(([one]) => one === value);
    return h('select', {...attributes, onchange: (event) => set({[name]: event.target.value || null, offset: null})},
      h('option', {value: ''}, label), options.map(([one, text]) => h('option', {value: one, selected: one === value}, text)),
      value && !known && h('option', {value, selected: true}, value));
  }
  let timer;
  const input = h('input', {...attributes, type: kind === 'number' ? 'number' : 'search', min: kind === 'number' ? 0 : null, maxlength: 128, placeholder: placeholder ?? label, value,
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => set({[name]: input.value.trim() || null, offset: null}, false), PATIENCE_MS); }});
  return input;
}

/** Names with values, for details: `[[label, value or node], ...]`; what is null is left out. */
export const facts = (entries) => h('dl', {class: 'facts'}, entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value))));

/** A person, by identifier, as a link to his page. */
export const person = (id) => id ? h('a', {href: state.link(`/users/${encodeURIComponent(id)}`), class: 'identifier'}, id) : null;
