// Cost: what use has cost, of what and whose, and which days were out of the ordinary. All of it is an estimate.

import {h, replace} from './dom.js';
import {compact, day, weekday, format, full, severalYears, money, percent, words, period} from './format.js';
import {isAbort} from './api.js';
import {tile, tiles} from './tile.js';
import {table} from './table.js';
import {chartWithTwin, prepareCharts} from './charts.js';
import {barList} from './bar-list.js';
import {beginning, figures, figureSkeletons, leftOutLine} from './figure.js';
import {exportMenu} from './export-menu.js';
import {emptyState, failure} from './states.js';
import {may} from './page-list.js';

export const title = 'Cost';
export const filters = 'compare';

const FIGURES = ['total_cost', 'cost_per_user', 'cost_per_training_job', 'cost_growth_rate', 'unpriced_token_share'];
const SOURCES = {sent: ['Sent', 'the sender said what it cost'], model_price: ['Price of the model', 'tokens, images or seconds by the price list'], resource_rate: ['Rate of the resource', 'GPU time by its rate'], storage_rate: ['Rate of storage', 'GB-days ÷ 30 by the monthly rate']};
const LISTS = [
  ['by_model', 'By model', 'Model', 'no model (training)'],
  ['by_feature', 'By feature', 'Feature', 'no feature'],
  ['by_organization', 'By organisation', 'Organisation', 'no organisation'],
  ['by_user', 'By user', 'User', 'nobody'],
  ['by_project', 'By project', 'Project', 'no project'],
];
const GRAINS = [['', 'By day'], ['week', 'By week'], ['month', 'By month']];

export function show(root, {api, state, session, redraw}) {
  prepareCharts();
  const cost = api.get('/api/admin/cost', {grain: state.get('grain'), limit: 8}, {filters: 'compare', asOf: true});
  const ribbon = h('div', null, figureSkeletons(FIGURES.length));
  const part = (options, draw) => tile({...options, load: () => cost, draw});
  const links = {by_user: (name) => state.link(`/users/${encodeURIComponent(name)}`), by_model: (name) => state.link('/requests', {model: name, order: 'cost'}), by_organization: (name) => state.link('/cost', {organization_id: name, organizations: null})};

  const grid = tiles(
    part({title: 'Cost over time (estimate)', test: 'cost-over-time', size: 'two-thirds', controls: [exportMenu(api, 'cost', {grain: state.get('grain')}), grainChoice(state)], about: 'GPU time, storage, and requests to models. The running day is pale. Days out of the ordinary are listed beside it.'},
      overTime),
    part({title: 'Days out of the ordinary', test: 'anomalies', size: 'third', about: 'A day stands out when its cost is further from the median of the same weekdays before than their usual spread allows: the score is how many times.', empty: {title: 'No day stands out', text: 'Costs are what they are on such weekdays.'}}, anomalies),
    part({title: 'Parts', test: 'cost-parts', size: 'third', about: 'What the money is spent on.'}, parts),
    part({title: 'Where the amounts come from', test: 'cost-sources', size: 'third', about: 'A cost that was sent comes first, then the price of the model, then the rate of the resource.'}, sources),
    part({title: 'Rates in use', test: 'cost-rates', size: 'third', about: 'What was used, and the rate that holds now. Rates hold from a day on; earlier use keeps the earlier rate.'}, rates),
    ...LISTS.map(([key, name, column, none]) => part({title: name, test: key.replace('_', '-'), size: key === 'by_model' || key === 'by_feature' ? 'half' : 'third', about: `Estimated cost of use ${name.toLowerCase()}, the largest first; the rest is “other”. Storage is in none of these lists.`}, (data) => list(data[key], column, none, links[key]))));

  root.append(ribbon, grid);
  const without = h('p', {class: 'tile-note', 'data-test': 'storage-left-out'});
  root.append(without);
  return cost.then((data) => {
    replace(without, inNoList(data.summary));
    replace(ribbon, h('p', {class: 'range-line', 'data-test': 'range-line'}, period(data.range.from, data.range.to, data.range.time_zone), ` · ${data.range.time_zone} · `,
      h('span', {class: 'estimate', title: 'Daybook does not bill: amounts follow from what was sent, and from price lists'}, 'estimates'), data.range.is_running && ' · the last day is still running'),
    beginning(data.receipt),
    figures(data.metrics, FIGURES, (metric) => ({receipt: data.receipt, estimate: metric.unit === 'dollars', course: metric.id === 'total_cost' ? data.over_time.map((one) => one.cost_usd) : undefined, partial: data.over_time.at(-1)?.is_partial ? data.over_time.length - 1 : -1})),
    leftOutLine(data.receipt) && h('p', {class: 'tile-note', 'data-test': 'left-out'}, leftOutLine(data.receipt)));
    if (!data.summary.total_cost_usd) {
      root.insertBefore(h('section', {class: 'tile'}, emptyState('Nothing cost anything in this range', ['Choose a longer range or another organisation', may(session, 'operate') && [', or set prices: ', h('code', null, 'PUT /api/admin/prices')], '.'], {label: 'Show all time', go: () => state.write({range: 'all', from: null, to: null})})), grid);
    }
  }).catch((error) => {
    if (isAbort(error)) return;
    ribbon.remove();
    replace(grid, h('section', {class: 'tile tile-full'}, failure(error, redraw)));
  });
}

