// The page as a whole: who is signed in, which page the path names, and drawing it again when the address changes.
//
// A page is a module with
//   export const title    = 'Overview';
//   export const filters  = 'compare';  // which controls of the header it heeds: none, own, scope, time, people, compare (api.js)
//   export function show(root, context) { ... }
//   export const refreshes = false;  // for a page that keeps itself up to date, or holds what somebody writes: no button and no timer draws it anew
// `show` fills `root`, a new empty element, which is put into the page when the promise that `show` may return has settled,
// at once if it returns none, after 300 ms at the latest: until then the old content stands, so that nothing flickers.
// It is called anew when the address changes; what it began ends when `context.signal` aborts (`api` heeds it already).
// Charts that are in the page no more end by themselves.
//   context.api      get, post, put, patch, delete, open, download (api.js), bound to this showing
//   context.state    the address: get, getAll, getNumber, range, write, link, go (state.js)
//   context.session  who is signed in: user_id, role, organization_id, organizations, capabilities, can_reveal, reveal, time_zone
//   context.params   parts of the path, as {id}
//   context.signal   aborts when the page is left or drawn again
//   context.isFirst  whether nothing of a page has been on screen yet
//   context.redraw() shows the page again; context.setTitle(text) for a title that only data tell
// All else is imported: dom.js (h, replace, icon), format.js, tile.js, table.js, charts.js, bar-list.js, states.js, menu.js, csv.js.

import {h, icon, replace} from './dom.js';
import * as state from './state.js';
import * as theme from './theme.js';
import {connect, isAbort, Problem} from './api.js';
import {session as signedIn} from './first.js';
import {useTimeZone} from './format.js';
import {sweep} from './charts.js';
import {controls} from './controls.js';
import {failure, emptyState} from './states.js';
import {freshness, refresher} from './freshness.js';
import {drawerButton, navigation, followLinks, homeOf, pagesOf} from './navigation.js';
import {reveals} from './reveal.js';
import {shortcut, showShortcuts} from './keyboard.js';

const ROUTES = [
  ['/overview', () => import('./page-overview.js')],
  ['/activity', () => import('./page-activity.js')],
  ['/requests', () => import('./page-requests.js')],
  ['/users', () => import('./page-users.js')],
  ['/users/{id}', () => import('./page-user.js')],
  ['/cost', () => import('./page-cost.js')],
  ['/feedback', () => import('./page-feedback.js')],
  ['/audit', () => import('./page-audit.js')],
  ['/live', () => import('./page-live.js')],
  ['/query', () => import('./page-query.js')],
  ['/system', () => import('./page-system.js')],
  ['/me', () => import('./page-me.js')],
];
const SWAP_MILLISECONDS = 300;

function route(path) {
  for (const [pattern, load] of ROUTES) {
    const names = [];
    const found = new RegExp(`^${pattern.replace(/\{(\w+)\}/g, (_, name) => { names.push(name); return '([^/]+)'; })}/?$`).exec(path);
    if (!found) continue;
    try {
      return {load, params: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])]))};
    } catch { return null; }
  }
  return null;
}

function toSignIn() {
  if (location.pathname === '/sign-in') return;
  location.assign('/sign-in?next=' + encodeURIComponent(location.pathname + location.search));
}

