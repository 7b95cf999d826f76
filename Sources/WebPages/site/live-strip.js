// What happens now, in one line: counters of today that move while one looks.

import {h, replace} from './dom.js';
import {compact, full, clock} from './format.js';
import {followCounters} from './live-stream.js';

const COUNTERS = [['events', 'Events'], ['chats', 'Chats'], ['uploads', 'Uploads'], ['rag_queries', 'RAG queries'], ['total_tokens', 'Tokens'], ['errors', 'Errors']];
const STATES = {connecting: 'connecting…', live: 'live', asking: 'asked every 30 s', ended: 'not connected'};

/** A strip of live counters; follows them until `signal` aborts. Filters of people do not apply, as it says. */
export function liveStrip({api, signal}) {
  const status = h('span', {class: 'badge', 'data-test': 'live-state'}, STATES.connecting);
  const list = h('dl', {class: 'live-strip'});
  const root = h('section', {class: 'live', 'aria-label': 'Today, live', 'data-test': 'live-strip'}, h('strong', null, 'Today'), status, list);
  const values = new Map();
  const cell = (name, title) => {
    const today = h('dd', {'data-test': `live-${name.replaceAll('_', '-')}`}, '–');
    const minute = h('dd', {class: 'muted'}, '');
    values.set(name, {today, minute});
    return h('div', null, h('dt', null, title), today, minute);
  };
  replace(list, cell('active_users', 'Active now'), COUNTERS.map(([name, title]) => cell(name, title)));

  followCounters({api, signal, parameters: {counters: COUNTERS.map(([name]) => name).join(',')}, changed: (state) => {
    status.textContent = STATES[state.connection];
    status.className = `badge ${state.connection === 'live' ? 'badge-good' : state.connection === 'ended' ? 'badge-warn' : ''}`;
    status.title = state.as_of ? `as of ${clock(state.as_of)}` : '';
    const active = values.get('active_users');
    active.today.textContent = full(state.active_users);
    active.minute.textContent = '5 minutes';
    for (const [name] of COUNTERS) {
      const counter = state.counters[name];
      if (!counter) continue;
      const {today, minute} = values.get(name);
      today.textContent = compact(counter.today);
      today.title = full(counter.today);
      minute.textContent = counter.last_minute ? `+${compact(counter.last_minute)} in a minute` : 'none in a minute';
    }
  }});
  return root;
}
