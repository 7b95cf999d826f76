// Views that somebody saved in this browser: a name for an address.

import {h, iconButton} from './dom.js';
import * as state from './state.js';
import {menu, closeMenu} from './menu.js';

const KEY = 'daybook.views';

function saved() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter((one) => typeof one?.name === 'string' && typeof one?.address === 'string' && /^\/[a-z]/.test(one.address)) : [];
  } catch { return []; }
}

function keep(list) {
  try { localStorage.setItem(KEY, JSON.stringify(list.slice(0, 50))); } catch { /* a browser that keeps nothing */ }
}

/** The button with the list of saved views, and the field that saves this one. */
export function viewsMenu() {
  return menu('', () => {
    const list = saved();
    const name = h('input', {type: 'text', 'aria-label': 'Name of this view', placeholder: 'Name this view', maxlength: 60, required: true, 'data-test': 'view-name'});
    const save = h('form', {class: 'inline-form', onsubmit: (event) => {
      event.preventDefault();
      const view = {name: name.value.trim(), address: location.pathname + location.search};
      if (view.name) keep([view, ...list.filter((one) => one.name !== view.name)]);
      closeMenu();
    }}, name, h('button', {type: 'submit', class: 'primary', 'data-test': 'view-save'}, 'Save'));
    const copy = h('button', {type: 'button', class: 'plain wide', onclick: async (event) => {
      const button = event.currentTarget;
      try { await navigator.clipboard.writeText(location.href); button.textContent = 'Copied'; } catch { button.textContent = 'Copy it from the address bar'; }
    }}, 'Copy the link to this view');
    const entries = list.map((one) => h('li', null,
      h('button', {type: 'button', class: 'plain wide', 'data-test': 'view', onclick: () => { closeMenu(); state.go(one.address); }}, one.name),
      iconButton('close', `Forget ${one.name}`, () => { keep(saved().filter((other) => other.name !== one.name)); closeMenu(); })));
    return [h('h3', null, 'Saved views'), entries.length ? h('ul', {class: 'view-list'}, entries) : h('p', {class: 'hint'}, 'None yet. They stay in this browser.'), save, copy];
  }, {name: 'Saved views', image: 'bookmark', key: 'views', test: 'views', side: 'end', className: 'icon-button'});
}