function shell(session) {
  const fresh = freshness({mayLook: session.capabilities.includes('read_analytics')});
  const refresh = refresher(() => draw());
  const api = connect({onSignedOut: toSignIn});
  const reveal = reveals({session, api, changed: () => draw()});
  const header = controls({session, refresh});
  const heading = h('h1', {tabindex: -1, id: 'title'});
  const main = h('main', {id: 'main', tabindex: -1});

  const themeButton = h('button', {type: 'button', class: 'side-button', 'data-test': 'theme', onclick: theme.toggle});
  const drawTheme = () => replace(themeButton, icon(theme.ICONS[theme.chosen()]), h('span', null, theme.LABELS[theme.chosen()]));
  theme.subscribe(drawTheme);
  drawTheme();

  const signOut = async () => {
    try { await api.delete('/api/session'); } catch { /* the cookie ends by itself in any case */ }
    location.assign('/sign-in');
  };
  const home = homeOf(session);
  const side = navigation(session, h('div', {class: 'side-foot'},
    session.can_reveal && reveal.control, themeButton,
    h('button', {type: 'button', class: 'side-button', onclick: showShortcuts, 'data-test': 'help'}, icon('help'), h('span', null, 'Shortcuts (?)')),
    h('div', {class: 'who', 'data-test': 'who'}, icon('person'), h('span', null, h('strong', null, session.user_id), h('small', null, session.role)), h('button', {type: 'button', class: 'plain', onclick: signOut, 'data-test': 'sign-out'}, 'Sign out'))));

  replace(document.body,
    h('a', {class: 'skip', href: '#main'}, 'Skip to the content'),
    side.root,
    h('div', {class: 'page'},
      h('header', {class: 'top'},
        h('div', {class: 'top-line'},
          drawerButton(side.root),
          heading),
        header.bar, header.chips),
      reveal.bar, fresh.banner, main));

  let leave = null;
  let shownPath = null;

  async function draw() {
    leave?.abort();
    const controller = leave = new AbortController();
    const {signal} = controller;
    if (['/', '/overview'].includes(location.pathname)) history.replaceState(null, '', home + location.search);
    side.update();
    useTimeZone(state.get('time_zone') ?? session.time_zone);
    refresh.asked();
    const found = route(location.pathname);
    const isNew = shownPath !== location.pathname;
    shownPath = location.pathname;
    const root = h('div', {class: 'content'});
    const isFirst = !main.firstChild;
    const swap = () => {
      if (signal.aborted || root.isConnected) return;
      replace(main, root);
      sweep();
      if (isNew) scrollTo(0, 0);
    };
    const setTitle = (text) => {
      heading.textContent = text;
      document.title = `${text} – Daybook`;
    };
    if (!found) {
      header.update('none');
      setTitle('No such page');
      root.append(emptyState('There is no page at this address', location.pathname, {label: home === '/me' ? 'To my use' : 'To the Overview', go: () => state.go(home)}));
      return swap();
    }
    setTimeout(swap, SWAP_MILLISECONDS);
    try {
      const page = await found.load();
      if (signal.aborted) return;
      header.update(page.filters);
      refresh.use(page.refreshes !== false);
      setTitle(page.title);
      await page.show(root, {
        api: connect({signal, onSignedOut: toSignIn, onAnswer: fresh.see}), state, session, params: found.params, signal, setTitle, isFirst,
        redraw: () => { if (!signal.aborted) draw(); },
      });
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const missing = error instanceof TypeError && /import|module/i.test(error.message);
      root.replaceChildren(failure(missing ? new Problem({title: 'This page could not be loaded', detail: error.message, hint: 'Is the service of the same version as the page? Load it again.'}) : error, draw));
    }
    swap();
  }

  state.subscribe((redraw) => { if (redraw) draw(); else side.update(); });
  followLinks();
  shortcut('?', 'List the shortcuts', showShortcuts);
  shortcut('r', 'Refresh', refresh.now);
  shortcut('t', 'Change the theme', theme.toggle);
  state.RANGES.forEach((name, index) => shortcut(String(index + 1), `Range: ${name}`, () => state.write({range: name === state.DEFAULT_RANGE ? null : name, from: null, to: null, offset: null})));
  for (const page of pagesOf(session)) shortcut(`g ${page.key}`, `Go to ${page.title}`, () => state.go(state.link(page.path)));
  draw();
  if (session.capabilities.includes('read_analytics')) api.get('/api/admin/segments', {}, {filters: 'scope'}).then(header.offer, () => {});
}

async function start() {
  theme.apply();
  // With a slash at its end it is the same page.
  const path = location.pathname.replace(/(?<=.)\/+$/, '');
  if (path !== location.pathname) history.replaceState(history.state, '', path + location.search + location.hash);
  if (location.pathname === '/sign-in') {
    const {signIn, destination} = await import('./sign-in.js');
    document.title = 'Sign in – Daybook';
    return signIn(document.body, () => location.assign(destination()));
  }
  route(location.pathname === '/' ? '/overview' : location.pathname)?.load().catch(() => {}); // comes while the session does
  try {
    shell(await signedIn);
  } catch (error) {
    if (error.status === 401) return toSignIn();
    replace(document.body, h('main', {class: 'sign-in-page'}, failure(error, () => location.reload())));
  }
}

start();
