// Live: counters that move while events come, with what the last minutes had.

import {h, icon, replace} from './dom.js';
import {compact, full, moment, percent} from './format.js';
import {failure, skeleton} from './states.js';
import {explain} from './menu.js';
import {followCounters} from './page-live-stream.js';
import {liveHistory} from './page-live-history.js';

export const title = 'Live';
export const filters = 'scope';
export const refreshes = false;

const BUCKET_SECONDS = 5;
const BUCKETS = 36;
const STALE_SECONDS = 15;

const GROUPS = [
  ['Activity', [['events', 'Events', 'All records that came, of any kind.'], ['page_views', 'Page views', 'Type page_view.'], ['sign_ins', 'Sign-ins', 'Type login.'], ['api_calls', 'API calls', 'Type api_call.']]],
  ['Work', [['chats', 'Chats', 'Type chat.'], ['uploads', 'Uploads', 'Type upload.'], ['rag_queries', 'RAG queries', 'Type rag_query.'], ['generations_requested', 'Generations asked for', 'Images and videos that were requested.'], ['generations_succeeded', 'Generations done', 'Those that succeeded.'], ['generations_failed', 'Generations failed', 'Those that failed.']]],
  ['Tokens', [['total_tokens', 'Tokens', 'All tokens, of prompts and completions.'], ['prompt_tokens', 'Prompt tokens', 'Tokens that were sent to models.'], ['completion_tokens', 'Completion tokens', 'Tokens of answers.']]],
  ['Errors', [['errors', 'Errors', 'Failed, with an error code, or with an HTTP status of 400 and more.'], ['outcomes', 'Outcomes', 'Records that say how something ended: the error rate is errors by outcomes.']]],
];
const BAD = new Set(['errors', 'generations_failed']);

const STATES = {
  connecting: ['Connecting', 'badge'], live: ['Connected', 'badge badge-good'], stale: ['Stale', 'badge badge-warn'],
  polling: ['Asking every 30 seconds', 'badge badge-warn'], paused: ['Paused while out of sight', 'badge'], stopped: ['Not connected', 'badge badge-bad'],
};

