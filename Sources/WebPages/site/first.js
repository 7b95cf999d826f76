// What is asked first, by few modules, so that it is on its way while the many that draw the page come.

import {address, connect, getEarly, setSession} from './api.js';
import {keepEarly} from './early.js';
import * as overview from './overview-question.js';

async function begin() {
  // begin.js has asked already.
  if (globalThis.daybookSession) keepEarly('/api/session', globalThis.daybookSession);
  delete globalThis.daybookSession;
  const session = await connect().get('/api/session');
  setSession(session);
  if (['/', '/overview'].includes(location.pathname)) {
    const target = address(overview.PATH, overview.PARAMETERS, overview.FILTERS);
    keepEarly(target, getEarly(target));
  }
  return session;
}

/** Who is signed in, or why that cannot be said; nobody asks on the page where one signs in. */
export const session = location.pathname === '/sign-in' ? Promise.resolve(null) : begin();
session.catch(() => { /* app.js says so */ });
