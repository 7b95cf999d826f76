// Requests: how each ended and how long it took, one by one and by model.

import {h, icon} from './dom.js';
import {country, full, milliseconds, moment, money, percent, words} from './format.js';
import {exportMenu} from './export-menu.js';
import {dialog} from './menu.js';
import {table} from './table.js';
import {loaded, tile, tiles} from './tile.js';
import {barCell, choices, emptyOf, facts, listTile, person, stars} from './page-list.js';

export const title = 'Requests';
export const filters = 'people';

const STATUSES = [['succeeded', 'Succeeded'], ['failed', 'Failed'], ['cancelled', 'Cancelled'], ['pending', 'Pending']];
const SLOWNESS = [['1000', 'Took 1 s or longer'], ['5000', 'Took 5 s or longer'], ['30000', 'Took 30 s or longer'], ['60000', 'Took 1 min or longer']];
const ORDERS = [['duration', 'Slowest first'], ['cost', 'Costliest first']];
const LOOKS = {succeeded: ['badge-good', '✓'], failed: ['badge-bad', '✕'], cancelled: ['', '–'], pending: ['badge-warn', '…']};

const outcome = (status, row) => {
  if (!status) return row.http_status ? h('span', {class: row.http_status >= 400 ? 'badge badge-bad' : 'badge'}, full(row.http_status)) : null;
  const [look, mark] = LOOKS[status] ?? ['', ''];
  return h('span', {class: `badge ${look}`}, h('span', {'aria-hidden': 'true'}, mark), words(status));
};

export function show(root, page) {
  root.append(tiles(modelsTile(page), requestsTile(page)));
  return loaded(root);
}

function requestsTile(page) {
  const {api, state} = page;
  return listTile({
    title: 'Requests', test: 'requests', limit: 25, rowTest: 'request-row',
    about: 'Calls over HTTP and of models, with how they ended. Stars are the first rating of a request. Costs are estimates.',
    filters: [
      {name: 'model', label: 'Any model', options: choices(page, 'models')},
      {name: 'status', at: 'outcome', label: 'Any outcome', options: STATUSES},
      {name: 'min_duration_ms', at: 'slower', label: 'Any duration', options: SLOWNESS},
      {name: 'sort', at: 'order', label: 'Newest first', options: ORDERS},
      {name: 'user_id', at: 'person', label: 'Person', kind: 'search', placeholder: 'Person, by identifier'},
      {name: 'error_code', at: 'error', label: 'Error code', kind: 'search'},
    ],
    // The header's status is that of people; here it has another name, since requests have one of their own.
    ask: (parameters) => api.get('/api/admin/requests', {...parameters, user_status: state.getAll('status')}, {filters: 'people', asOf: true}),
    actions: (_, {sort, ...own}) => exportMenu(api, 'requests', {...own, user_status: state.getAll('status')}),
    rowsOf: (answer) => answer.requests,
    note: () => 'A row is a call over HTTP or a request to a model. The generation of an image or a video is one row, where it ended.',
    columns: ({requests, receipt}) => {
      const slowest = Math.max(1, ...requests.map((one) => one.duration_ms ?? 0));
      const zone = receipt?.time_zone;
      return [
        {key: 'occurred_at', title: 'When', render: (at) => h('time', {datetime: at, class: 'time'}, moment(at, zone, {seconds: true}))},
        {key: 'model', title: 'Model', render: (model, row) => h('div', {class: 'two-lines'}, h('span', null, model ?? row.endpoint ?? words(row.event_type)), h('small', null, model || row.endpoint ? words(row.event_type) : null))},
        {key: 'user_id', title: 'Person', render: person},
        {key: 'status', title: 'Outcome', value: (row) => row.status ?? '', render: (_, row) => h('div', {class: 'two-lines start'}, outcome(row.status, row), row.error_code && h('small', null, words(row.error_code)))},
        {key: 'duration_ms', title: 'Latency', number: true, className: 'latency', render: (value) => typeof value === 'number' ? barCell(milliseconds(value), value / slowest) : null},
        {key: 'total_tokens', title: 'Tokens', unit: 'tokens'},
        {key: 'cost_usd', title: 'Cost', unit: 'dollars'},
        {key: 'stars', title: 'Stars', render: stars},
        {key: 'country', title: 'Country', render: country},
      ];
    },
    onRow: (row, answer) => showRequest(row, answer.receipt?.time_zone),
    empty: emptyOf('No requests in this range', 'Choose a longer range, or send requests: POST /api/analytics/requests.'),
  });
}