export function show(root, {api, signal}) {
  const history = liveHistory();
  const counters = new Map();
  const cards = new Map();
  let now = null;
  let skew = 0;
  let state = 'connecting';
  let heard = 0;

  const status = h('span', {class: 'badge', role: 'status', 'data-test': 'live-state'});
  const asOf = h('span', {class: 'quiet', 'data-test': 'live-as-of'});
  const people = h('strong', {class: 'live-people', 'data-test': 'live-active-users'}, '–');
  const peopleNote = h('small', null, 'active in the last 5 minutes');
  const rate = h('strong', {class: 'live-people', 'data-test': 'live-error-rate'}, '–');
  const incomplete = h('p', {class: 'live-warning', hidden: true}, icon('warning'), 'Counts of today are not complete: the tables could not be read when the service began.');
  const body = h('div', {class: 'live-groups'}, skeleton(6));

  root.append(
    h('section', {class: 'tile tile-full live-head', 'aria-label': 'Now'},
      h('div', {class: 'live-figure'}, people, peopleNote),
      h('div', {class: 'live-figure'}, rate, h('small', null, 'errors by outcomes today')),
      h('div', {class: 'live-status'}, status, asOf)),
    incomplete, body);

  function sayState() {
    const age = (Date.now() + skew) / 1_000 - now / 1_000;
    const isStale = now !== null && (state === 'polling' ? age > STALE_SECONDS : state !== 'live' && state !== 'paused' && state !== 'stopped' && performance.now() - heard > STALE_SECONDS * 1_000);
    const [text, look] = STATES[isStale && state !== 'polling' ? 'stale' : state];
    if (status.textContent !== text) {
      status.className = look;
      status.textContent = text;
    }
    asOf.textContent = now === null ? '' : `${isStale ? 'Stale: as of' : 'as of'} ${moment(new Date(now).toISOString(), 'UTC', {seconds: true})} UTC${state === 'polling' && age > 1 ? `, ${full(age, 0)} s ago` : ''}`;
    root.classList.toggle('is-stale', isStale);
  }

  function take(data) {
    now = Date.parse(data.as_of);
    skew = now - Date.now();
    heard = performance.now();
    history.take(data);
    for (const [name, value] of Object.entries(data.counters ?? {})) counters.set(name, value);
    if (data.active_users !== undefined) people.textContent = `${data.active_users_exact === false ? '≥ ' : ''}${full(data.active_users, 0)}`;
    const [errors, outcomes] = [counters.get('errors')?.today, counters.get('outcomes')?.today];
    rate.textContent = outcomes ? percent(errors / outcomes) : '–';
    if (data.complete !== undefined) incomplete.hidden = data.complete;
    draw(data.counters ?? {});
  }

  function draw(changed) {
    for (const name of Object.keys(changed)) cards.get(name)?.update(counters.get(name));
    paint();
  }

  function paint() {
    if (now === null) return;
    const end = (Date.now() + skew) / 1_000;
    if (state === 'live') history.alive(end);
    for (const [name, card] of cards) card.paint(history.sums(name, {end, bucket: BUCKET_SECONDS, buckets: BUCKETS}));
  }

  function build(data) {
    cards.clear();
    replace(body, GROUPS.map(([title, list]) => {
      const known = list.filter(([name]) => data.counters?.[name]);
      if (!known.length) return null;
      return h('section', {class: 'live-group', 'aria-label': title}, h('h2', null, title), h('div', {class: 'live-cards'}, known.map(([name, label, about]) => {
        const card = counterCard(name, label, about);
        cards.set(name, card);
        return card.root;
      })));
    }));
  }

  followCounters({api, signal, tell: {
    snapshot(data) {
      if (!cards.size) build(data);
      take(data);
    },
    update: take,
    state(name, problem) {
      state = name;
      if (name === 'live') heard = performance.now();
      if (name === 'stopped') replace(body, failure(problem));
      else if (problem && !cards.size) replace(body, failure(problem));
      sayState();
    },
  }});
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const timer = setInterval(() => { if (!document.hidden) { paint(); sayState(); } }, calm ? BUCKET_SECONDS * 1_000 : 1_000);
  signal.addEventListener('abort', () => clearInterval(timer));
}

/** One counter: of today, of the last minute, and bars of five seconds each over three minutes. */
function counterCard(name, label, about) {
  const today = h('strong', {class: 'live-value', 'data-test': `live-${name}`}, '–');
  const minute = h('span', {class: 'live-minute', 'data-test': `live-${name}-minute`});
  const bars = h('div', {class: `live-bars${BAD.has(name) ? ' live-bars-bad' : ''}`, role: 'img'}, Array.from({length: BUCKETS}, () => h('i')));
  const root = h('div', {class: 'live-card'}, h('div', {class: 'figure-title'}, h('span', null, label), explain(label, () => h('p', null, `${about} Large: of today (UTC). Bars: each is five seconds of the last three minutes; the last one still fills.`))), today, minute, bars);
  let most = null;
  return {
    root,
    update(value) {
      if (!value) return;
      today.textContent = value.today >= 1e6 ? compact(value.today) : full(value.today, 0);
      today.title = full(value.today, 0);
      minute.textContent = `${full(value.last_minute, 0)} in the last minute`;
    },
    paint(sums) {
      const high = Math.max(1, ...sums.filter((one) => one !== null));
      // The scale follows a peak at once and goes down slowly, so that bars do not jump.
      most = most === null ? high : Math.max(high, most * 0.97);
      sums.forEach((sum, index) => {
        const bar = bars.children[index];
        bar.style.setProperty('--part', sum === null ? 0 : (sum / most).toFixed(3));
        bar.className = sum === null ? 'unknown' : sum === 0 ? 'zero' : '';
      });
      const known = sums.filter((one) => one !== null);
      bars.setAttribute('aria-label', `${label}: ${full(known.reduce((total, one) => total + one, 0), 0)} in the last ${Math.round(known.length * BUCKET_SECONDS / 60)} minutes, at most ${full(Math.max(0, ...known), 0)} in five seconds`);
    },
  };
}
