// Fields for $1, $2, ... of a statement; they come and go while it is typed.

import {h, replace} from './dom.js';
import {parameterCount, parameterValue} from './page-query-text.js';

const TYPES = [['text', 'Text'], ['number', 'Number'], ['boolean', 'True or false'], ['list', 'List'], ['null', 'Null']];
const EMPTY = {type: 'text', text: ''};

/** `{root, update(sql), values(), entries}`: entries are `{type, text}`, kept also while their number is not in the statement. */
export function parameterFields() {
  const root = h('div', {class: 'query-parameters', role: 'group', 'aria-label': 'Parameters', hidden: true, 'data-test': 'query-parameters'});
  let entries = [];
  let count = 0;

  function draw() {
    root.hidden = count === 0;
    replace(root, Array.from({length: count}, (_, index) => field(index)));
  }

  function field(index) {
    const entry = entries[index];
    const input = h('input', {type: 'text', value: entry.text, disabled: entry.type === 'null', 'aria-label': `Value of $${index + 1}`, placeholder: entry.type === 'list' ? '["a", "b"]' : 'value', 'data-test': `parameter-${index + 1}`, 'data-key': `parameter-${index}`,
      oninput: () => { entries[index] = {...entries[index], text: input.value}; }});
    const select = h('select', {'aria-label': `Type of $${index + 1}`, 'data-key': `parameter-type-${index}`, onchange: () => { entries[index] = {...entries[index], type: select.value}; draw(); }},
      TYPES.map(([value, title]) => h('option', {value, selected: value === entry.type}, title)));
    return h('div', {class: 'query-parameter'}, h('code', null, `$${index + 1}`), input, select);
  }

  return {
    root,
    get entries() { return entries.slice(0, count); },
    set entries(list) {
      entries = Array.from({length: Math.max(count, list.length)}, (_, index) => ({...EMPTY, ...list[index]}));
      draw();
    },
    update(sql) {
      const wanted = parameterCount(sql);
      if (wanted === count) return;
      count = wanted;
      while (entries.length < count) entries.push({...EMPTY});
      draw();
    },
    /** As the interface takes them; throws what is wrong with one. */
    values: () => entries.slice(0, count).map((entry, index) => parameterValue(entry, index + 1)),
  };
}
