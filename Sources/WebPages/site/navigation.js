// The pages and the way between them.

import {h, icon, iconButton, mark} from './dom.js';
import * as state from './state.js';

/** All pages; `key` is the second key of the shortcut `g` + key, `needs` the capability that one reads it with. */
export const PAGES = [
  {path: '/overview', title: 'Overview', image: 'overview', key: 'o', needs: 'read_analytics'},
  {path: '/activity', title: 'Activity & tokens', image: 'activity', key: 'a', needs: 'read_analytics'},
  {path: '/requests', title: 'Requests', image: 'requests', key: 'r', needs: 'read_analytics'},
  {path: '/users', title: 'Users & sessions', image: 'users', key: 'u', needs: 'read_analytics'},
  {path: '/cost', title: 'Cost', image: 'cost', key: 'c', needs: 'read_analytics'},
  {path: '/feedback', title: 'Feedback & threats', image: 'feedback', key: 'f', needs: 'read_analytics'},
  {path: '/audit', title: 'Audit', image: 'audit', key: 'd', needs: 'read_audit_log'},
  {path: '/live', title: 'Live', image: 'live', key: 'l', needs: 'read_analytics'},
  {path: '/query', title: 'Query', image: 'query', key: 'q', needs: 'run_queries'},
  // Managers may see how the service fares, and nothing that is done there.
  {path: '/system', title: 'System', image: 'system', key: 's', needs: 'run_queries'},
  {path: '/me', title: 'My use', image: 'person', key: 'm', needs: 'read_own_records'},
];

/** Nobody has anything of his own who belongs to no organisation. */
const belongs = (session) => Boolean(session.organization_id || session.organizations?.length);

/** What the navigation lists for who is signed in: what his role may read. */
export const pagesOf = (session) => PAGES.filter(({path, needs}) => session.capabilities.includes(needs) && (path !== '/me' || belongs(session)));

/** Where he begins: his own page, where he may read no other. */
export const homeOf = (session) => pagesOf(session)[0]?.path ?? '/me';

/** The side bar. Its links carry the range and filters of now, and follow `state`. */
export function navigation(session, leave) {
  const links = pagesOf(session).map((page) => h('a', {href: page.path, 'data-path': page.path, 'data-test': `nav${page.path.replace('/', '-')}`}, icon(page.image), h('span', null, page.title)));
  const update = () => links.forEach((link) => {
    const path = link.dataset.path;
    link.setAttribute('href', state.link(path));
    const here = location.pathname === path || location.pathname.startsWith(path + '/');
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  update();
  const root = h('nav', {class: 'side', id: 'side', 'aria-label': 'Pages'},
    h('div', {class: 'side-head'}, h('a', {class: 'brand', href: homeOf(session)}, mark(24), h('span', null, 'Daybook')),
      iconButton('close', 'Close the pages', () => closeDrawer(), {class: 'icon-button side-close', 'data-test': 'pages-close'})),
    h('div', {class: 'side-links'}, links), leave);
  return {root, update};
}

const NARROW = matchMedia('(max-width: 900px)');
let opener = null;

/** The button that opens the side bar where there is no room for it: over the page, which waits until it is closed. */
export function drawerButton(side) {
  opener = iconButton('menu', 'Pages', () => {
    document.documentElement.classList.add('side-open');
    opener.setAttribute('aria-expanded', 'true');
    opener.closest('.page').inert = true;
    side.querySelector('a')?.focus();
  }, {class: 'icon-button side-toggle', 'aria-controls': side.id, 'aria-expanded': 'false', 'data-test': 'pages'});
  addEventListener('pointerdown', (event) => { if (!event.target.closest?.('.side')) closeDrawer({focus: false}); });
  addEventListener('keydown', (event) => { if (event.key === 'Escape') closeDrawer(); });
  NARROW.addEventListener('change', () => closeDrawer({focus: false}));
  return opener;
}

function closeDrawer({focus = true} = {}) {
  if (!document.documentElement.classList.contains('side-open')) return;
  document.documentElement.classList.remove('side-open');
  opener.setAttribute('aria-expanded', 'false');
  opener.closest('.page').inert = false;
  if (focus) opener.focus();
}

/** Lets links of this origin draw without loading the page anew; those with a modifier key or to files do as ever. */
export function followLinks() {
  addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (/^\/(assets|api|openapi|metrics)/.test(link.pathname)) return;
    event.preventDefault();
    closeDrawer();
    if (link.hash && link.pathname === location.pathname && link.search === location.search) {
      document.getElementById(link.hash.slice(1))?.focus();
      return;
    }
    state.go(link.pathname + link.search);
  });
}
