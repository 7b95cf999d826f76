// The stream of live counters (GET /api/admin/live), with a fall-back to asking now and then.

import {address} from './api.js';

const FALL_BACK_AFTER_FAILURES = 2;

/**
 * Follows the counters until `signal` aborts: `changed(state)` for each change, with all counters as they are now, and
 * `state.connection` = `connecting`, `live`, `asking` (no stream: a snapshot each `refresh_seconds`) or `ended`.
 */
export function followCounters({api, parameters = {}, signal, changed}) {
  const state = {connection: 'connecting', counters: {}, active_users: null, as_of: null, refresh_seconds: 30, stale_after_seconds: 15};
  let source = null;
  let failures = 0;
  let timer = null;

  const tell = (connection) => { if (!signal.aborted) { state.connection = connection; changed(state); } };
  const take = (update, connection = 'live') => {
    const {counters, ...rest} = update;
    Object.assign(state, rest);
    for (const [name, value] of Object.entries(counters ?? {})) state.counters[name] = value;
    tell(connection);
  };

  async function ask() {
    try {
      take(await api.get('/api/admin/live/snapshot', parameters, {filters: 'scope'}), 'asking');
    } catch { tell('ended'); }
    if (!signal.aborted) timer = setTimeout(ask, state.refresh_seconds * 1_000);
  }

  function listen() {
    source = new EventSource(address('/api/admin/live', parameters, 'scope'));
    const parsed = (event) => { try { return JSON.parse(event.data); } catch { return {}; } };
    source.addEventListener('snapshot', (event) => { failures = 0; take(parsed(event)); });
    source.addEventListener('update', (event) => take(parsed(event)));
    source.addEventListener('end', () => tell('ended'));
    source.addEventListener('error', () => {
      failures += 1;
      if (source.readyState === EventSource.CLOSED || failures > FALL_BACK_AFTER_FAILURES) {
        source.close();
        ask();
      } else tell('connecting');
    });
  }

  signal.addEventListener('abort', () => {
    source?.close();
    clearTimeout(timer);
  });
  addEventListener('pagehide', () => source?.close(), {signal});
  listen();
  return state;
}
