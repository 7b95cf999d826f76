// What happens now, in one line: counters of today that move while one looks.

import {h, replace} from './dom.js';
import {compact, full, clock} from './format.js';
import {followCounters} from './page-live-stream.js';

const COUNTERS = [['events', 'Events'], ['chats', 'Chats'], ['uploads', 'Uploads'], ['rag_queries', 'RAG queries'], ['total_tokens', 'Tokens'], ['errors', 'Errors']];
const STATES = {connecting: ['connecting…', ''], live: ['live', 'badge-good'], polling: ['asked every 30 s', 'badge-warn'], paused: ['paused', ''], stopped: ['not connected', 'badge-warn']};

/** A strip of live counters; follows them until `signal` aborts. Filters of people do not apply, as it says. */
export function liveStrip({api, signal}) {
  const status = h('span', {class: 'badge', 'data-test': 'live-state'}, STATES.connecting[0]);
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

  function take({as_of: time, active_users: people, counters}) {
    if (time) status.title = `as of ${clock(time, 'UTC')} UTC`;
    if (people !== undefined) values.get('active_users').today.textContent = full(people);
    for (const [name, counter] of Object.entries(counters ?? {})) {
      const cell = values.get(name);
      if (!cell) continue;
      cell.today.textContent = compact(counter.today);
      cell.today.title = full(counter.today);
      cell.minute.textContent = counter.last_minute ? `+${compact(counter.last_minute)} in a minute` : 'none in a minute';
    }
  }
  values.get('active_users').minute.textContent = 'in 5 minutes';
  followCounters({api, signal, parameters: {counters: COUNTERS.map(([name]) => name).join(',')}, tell: {
    snapshot: take, update: take,
    state(name) {
      const [text, look] = STATES[name];
      if (status.textContent === text) return;
      status.textContent = text;
      status.className = `badge ${look}`;
    },
  }});
  return root;
}
