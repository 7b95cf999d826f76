// A table: sorted by its heads, in pages, with badges where a value is hidden.

import {h, icon, replace} from './dom.js';
import {format, full, NO_DATA} from './format.js';
import {valueOf} from './csv.js';

/** What stands where a value is sealed or free text that the reader may not see. */
export const redactedBadge = (why = 'Hidden: only a reveal shows it') =>
  h('span', {class: 'badge badge-redacted', title: why, 'data-test': 'redacted'}, icon('lock'), 'Redacted');

/** Masks of the engine, for answers that do not list what they hide. */
const isMask = (value) => value === '(redacted)' || value === '(hidden)';

function shown(column, row, redacted) {
  const value = valueOf(column, row);
  if (isMask(value) || (redacted.includes(column.key) && value !== null && value !== undefined)) return redactedBadge();
  if (column.render) return column.render(value, row) ?? NO_DATA;
  return format(value, column.unit);
}

const isNumeric = (column) => column.number ?? (column.unit !== undefined && column.unit !== 'text');

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

/**
 * A table of `rows` by `columns`: `{key, title, unit?, value?(row), render?(value, row), number?, sortable?, className?}`.
 *
 * Without `page` all rows are here, are sorted here and shown `size` at a time. With `page: {total, limit, offset, go(offset)}`
 * the service pages; with `sort: {by, descending, go(by, descending)}` it sorts, by columns that say `sortable`.
 * `redacted` are names of columns whose values are hidden; `onRow(row)` makes rows open by click and Enter.
 */
export function table({columns, rows, caption, page, sort, redacted = [], size = 25, onRow, test, rowTest, sortBy, descending = true}) {
  const local = {by: sortBy ?? null, descending, offset: 0};
  const root = h('div', {class: 'table', 'data-test': test});

  function ordered() {
    const column = columns.find((one) => one.key === local.by);
    if (sort || !column) return rows;
    const direction = local.descending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [valueOf(column, a), valueOf(column, b)];
      const missing = (x ?? null) === null || (y ?? null) === null;
      return missing ? compare(x, y) : direction * compare(x, y);
    });
  }

  function head(column) {
    const may = sort ? column.sortable === true : column.sortable !== false;
    const current = (sort ?? local).by === column.key;
    const falling = (sort ?? local).descending;
    const label = column.short ?? column.title;
    const turn = () => {
      const descendingNow = current ? !falling : isNumeric(column);
      if (sort) return sort.go(column.key, descendingNow);
      Object.assign(local, {by: column.key, descending: descendingNow, offset: 0});
      draw();
    };
    return h('th', {scope: 'col', class: isNumeric(column) ? 'number' : null, 'aria-sort': current ? (falling ? 'descending' : 'ascending') : null},
      may ? h('button', {type: 'button', class: 'sort', onclick: turn, 'data-key': `sort-${column.key}`}, label, h('span', {class: 'sort-mark', 'aria-hidden': 'true'}, current ? (falling ? '↓' : '↑') : '')) : label);
  }

  function line(row) {
    const attributes = {'data-test': rowTest};
    if (onRow) Object.assign(attributes, {
      tabindex: 0, class: 'opens',
      onclick: (event) => { if (!event.target.closest('a, button, input, label')) onRow(row); },
      onkeydown: (event) => {
        if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
        // Else the key would press the button of the dialog that this opens.
        event.preventDefault();
        onRow(row);
      },
    });
    return h('tr', attributes, columns.map((column) =>
      h('td', {class: [isNumeric(column) && 'number', column.className].filter(Boolean).join(' ') || null}, shown(column, row, redacted))));
  }

  function draw() {
    const all = ordered();
    const at = page ?? {total: all.length, limit: size, offset: local.offset, go: (offset) => { local.offset = offset; draw(); }};
    const visible = page ? all : all.slice(at.offset, at.offset + at.limit);
    replace(root,
      h('div', {class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': caption ? `${caption}: rows` : 'Rows'},
        h('table', null,
          caption && h('caption', {class: 'visually-hidden'}, caption),
          h('thead', null, h('tr', null, columns.map(head))),
          h('tbody', null, visible.map(line)))),
      at.total > at.limit || at.offset > 0 ? pager(at, visible.length, caption) : null);
  }
  draw();
  return root;
}

function pager({total, limit, offset, go}, count, caption) {
  const button = (label, to, may, key) => h('button', {type: 'button', class: 'plain', disabled: !may, onclick: () => go(to), 'data-key': key, 'data-test': key}, label);
  return h('nav', {class: 'pager', 'aria-label': caption ? `Pages of ${caption}` : 'Pages of the table'},
    h('span', {'aria-live': 'polite', 'data-test': 'pager-count'}, count ? `${full(offset + 1)}–${full(offset + count)} of ${full(total)}` : `none of ${full(total)}`),
    button('Previous', Math.max(0, offset - limit), offset > 0, 'pager-back'),
    button('Next', offset + limit, offset + limit < total, 'pager-next'));
}
