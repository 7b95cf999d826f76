// A page's own filters: a line of fields whose values stand in the address.

import {h} from './dom.js';

/**
 * `fields` are `{name, title, options?: [[value, title]] | undefined, suggestions?: () => [text], placeholder?}`: a list to choose
 * from, or a field to write in. A change writes the address, and the page is drawn anew.
 */
export function localFilters(fields, state, write = (changes) => state.write({...changes, offset: null})) {
  return h('form', {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()}, fields.map(({name, title, options, suggestions, placeholder}) => {
    const value = state.get(name, '');
    const change = (event) => write({[name]: event.target.value.trim()});
    if (options) {
      const known = options.some(([one]) => one === value) ? options : [...options, [value, value]];
      return h('label', null, title, h('select', {name, 'data-key': `filter-${name}`, 'data-test': `own-${name}`, onchange: change}, known.map(([one, text]) => h('option', {value: one, selected: one === value}, text))));
    }
    const list = suggestions && h('datalist', {id: `list-${name}`});
    return h('label', null, title, h('input', {type: 'search', name, value, placeholder, list: list && `list-${name}`, 'data-key': `filter-${name}`, 'data-test': `own-${name}`, onchange: change,
      onfocus: () => list?.replaceChildren(...suggestions().map((one) => h('option', {value: one})))}), list);
  }));
}
