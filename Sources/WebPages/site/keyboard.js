// Shortcuts. None works while somebody writes, and `?` lists them all.

import {h} from './dom.js';
import {dialog} from './menu.js';

const shortcuts = new Map();
let prefix = null;
let forgetting;

/** Adds a shortcut of one key, or of two after one another ("g o"). Gives a function that takes it away. */
export function shortcut(keys, title, act) {
  shortcuts.set(keys, {title, act});
  return () => shortcuts.delete(keys);
}

export function showShortcuts() {
  if (document.querySelector('[data-test=shortcuts]')) return;
  dialog('Shortcuts', () => h('dl', {class: 'shortcuts'}, [...shortcuts].map(([keys, {title}]) => h('div', null, h('dt', null, keys.split(' ').map((key) => h('kbd', null, key))), h('dd', null, title)))), {test: 'shortcuts'});
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.('input, textarea, select, [contenteditable], .CodeMirror, dialog')) return;
  const keys = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = null;
  // Else the end of an earlier prefix would take this one away.
  clearTimeout(forgetting);
  const found = shortcuts.get(keys);
  if (found) {
    event.preventDefault();
    found.act();
  } else if ([...shortcuts.keys()].some((one) => one.startsWith(`${event.key} `))) {
    prefix = event.key;
    forgetting = setTimeout(() => { prefix = null; }, 1_200);
  }
});
