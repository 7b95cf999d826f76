// The tables and columns beside the editor: to read, and to put into the statement by a click.

import {h} from './dom.js';
import {full} from './format.js';

const MARKS = {sealed: 'sealed', 'free text': 'free text', organization: 'organisation', user: 'person'};

/** A list of `catalog.tables` that opens by table; `insert(text)` puts a name where the caret is. */
export function catalogTree(catalog, insert) {
  const names = [...catalog.tables.keys()].filter((name) => catalog.tables.get(name).length);
  const search = h('input', {type: 'search', placeholder: `Find in ${full(names.length)} tables`, 'aria-label': 'Find a table or column', 'data-test': 'catalog-search', oninput: () => draw(search.value.trim().toLowerCase())});
  const list = h('ul', {class: 'catalog-list'});

  function draw(wanted) {
    list.replaceChildren(...names.flatMap((name) => {
      const columns = catalog.tables.get(name);
      const matching = wanted ? columns.filter((column) => column.name.toLowerCase().includes(wanted)) : columns;
      const named = name.toLowerCase().includes(wanted);
      if (wanted && !named && !matching.length) return [];
      return [h('li', null, h('details', {open: Boolean(wanted) && !named},
        h('summary', null, name, h('small', null, full(columns.length))),
        h('ul', null, (named ? columns : matching).map((column) => h('li', null,
          h('button', {type: 'button', class: 'plain wide', title: `Insert ${column.name}`, onclick: () => insert(column.name)}, column.name, h('small', null, column.type)),
          MARKS[column.label] && h('span', {class: 'badge'}, MARKS[column.label]))))))];
    }));
  }
  draw('');
  return h('div', {class: 'catalog', role: 'group', 'aria-label': 'Tables and columns', 'data-test': 'query-catalog'}, search, list);
}
