// What was done, said at the foot of the page for a while, with a way back where there is one.

import {h} from './dom.js';

let region = null;

/** Says `text`; `action` = `{label, go}` is a button beside it, as for "Undo". Gone after `seconds`, unless it has the focus. */
export function notice(text, {action, seconds = 10, isError = false} = {}) {
  if (!region?.isConnected) {
    region = h('div', {class: 'notices', role: 'status', 'aria-live': 'polite'});
    document.body.append(region);
  }
  const close = () => element.remove();
  const element = h('div', {class: isError ? 'notice notice-error' : 'notice', 'data-test': 'notice'}, h('span', null, text),
    action && h('button', {type: 'button', 'data-test': 'notice-action', onclick: () => { close(); action.go(); }}, action.label),
    h('button', {type: 'button', class: 'plain', 'aria-label': 'Dismiss', onclick: close}, '✕'));
  region.append(element);
  const end = () => element.matches(':hover, :focus-within') ? setTimeout(end, 3_000) : close();
  setTimeout(end, seconds * 1_000);
}
