// A tile: a title with its explanation, and what is loaded into it. What fails in one tile leaves the others standing.

import {h, icon, replace} from './dom.js';
import {isAbort} from './api.js';
import {explain} from './menu.js';
import {saveCsv} from './csv.js';
import {table} from './table.js';
import {skeleton, emptyState, failure} from './states.js';

/**
 * A tile that loads itself.
 *
 * - `load()` gives a promise of data; it is asked again by "Try again".
 * - `draw(data)` gives a node, or `{view, twin: {columns, rows}, note, actions}`: with a twin come the buttons that show the
 *   table and save it as CSV. A falsy value, or `isEmpty(data)`, shows `empty` = `{title, text, action}`.
 * - The element has `ready`, a promise, and `reload()`, which loads again while the old content stands.
 * - `about()` gives the nodes of the explanation, or is a text. `size` is how much of the row: `full`, `half`, `third`, `two-thirds`.
 * - `bar` stands between head and body and stays, as for filters; `controls` stand in the head and stay.
 */
export function tile({title, test, size = 'half', about, bar, controls, load, draw, isEmpty, empty = {}, lines = 5, className = ''}) {
  const tools = h('div', {class: 'tile-tools'}, controls);
  const body = h('div', {class: 'tile-body'});
  const note = h('p', {class: 'tile-note'});
  const root = h('section', {class: `tile tile-${size} ${className}`, 'aria-label': title, 'data-test': test},
    h('header', {class: 'tile-head'}, h('h2', null, title), about && explain(title, () => [about].flat().map((one) => typeof one === 'function' ? one() : h('p', null, one))), tools),
    bar, body, note);
  let asked = 0;

  function finish(drawn) {
    const {view, twin, note: text, actions} = drawn instanceof Node ? {view: drawn} : drawn;
    replace(body, view);
    replace(note, text ?? null);
    replace(tools, controls, actions, twin && twinTools(title, body, view, twin));
  }

  async function run({keep = false} = {}) {
    const mine = asked += 1;
    if (!keep) {
      replace(body, skeleton(lines));
      replace(note);
    }
    body.setAttribute('aria-busy', 'true');
    try {
      const data = await load();
      if (mine !== asked) return;
      const drawn = isEmpty?.(data) ? null : draw(data);
      if (drawn) finish(drawn);
      else replace(body, emptyState(empty.title ?? 'No data in this range', empty.text ?? 'Choose a longer range or fewer filters.', empty.action));
    } catch (error) {
      if (isAbort(error) || mine !== asked) return;
      replace(tools, controls);
      replace(body, failure(error, () => run()));
    }
    body.removeAttribute('aria-busy');
  }
  root.ready = run();
  root.reload = () => run({keep: true});
  return root;
}

function twinTools(title, body, view, {columns, rows, csvOnly}) {
  let asTable = false;
  const toggle = h('button', {type: 'button', class: 'icon-button', 'aria-pressed': 'false', 'aria-label': `Show ${title} as a table`, title: 'Table', 'data-test': 'table-twin', 'data-key': 'twin', onclick: () => {
    asTable = !asTable;
    toggle.setAttribute('aria-pressed', String(asTable));
    toggle.title = asTable ? 'Chart' : 'Table';
    toggle.replaceChildren(icon(asTable ? 'chart' : 'table'));
    replace(body, asTable ? table({columns, rows, caption: title, size: 100, test: 'twin'}) : view);
  }}, icon('table'));
  const save = h('button', {type: 'button', class: 'icon-button', 'aria-label': `Save ${title} as CSV`, title: 'CSV', 'data-test': 'csv', onclick: () => saveCsv(title, columns, rows)}, icon('download'));
  return csvOnly ? [save] : [toggle, save];
}

/** A row of tiles. */
export const tiles = (...children) => h('div', {class: 'tiles'}, ...children);

/** Settles when all tiles of `root` have loaded: a page that gives it is put on screen with its data, where that takes no time. */
export const loaded = (root) => Promise.all([...root.querySelectorAll('.tile')].map((one) => one.ready));