function showRequest(row, zone) {
  const tokens = typeof row.prompt_tokens === 'number' || typeof row.completion_tokens === 'number'
    ? `${full(row.prompt_tokens)} prompt, ${full(row.completion_tokens)} completion` : null;
  dialog('Request', () => [
    facts([
      ['When', moment(row.occurred_at, zone, {seconds: true})], ['Kind', words(row.event_type)], ['Model', row.model], ['Endpoint', row.endpoint],
      ['Outcome', outcome(row.status, row)], ['Error', row.error_code && h('code', null, row.error_code)], ['HTTP status', row.http_status], ['Why it ended', row.finish_reason],
      ['Latency', row.duration_ms === null ? null : milliseconds(row.duration_ms)], ['Tokens', tokens], ['Tokens in all', row.total_tokens === null ? null : full(row.total_tokens)],
      ['Cost (estimate)', row.cost_usd === null ? null : money(row.cost_usd)], ['Cost comes from', row.cost_source && words(row.cost_source)],
      ['Rating', stars(row.stars)], ['Person', person(row.user_id)], ['Organisation', row.organization_id], ['Country', country(row.country)],
      ['Request', row.request_id && h('code', null, row.request_id)], ['Event', row.event_id && h('code', null, row.event_id)],
    ]),
    h('p', {class: 'quiet'}, icon('lock'), ' Prompts and answers are not collected.'),
  ], {className: 'drawer', test: 'request-detail'});
}

function modelsTile(page) {
  return tile({
    title: 'Models', test: 'model-statistics', size: 'full', lines: 5,
    about: 'How each model fares over the range. Requests are counted where they end; latency is that of requests that succeeded, estimated.',
    load: () => page.api.get('/api/admin/models', {limit: 100}, {filters: 'people', asOf: true}),
    isEmpty: (answer) => answer.models.length === 0,
    empty: emptyOf('No model worked in this range'),
    draw({models}) {
      const slowest = Math.max(1, ...models.map((one) => one.latency_p95_ms ?? 0));
      const most = Math.max(1, ...models.map((one) => one.requests));
      const columns = [
        {key: 'model', title: 'Model', render: (name) => name && h('a', {href: page.state.link('/requests', {model: name}), title: `Requests of ${name}`}, name)},
        {key: 'requests', title: 'Requests', unit: 'count', render: (count) => barCell(full(count), count / most)},
        {key: 'success_rate', title: 'Success', unit: 'ratio'},
        {key: 'error_rate', title: 'Errors', unit: 'ratio', render: (rate) => typeof rate === 'number' ? h('span', {class: rate > 0.05 ? 'text-bad' : null}, percent(rate)) : null},
        {key: 'latency_p50_ms', title: 'p50', unit: 'milliseconds'},
        {key: 'latency_p95_ms', title: 'p95', unit: 'milliseconds', render: (value) => typeof value === 'number' ? barCell(milliseconds(value), value / slowest) : null},
        {key: 'tokens', title: 'Tokens', unit: 'tokens'},
        {key: 'cost_usd', title: 'Cost', unit: 'dollars'},
        {key: 'users', title: 'People', unit: 'people'},
        {key: 'rating_mean', title: 'Rating', number: true, render: (mean, row) => typeof mean === 'number' ? h('span', {title: `${full(row.ratings)} ratings`}, `${full(mean, 2)} ★`) : null},
      ];
      return {view: table({columns, rows: models, caption: 'Models', test: 'models-table', rowTest: 'model-row', sortBy: 'requests', size: 12}), twin: {columns, rows: models, csvOnly: true}};
    },
  });
}
