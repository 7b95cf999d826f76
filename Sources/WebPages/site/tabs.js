// Tabs whose choice stands in the address, moved through by the arrow keys.

import {h} from './dom.js';

/** `entries` are `[value, title]`; `chosen(value)` is called with the one that was taken. */
export function tabs(entries, current, chosen, label) {
  const buttons = entries.map(([value, title]) => h('button', {
    type: 'button', role: 'tab', 'aria-selected': String(value === current), tabindex: value === current ? 0 : -1, 'data-key': `tab-${value}`, 'data-test': `tab-${value}`,
    onclick: () => take(value),
    onkeydown: (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      const next = (entries.findIndex(([one]) => one === value) + step + entries.length) % entries.length;
      buttons[next].focus();
      take(entries[next][0]);
    },
  }, title));
  function take(value) {
    buttons.forEach((button, index) => {
      const on = entries[index][0] === value;
      button.setAttribute('aria-selected', String(on));
      button.tabIndex = on ? 0 : -1;
    });
    chosen(value);
  }
  return h('div', {class: 'tabs', role: 'tablist', 'aria-label': label}, buttons);
}
