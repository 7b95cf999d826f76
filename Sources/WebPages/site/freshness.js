// How old the data are, said aloud when that is more than ten minutes; and asking again every 30 seconds.

import {h, icon, iconButton, replace} from './dom.js';
import {ago, clock, moment} from './format.js';

const STALE_SECONDS = 600;
const REFRESH_SECONDS = 30;
const KEY = 'daybook.refresh';
/** When one asked is a time of one's own day, not of the data's. */
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * The banner; `mayLook` whether the reader has the page that says why. Every answer with `data_fresh_as_of` or `newest_event_at` feeds it.
 *
 * Two ages: up to when all accepted events are in the numbers, and how old the newest event is. The first says that the
 * service lags, the second that nothing arrives. An answer about rows of one's own past (`as_of`) does not count.
 */
export function freshness({mayLook}) {
  const banner = h('div', {class: 'banner', role: 'status', hidden: true, 'data-test': 'stale'});
  let known = null;

  function draw() {
    if (!known) return;
    const age = (text) => text ? (Date.now() - Date.parse(text)) / 1_000 : 0;
    const lagging = age(known.fresh) > STALE_SECONDS;
    const quiet = age(known.newest) > STALE_SECONDS;
    banner.hidden = !lagging && !quiet;
    if (banner.hidden) return;
    const text = lagging
      ? ['The numbers end ', ago(known.fresh), `: what was accepted after ${moment(known.fresh)} is not in them yet.`]
      : ['The newest event is from ', ago(known.newest), ` (${moment(known.newest)}). Either nothing happened since, or what sends events has stopped.`];
    replace(banner, icon('warning'), h('p', null, text[0], h('strong', {'data-test': 'stale-age'}, text[1]), text[2]), mayLook && h('a', {href: '/system'}, 'Look at the intake'));
  }
  setInterval(draw, 15_000);

  return {
    banner,
    see(answer) {
      const fresh = answer?.data_fresh_as_of ?? answer?.receipt?.data_fresh_as_of;
      if (!fresh) return;
      known = {fresh, newest: answer.newest_event_at === undefined ? known?.newest : answer.newest_event_at};
      draw();
    },
  };
}

/** The button that asks again now, and the switch that does so every 30 seconds while the page is in sight. */
export function refresher(redraw) {
  let on = false;
  try { on = localStorage.getItem(KEY) === 'on'; } catch { /* a browser that keeps nothing */ }
  let last = Date.now();
  let used = true;
  setInterval(() => {
    if (!on || !used || document.hidden || Date.now() - last < REFRESH_SECONDS * 1_000 || document.querySelector('dialog[open], [aria-expanded=true]')) return;
    redraw();
  }, 1_000);
  const toggle = h('button', {type: 'button', class: 'toggle', 'aria-pressed': String(on), title: 'Ask again every 30 seconds', 'data-key': 'auto-refresh', 'data-test': 'auto-refresh', onclick: () => {
    on = !on;
    try { localStorage.setItem(KEY, on ? 'on' : 'off'); } catch { /* as above */ }
    toggle.setAttribute('aria-pressed', String(on));
  }}, '30 s');
  const now = () => { if (used) redraw(); };
  const at = h('time', {class: 'refreshed', title: 'When this was asked for', 'data-test': 'refreshed'});
  const button = iconButton('refresh', 'Refresh (r)', now, {'data-test': 'refresh', 'data-key': 'refresh'});
  const control = h('div', {class: 'refresh'}, button, toggle, at);
  return {
    control, now,
    /** Whether the page on screen is one to draw anew. */
    use(is) { used = is; control.hidden = !is; },
    asked() {
      last = Date.now();
      at.dateTime = new Date(last).toISOString();
      at.textContent = clock(at.dateTime, HERE);
      // In narrow windows there is no room for it beside the button.
      button.title = `Refresh (r); asked at ${at.textContent}`;
    },
  };
}