/** Lists are of use: what is stored is paid for whether or not anybody does something. */
const inNoList = ({breakdown}) => breakdown.storage?.cost_usd > 0
  ? `Storage (${money(breakdown.storage.cost_usd)}) is in the total and in none of these lists: they are of what was used, and so are their shares.` : null;

const grainChoice = (state) => h('label', {class: 'select'}, h('select', {'aria-label': 'Grain', 'data-key': 'grain', 'data-test': 'grain', onchange: (event) => state.write({grain: event.target.value})},
  GRAINS.map(([value, text]) => h('option', {value, selected: value === state.get('grain', '')}, text))));

function overTime(data) {
  const rows = data.over_time;
  if (!rows.some((one) => one.cost_usd > 0)) return null;
  const year = severalYears(rows.map((one) => one.date));
  const spec = {
    kind: 'stacked', unit: 'dollars', height: 250, partial: rows.at(-1)?.is_partial ? rows.length - 1 : -1,
    labels: rows.map((one) => day(one.date, 'UTC', {year})), titles: rows.map((one) => data.grain === 'day' ? weekday(one.date, 'UTC', {year}) : `From ${day(one.date, 'UTC', {year: true})}`),
    series: [['gpu_usd', 'GPU'], ['inference_usd', 'Inference'], ['storage_usd', 'Storage']].map(([key, name]) => ({name, values: rows.map((one) => one[key])})),
  };
  const drawn = chartWithTwin(spec, data.grain === 'day' ? 'Day' : 'From');
  drawn.twin.columns.push({key: 'total', title: 'Total', unit: 'dollars'});
  drawn.twin.rows.forEach((row, at) => { row.total = rows[at].cost_usd; });
  return drawn;
}

function anomalies(data) {
  const found = [...data.anomalies].sort((a, b) => b.date.localeCompare(a.date));
  if (!found.length) return null;
  const columns = [
    {key: 'date', title: 'Day', className: 'time', render: (value) => weekday(value)},
    {key: 'cost_usd', title: 'Cost', number: true, render: (value, row) => h('span', {class: row.direction === 'high' ? 'delta-bad' : null, title: row.direction === 'high' ? 'higher than usual' : 'lower than usual'}, row.direction === 'high' ? '▲ ' : '▼ ', money(value))},
    {key: 'median_usd', title: 'Usual', unit: 'dollars', sortable: false},
    {key: 'score', title: 'Score', number: true, sortable: false, render: (value) => full(value, 1)},
  ];
  return {view: table({columns, rows: found, size: 6, caption: 'Days out of the ordinary', rowTest: 'anomaly'}), twin: {columns, rows: found, csvOnly: true}};
}

