// What opens over the page: panels under buttons, dialogs, and explanations beside what they explain.

import {h, icon, iconButton} from './dom.js';

let open = null;

function close(focus) {
  if (!open) return;
  const {button, panel} = open;
  open = null;
  panel.hidden = true;
  button.setAttribute('aria-expanded', 'false');
  if (focus) button.focus();
}

/**
 * A button with a panel under it. `fill()` gives the panel's content each time that it opens.
 *
 * Escape and a click elsewhere close it; `closeMenu()` does so from inside.
 */
export function menu(label, fill, {name, image, key, test, side = 'start', className = ''} = {}) {
  const panel = h('div', {class: `panel panel-${side}`, role: 'group', 'aria-label': name ?? String(label), hidden: true});
  const button = h('button', {
    type: 'button', class: `menu-button ${className}`, 'aria-expanded': 'false', 'aria-label': name, title: name, 'data-key': key, 'data-test': test,
    onclick: () => {
      const mine = open?.button === button;
      close();
      if (mine) return;
      panel.replaceChildren(...[fill()].flat().filter(Boolean));
      panel.hidden = false;
      button.setAttribute('aria-expanded', 'true');
      open = {button, panel};
      panel.style.removeProperty('--shift');
      const edge = panel.getBoundingClientRect();
      const over = edge.right > innerWidth - 8 ? innerWidth - 8 - edge.right : edge.left < 8 ? 8 - edge.left : 0;
      panel.style.setProperty('--shift', `${over}px`);
      panel.querySelector('input, select, button, a')?.focus();
    },
  }, image && icon(image), label && h('span', {class: 'menu-label'}, label), label && icon('down'));
  return h('div', {class: 'menu'}, button, panel);
}

export const closeMenu = () => close(true);

addEventListener('pointerdown', (event) => {
  if (open && !open.panel.contains(event.target) && !open.button.contains(event.target)) close();
});
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  hideTip();
  close(true);
});

/** A modal dialog: `dialog('Title', (done) => [content])`; `done()` closes it. Focus stays inside and returns. */
export function dialog(title, fill, {test, className = ''} = {}) {
  const done = () => element.close();
  const element = h('dialog', {class: `dialog ${className}`, 'aria-label': title, 'data-test': test, onclose: () => element.remove()},
    h('div', {class: 'dialog-head'}, h('h2', null, title), iconButton('close', 'Close', done)));
  element.append(...[fill(done)].flat().filter(Boolean));
  document.body.append(element);
  element.showModal();
  return element;
}

let tip = null;
function hideTip() {
  tip?.remove();
  tip = null;
}

/** A small button that explains: `fill()` gives the nodes. Shown on hover, focus and click; Escape hides it. */
export function explain(name, fill, {test} = {}) {
  const show = () => {
    hideTip();
    tip = h('div', {class: 'tip', role: 'tooltip', id: 'tip', 'data-test': test && `${test}-text`}, ...[fill()].flat().filter(Boolean));
    document.body.append(tip);
    const [anchor, size] = [button.getBoundingClientRect(), tip.getBoundingClientRect()];
    const left = Math.max(8, Math.min(anchor.left - 12, document.documentElement.clientWidth - size.width - 8));
    const below = anchor.bottom + 6 + size.height < innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(8, below ? anchor.bottom + 6 : anchor.top - size.height - 6)}px`;
    button.setAttribute('aria-describedby', 'tip');
  };
  const hide = () => {
    hideTip();
    button.removeAttribute('aria-describedby');
  };
  const button = h('button', {
    type: 'button', class: 'explain', 'aria-label': `About ${name}`, 'data-test': test,
    onpointerenter: show, onpointerleave: hide, onfocus: show, onblur: hide, onclick: show,
  }, icon('info'));
  return button;
}
addEventListener('scroll', hideTip, {capture: true, passive: true});
