// What is asked first, by few modules, so that it is on its way while the many that draw the page come.

import {address, connect, getEarly, setSession} from './api.js';
import {keepEarly} from './early.js';
import * as overview from './overview-question.js';

const KEY = 'daybook.first';

async function begin() {
  // What begin.js has asked already.
  const early = globalThis.daybookEarly ?? new Map();
  delete globalThis.daybookEarly;
  for (const [target, answer] of early) keepEarly(target, answer);
  const session = await connect().get('/api/session');
  setSession(session);
  if (['/', '/overview'].includes(location.pathname) && session.capabilities.includes('read_analytics')) {
    const target = address(overview.PATH, overview.PARAMETERS, overview.FILTERS);
    if (!early.has(target)) keepEarly(target, getEarly(target));
    try { localStorage.setItem(KEY, JSON.stringify({page: location.pathname + location.search, target})); } catch { /* a browser that keeps nothing */ }
  }
  return session;
}

/** Who is signed in, or why that cannot be said; nobody asks on the page where one signs in. */
export const session = location.pathname === '/sign-in' ? Promise.resolve(null) : begin();
session.catch(() => { /* app.js says so */ });
