// Rows that are chosen by check boxes, to do one thing with many.

import {h} from './dom.js';

/**
 * Which rows are chosen. `column(rows)` is the first column of a table, with a box in its head for all of `rows`; `changed(ids)`
 * is called whenever the choice is another. Rows for which `may(row)` is false have no box.
 */
export function selection({name, changed, may = () => true, test}) {
  const ids = new Set();
  let boxes = [];
  const tell = () => changed([...ids]);
  return {
    get ids() { return [...ids]; },
    clear() {
      ids.clear();
      for (const box of boxes) Object.assign(box, {checked: false, indeterminate: false});
      tell();
    },
    column(rows) {
      const able = rows.filter(may);
      const all = h('input', {type: 'checkbox', 'aria-label': `Choose all ${name} of this page`, 'data-test': `${test}-all`, disabled: able.length === 0, onchange: () => {
        for (const box of each) box.checked = all.checked;
        for (const row of able) if (all.checked) ids.add(row.id); else ids.delete(row.id);
        tell();
      }});
      const each = [];
      const settle = () => {
        const count = able.filter((row) => ids.has(row.id)).length;
        all.checked = able.length > 0 && count === able.length;
        all.indeterminate = count > 0 && count < able.length;
      };
      // What is not on screen any more is not chosen: nobody resolves what he cannot see.
      for (const id of [...ids]) if (!able.some((row) => row.id === id)) ids.delete(id);
      boxes = [all];
      settle();
      return {key: 'id', title: all, sortable: false, className: 'choice', render: (id, row) => {
        if (!may(row)) return '';
        const box = h('input', {type: 'checkbox', 'aria-label': `Choose ${id}`, checked: ids.has(id), 'data-test': `${test}-one`, onchange: () => {
          if (box.checked) ids.add(id); else ids.delete(id);
          settle();
          tell();
        }});
        each.push(box);
        boxes.push(box);
        return box;
      }};
    },
  };
}
