// How the service fares: one figure beside the other, and a word for each that is not as it should be.

import {h} from './dom.js';
import {bytes, duration, full, milliseconds} from './format.js';
import {tile} from './tile.js';
import {may} from './page-list.js';

const SLOW_INGEST_MS = 120_000;
const OLD_SNAPSHOT_SECONDS = 86_400;

/** Figures as `{name, value, detail, state: ok | warning | bad, test}`, from the report of health. */
export function figuresOf(report) {
  const {store = {}, journal = {}, snapshot = {}, ingest = {}} = report;
  const lag = report.analyticsIngestLagMs;
  const well = report.status === 'ok' && store.reachable !== false && !store.read_only;
  return [
    {name: 'Service', value: well ? 'Healthy' : store.read_only ? 'Read only' : report.status === 'ok' ? 'Unreachable store' : String(report.status), detail: report.uptime_seconds === undefined ? null : `up for ${duration(report.uptime_seconds)}`, state: well ? 'ok' : 'bad', test: 'health-status'},
    {name: 'Ingest lag', value: milliseconds(lag), detail: `${full(ingest.batches)} batches wait, ${bytes(ingest.bytes)} of ${bytes(ingest.limit_bytes)}`, state: lag > SLOW_INGEST_MS ? 'warning' : 'ok', test: 'health-lag'},
    ...(typeof store.rows === 'number' ? [{name: 'Rows in memory', value: full(store.rows), detail: `${full(store.tables)} tables`, state: 'ok'}] : []),
    {name: 'Journal', value: bytes(journal.bytes), detail: `since the newest snapshot; ${journal.durability ?? 'durability unknown'}`, state: 'ok'},
    {name: 'Newest snapshot', value: snapshot.age_seconds === null || snapshot.age_seconds === undefined ? 'None yet' : `${duration(snapshot.age_seconds)} old`,
      detail: snapshot.failures ? `${full(snapshot.failures)} failed since the start` : 'none failed since the start', state: snapshot.failures ? 'bad' : snapshot.age_seconds > OLD_SNAPSHOT_SECONDS ? 'warning' : 'ok'},
    {name: 'Version', value: report.version ?? 'unknown', detail: 'Daybook', state: 'ok', test: 'health-version'},
  ];
}

const MARKS = {ok: '✓', warning: '!', bad: '✕'};
const NAMES = {ok: 'as it should be', warning: 'worth a look', bad: 'wrong'};

export function healthTile({api, session}) {
  return tile({
    title: 'Health and freshness', test: 'health', size: 'full', lines: 2,
    about: 'Ingest lag is how long the oldest records that wait have waited. What was accepted is in every query that begins after it.',
    async load() {
      const [report, newest] = await Promise.all([api.get('/api/dashboard/health/'), may(session, 'run_queries') ? newestEvent(api) : null]);
      return {report, newest};
    },
    draw({report, newest}) {
      const list = figuresOf(report);
      if (newest) list.splice(2, 0, newest);
      return h('div', {class: 'figures'}, list.map((one) => h('div', {class: `figure figure-${one.state}`, 'data-test': one.test},
        h('div', {class: 'figure-title'}, h('span', null, one.name), h('span', {class: 'figure-mark', role: 'img', 'aria-label': NAMES[one.state]}, MARKS[one.state])),
        h('div', {class: 'figure-value'}, one.value),
        h('div', {class: 'figure-delta'}, one.detail))));
    },
  });
}

/** When the newest event came, for those who may ask; nothing for others. */
async function newestEvent(api) {
  try {
    const answer = await api.post('/api/query', {sql: 'SELECT max(received_at) FROM events WHERE ts > now() - INTERVAL \'2 days\' AND received_at <= now()'}, {filters: 'scope'});
    const at = answer.rows[0]?.[0];
    if (!at) return {name: 'Newest event', value: 'None', detail: 'in the last two days', state: 'warning', test: 'health-newest'};
    const instant = /Z$/.test(at) ? at : at + 'Z';
    const old = Date.now() - Date.parse(instant) > 600_000;
    return {name: 'Newest event', value: `${duration((Date.now() - Date.parse(instant)) / 1_000)} old`, detail: old ? 'older than 10 minutes' : 'when it came', state: old ? 'warning' : 'ok', test: 'health-newest'};
  } catch (error) {
    if (error.isForbidden) return null;
    throw error;
  }
}
