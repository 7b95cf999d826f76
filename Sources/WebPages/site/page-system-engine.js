// What the engine keeps, by day, and what it is running.

import {h, replace} from './dom.js';
import * as state from './state.js';
import {bytes, clock, day, full, milliseconds} from './format.js';
import {chart, twin} from './charts.js';
import {emptyState, failure} from './states.js';
import {table} from './table.js';
import {tile} from './tile.js';
import {notice} from './page-notice.js';

const WATCH_MS = 3_000;

/** Tables with their days: from the endpoint where the service has it, else from the system table. */
async function readPartitions({api}) {
  try {
    return await api.get('/api/admin/partitions', {}, {filters: 'none'});
  } catch (error) {
    if (!error.isMissing) throw error;
  }
  const answer = await api.post('/api/query', {sql: 'SELECT p.table_name, p.day, p.rows, p.bytes, p.segments, t.retention_days FROM system.partitions p JOIN system.tables t ON t.table_name = p.table_name ORDER BY 1, 2'});
  const tables = new Map();
  for (const [name, at, rows, size, segments, kept] of answer.rows) {
    if (!tables.has(name)) tables.set(name, {table: name, rows: 0, bytes: 0, retention_days: kept, partitions: []});
    const one = tables.get(name);
    one.rows += rows;
    one.bytes += size;
    one.partitions.push({day: at, rows, bytes: size, segments});
  }
  return {tables: [...tables.values()]};
}

export function partitionsTile(page) {
  const place = h('div', {class: 'partition-days'});
  const root = tile({
    title: 'Partitions', test: 'partitions', size: 'full', lines: 8,
    about: 'Tables are split by day, and whole days are dropped when their time is over. Sizes are memory, without dictionaries, of everybody’s rows.',
    load: () => readPartitions(page),
    isEmpty: (answer) => answer.tables.length === 0,
    draw(answer) {
      const tables = [...answer.tables].filter((one) => one.rows > 0).sort((a, b) => b.bytes - a.bytes);
      const most = Math.max(1, ...tables.map((one) => one.bytes));
      const columns = [
        {key: 'table', title: 'Table', render: (name) => h('button', {type: 'button', class: 'link', 'data-key': `table-${name}`, onclick: () => choose(name)}, name)},
        {key: 'rows', title: 'Rows', unit: 'count'},
        {key: 'bytes', title: 'Memory', unit: 'bytes', render: (size) => h('span', {class: 'bar-cell'}, h('span', null, bytes(size)), h('span', {class: 'bar', 'aria-hidden': 'true', style: {'--share': size / most}}))},
        {key: 'days', title: 'Days', unit: 'count', value: (one) => one.partitions.filter((part) => part.day).length || null},
        {key: 'retention_days', title: 'Kept', number: true, render: (count) => typeof count === 'number' ? `${full(count)} days` : 'for ever'},
        {key: 'segments', title: 'Segments', unit: 'count', value: (one) => one.partitions.reduce((sum, part) => sum + part.segments, 0)},
        {key: 'first', title: 'First day', value: (one) => one.partitions.reduce((first, {day: at}) => at && (!first || at < first) ? at : first, null), render: (at) => at && day(at, 'UTC', {year: true}), number: false},
      ];
      const choose = (name, push = true) => {
        const one = tables.find((other) => other.table === name) ?? tables[0];
        if (push) state.write({table: one.table}, {redraw: false, push: false});
        replace(place, days(one));
      };
      choose(state.get('table'), false);
      const view = h('div', {class: 'partitions'}, place, table({columns, rows: tables, caption: 'Tables', test: 'partitions-table', sortBy: 'bytes', size: 10}));
      return {view, twin: {columns, rows: tables, csvOnly: true}};
    },
  });
  return root;
}

function days(one) {
  const parts = one.partitions.filter((part) => part.day).sort((a, b) => a.day < b.day ? -1 : 1);
  const heading = h('h3', {'data-test': 'partition-table'}, `${one.table}: ${full(one.rows)} rows, ${bytes(one.bytes)}`);
  if (parts.length < 2) return [heading, h('p', {class: 'quiet'}, parts.length ? `One day: ${day(parts[0].day, 'UTC', {year: true})}.` : 'Not split by day: one run of rows.')];
  const spec = {
    kind: 'bars', unit: 'bytes', height: 180, summary: `Memory of ${one.table} by day`,
    labels: parts.map((part) => day(part.day, 'UTC')), titles: parts.map((part) => `${day(part.day, 'UTC', {year: true})}: ${full(part.rows)} rows, ${full(part.segments)} segments`),
    series: [{name: 'Memory', values: parts.map((part) => part.bytes)}],
  };
  return [heading, chart(spec)];
}

export function queriesTile(page) {
  const place = h('div', {class: 'queries', 'data-test': 'queries-list'});
  let timer;
  const columns = [
    {key: 'statement', title: 'Statement', className: 'wrap', render: (text) => h('code', {class: 'statement'}, text)},
    {key: 'principal', title: 'Who', render: (who) => who ?? 'the service'},
    {key: 'started_at', title: 'Since', render: (at) => clock(at)},
    {key: 'elapsed_ms', title: 'Runs for', unit: 'milliseconds'},
    {key: 'rows_scanned', title: 'Rows read', unit: 'count'},
    {key: 'memory_bytes', title: 'Memory', unit: 'bytes'},
    {key: 'query_number', title: 'Cancel', short: h('span', {class: 'visually-hidden'}, 'Cancel'), sortable: false, number: false, render: (number, row) => h('button', {type: 'button', 'data-test': 'cancel-query', 'data-key': `cancel-${number}`, 'aria-label': `Cancel query ${number}`, onclick: () => cancel(row)}, 'Cancel')},
  ];

  async function cancel(row) {
    try {
      await page.api.delete(`/api/query/${row.query_number}`);
      notice('The query was cancelled.');
    } catch (error) {
      notice(error.isMissing ? 'The query had ended already.' : error.detail ?? error.message, {isError: !error.isMissing});
    }
    watch();
  }

  const show = ({queries}) => replace(place, queries.length
    ? table({columns, rows: queries, caption: 'Queries that run', test: 'queries-table', rowTest: 'query-row', sortBy: 'elapsed_ms'})
    : emptyState('No query runs', 'This list looks again every few seconds.'));

  async function watch() {
    clearTimeout(timer);
    if (page.signal.aborted) return;
    if (!document.hidden) {
      try {
        show(await page.api.get('/api/queries'));
      } catch (error) {
        if (page.signal.aborted) return;
        replace(place, failure(error, watch));
        return;
      }
    }
    timer = setTimeout(watch, WATCH_MS);
  }

  return tile({
    title: 'Queries running', test: 'queries', size: 'full', lines: 2,
    about: 'Statements that run now. Whoever may operate the service sees and cancels those of everybody; others their own.',
    load: () => page.api.get('/api/queries'),
    draw(answer) {
      show(answer);
      timer = setTimeout(watch, WATCH_MS);
      return place;
    },
  });
}
