// Statements to take up again: those that ran, those that were saved, and examples.

import {h, iconButton} from './dom.js';
import {ago, full, milliseconds} from './format.js';
import {closeMenu, menu} from './menu.js';
import {examples} from './page-query-examples.js';

const firstLine = (sql) => sql.trim().replace(/\s+/g, ' ').slice(0, 120);

/** A list of statements in a panel; `take(sql, entries)` puts one into the editor. */
function statements(list, take) {
  return h('ul', {class: 'statement-list'}, list.map((one) => h('li', null,
    h('button', {type: 'button', class: 'plain wide', 'data-test': one.test, onclick: () => { closeMenu(); take(one.sql, one.parameters ?? []); }},
      h('strong', null, one.title), one.detail && h('small', null, one.detail)),
    one.forget && iconButton('close', `Forget ${one.title}`, one.forget))));
}

export function exampleMenu(take) {
  return menu('Examples', () => [h('h3', null, 'Examples'), statements(examples.map((one) => ({...one, detail: firstLine(one.sql), test: 'example'})), take)], {key: 'query-examples', test: 'query-examples'});
}

export function historyMenu(store, take) {
  return menu('History', () => {
    const list = store().history();
    if (!list.length) return [h('h3', null, 'History'), h('p', {class: 'hint'}, 'What you run is listed here, in this browser only.')];
    return [h('h3', null, 'History'),
      statements(list.map((one) => ({
        ...one, title: firstLine(one.sql), test: 'history',
        detail: [ago(one.at), one.error ? 'failed' : `${full(one.rows)} rows in ${milliseconds(one.milliseconds)}`].join(' · '),
      })), take),
      h('button', {type: 'button', class: 'plain', onclick: () => { store().forgetHistory(); closeMenu(); }}, 'Forget all')];
  }, {key: 'query-history', test: 'query-history'});
}

/** Saved statements; `current()` gives `{sql, parameters}` to save. */
export function savedMenu(store, current, take) {
  return menu('Saved', () => {
    const name = h('input', {type: 'text', 'aria-label': 'Name of this statement', placeholder: 'Name this statement', required: true, maxlength: 80, 'data-test': 'query-save-name'});
    const form = h('form', {class: 'inline-form', onsubmit: (event) => {
      event.preventDefault();
      const {sql, parameters} = current();
      if (name.value.trim() && sql.trim()) store().save(name.value.trim(), sql, parameters);
      closeMenu();
    }}, name, h('button', {type: 'submit', class: 'primary', 'data-test': 'query-save'}, 'Save'));
    const list = store().saved();
    return [h('h3', null, 'Saved statements'),
      list.length
        ? statements(list.map((one) => ({...one, title: String(one.name), detail: firstLine(one.sql), test: 'saved', forget: () => { store().remove(one.name); closeMenu(); }})), take)
        : h('p', {class: 'hint'}, 'None yet. They stay in this browser.'), form];
  }, {key: 'query-saved', test: 'query-saved'});
}
