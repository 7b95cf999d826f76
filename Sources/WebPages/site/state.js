// What is looked at stands in the address and nowhere else, so that a link shows the same page to somebody else.

/** Names of the query string that hold on every page; all others are a page's own and end when it is left. */
const GLOBAL = ['range', 'from', 'to', 'time_zone', 'compare', 'role', 'status', 'domain', 'activated', 'organization_id', 'organizations'];
export const RANGES = ['24h', '7d', '30d', '90d', '1y', 'all'];
export const DEFAULT_RANGE = '30d';

const listeners = new Set();

const parameters = () => new URLSearchParams(location.search);

/** The value of `name`, or `otherwise`. */
export const get = (name, otherwise = null) => parameters().get(name) ?? otherwise;

/** All values of `name`: filters may be repeated. */
export const getAll = (name) => parameters().getAll(name);

/** A whole number from the address; what is none, or out of bounds, is `otherwise`. */
export function getNumber(name, otherwise, least = 0, most = 1e9) {
  const text = get(name);
  const value = text === null || !/^\d{1,10}$/.test(text) ? otherwise : Number(text);
  return value >= least && value <= most ? value : otherwise;
}

/** The range on screen: `{preset}` or `{from, to}` as days. */
export function range() {
  const [from, to] = [get('from'), get('to')];
  return from || to ? {from, to} : {preset: get('range', DEFAULT_RANGE)};
}

/** Filters of people: those of the header beside range and organisation. */
export const PEOPLE = ['role', 'status', 'domain', 'activated'];
export const filtersPeople = () => PEOPLE.some((name) => get(name));

function changed(changes, base = parameters()) {
  for (const [name, value] of Object.entries(changes)) {
    base.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '' && one !== false) base.append(name, one);
    }
  }
  return base;
}

const address = (path, query) => path + (query.size ? '?' + query : '');

/**
 * Changes what the address says and draws again: `write({range: '7d', from: null, offset: null})`.
 *
 * `{redraw: false}` for what the page has drawn already (the page of a list), `{push: false}` for what needs no step back.
 */
export function write(changes, {redraw = true, push = true} = {}) {
  const target = address(location.pathname, changed(changes));
  if (target !== location.pathname + location.search) history[push ? 'pushState' : 'replaceState'](null, '', target);
  tell(redraw);
}

/** The address of `path` with the global state of now, and `changes` to it. */
export function link(path, changes = {}) {
  const kept = new URLSearchParams([...parameters()].filter(([name]) => GLOBAL.includes(name)));
  return address(path, changed(changes, kept));
}

/** Goes to an address of this origin, as `link()` makes them. */
export function go(target, {push = true} = {}) {
  history[push ? 'pushState' : 'replaceState'](null, '', target);
  tell(true);
}

/** Calls `listener(redraw)` when the address has changed, by `write`, `go` or the buttons of the browser. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(redraw) {
  for (const listener of [...listeners]) listener(redraw);
}
addEventListener('popstate', () => tell(true));