function parts({summary}) {
  const {gpu, storage, inference} = summary.breakdown;
  const total = summary.total_cost_usd;
  const all = [['GPU', gpu], ['Inference', inference], ['Storage', storage]].map(([name, one]) => ({name, value: one?.cost_usd ?? 0})).filter((one) => one.value > 0);
  if (!all.length) return null;
  const shares = all.map((one) => one.value / total);
  const drawn = chartWithTwin({kind: 'doughnut', unit: 'dollars', labels: all.map((one) => one.name), shares, series: [{name: 'Cost', values: all.map((one) => one.value)}], center: [money(total, {short: true}), 'in all'], summary: `Cost by part: ${all.map((one, at) => `${one.name} ${percent(shares[at])}`).join(', ')}`}, 'Part');
  return drawn;
}

function sources({summary}) {
  const known = Object.entries(summary.by_source).filter(([, value]) => typeof value === 'number').sort((a, b) => b[1] - a[1]);
  if (!known.length) return null;
  const drawn = barList({entries: known.map(([key, value]) => ({name: SOURCES[key]?.[0] ?? words(key), title: SOURCES[key]?.[1], value, share: summary.total_cost_usd ? value / summary.total_cost_usd : null})), unit: 'dollars', name: 'Source', valueName: 'Cost'});
  const {unpriced, unpriced_share: share, total} = summary.tokens;
  return {...drawn, note: unpriced ? `${compact(unpriced)} of ${compact(total)} tokens (${percent(share)}) have no price and are in no amount.` : null};
}

function rates({summary}) {
  const {gpu, storage, inference} = summary.breakdown;
  const rows = [
    {name: 'GPU', used: format(gpu?.usage_hours, 'hours'), rate: gpu?.rate_per_hour, per: 'hour'},
    {name: 'Storage', used: format(storage?.usage_gb, 'gigabytes'), rate: storage?.rate_per_gb_month, per: 'GB-month'},
    {name: 'Inference', used: `${compact(inference?.requests)} requests`, rate: inference?.rate_per_1000_requests, per: '1,000'},
  ];
  const columns = [
    {key: 'name', title: 'What', sortable: false}, {key: 'used', title: 'Used', number: true, sortable: false},
    {key: 'rate', title: 'Rate', number: true, sortable: false, render: (value, row) => typeof value === 'number' ? h('div', {class: 'two-lines'}, money(value), h('small', null, `per ${row.per}`)) : '–'},
  ];
  return {view: table({columns, rows, caption: 'Rates in use'}), twin: {columns, rows, csvOnly: true}};
}

function list(data, column, none, link) {
  const entries = data?.entries.filter((one) => one.cost_usd !== null || one.unpriced_tokens > 0);
  if (!entries?.length) return null;
  const total = data.total_cost_usd || 1;
  const drawn = barList({
    entries: entries.map((one) => ({name: one.name === null || one.name === undefined ? none : column === 'Feature' ? words(one.name) : one.name, href: one.name && link?.(one.name), value: one.cost_usd, share: one.cost_usd === null ? null : one.cost_usd / total, title: `${full(one.events)} events, ${compact(one.tokens)} tokens${one.unpriced_tokens ? `, ${compact(one.unpriced_tokens)} of them without a price` : ''}`})),
    other: {value: data.other_cost_usd, share: data.other_cost_usd / total, kinds: data.kinds - data.entries.length}, unit: 'dollars', name: column, valueName: 'Cost',
  });
  drawn.twin.columns.push({key: 'events', title: 'Events', unit: 'count'}, {key: 'tokens', title: 'Tokens', unit: 'tokens'}, {key: 'unpriced', title: 'Unpriced tokens', unit: 'tokens'});
  drawn.twin.rows.forEach((row, at) => Object.assign(row, {events: entries[at]?.events ?? null, tokens: entries[at]?.tokens ?? null, unpriced: entries[at]?.unpriced_tokens ?? null}));
  const free = entries.filter((one) => one.cost_usd === null).map((one) => one.name);
  return {...drawn, note: free.length ? `Without a price: ${free.join(', ')}.` : null};
}
