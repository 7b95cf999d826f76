// The Overview: what the platform's users do, whether it works, and what it costs, from one answer of the service.

import {h, onScreen, replace} from './dom.js';
import {compact, country, format, period, words, full} from './format.js';
import {globalFilters, isAbort} from './api.js';
import {tile, tiles} from './tile.js';
import {table} from './table.js';
import {chartWithTwin, prepareCharts, sparkline} from './charts.js';
import {barList} from './bar-list.js';
import {beginning, figures, figureSkeletons, delta, leftOutLine} from './figure.js';
import {exportMenu} from './export-menu.js';
import {heatmap} from './heatmap.js';
import {insightList, organizationInsights, alertList} from './insights.js';
import {emptyState, failure} from './states.js';
import {notice} from './page-notice.js';
import {may} from './page-list.js';
import {timeline} from './series.js';
import {PATH, PARAMETERS, FILTERS} from './overview-question.js';

export const title = 'Overview';
export const filters = FILTERS;

const RIBBON = ['dau', 'wau', 'mau', 'stickiness', 'activation_rate', 'content_success_rate', 'generation_latency_p50', 'generation_latency_p95', 'error_rate', 'requests', 'total_tokens', 'total_cost'];
const COURSES = {dau: 'active_users', content_success_rate: 'content_success_rate', generation_latency_p50: 'generation_latency_p50', generation_latency_p95: 'generation_latency_p95', error_rate: 'error_rate', requests: 'requests', total_tokens: 'total_tokens', total_cost: 'total_cost'};
/** Courses that look at more days than the range has: asked for once the page stands. */
const LATER = ['wau', 'mau', 'stickiness', 'activation_rate'];
const FEATURES = [['feature_images', 'Images'], ['feature_videos', 'Videos'], ['feature_projects', 'Projects'], ['feature_email', 'Email']];

const entriesOf = (list, name = (text) => text) => ({
  entries: list.entries.map((one) => ({name: name(one.name ?? 'unknown'), value: one.count, share: one.share})),
  other: list.other && {value: list.other.count, share: list.other.share, kinds: list.other.kinds},
  none: list.none && {value: list.none.count, share: list.none.share},
});

export function show(root, {api, state, session, redraw, isFirst}) {
  const overview = api.get(PATH, PARAMETERS, {filters: FILTERS, asOf: true});
  prepareCharts();
  const ribbon = h('div', null, figureSkeletons(RIBBON.length));
  // Figures are on screen before the rest is made; later, all of it takes the place of the old at once.
  const filled = overview.then(fill);
  const figured = filled.then(async () => {
    if (!isFirst) return;
    await onScreen();
    root.append(grid);
    root.removeAttribute('aria-busy');
  });
  const part = (options, draw) => tile({...options, load: () => figured.then(() => overview), draw});
  const line = (kind, unit, entries, more) => (data) => {
    const spec = timeline(data).chart(kind, unit, entries, more);
    return spec && chartWithTwin(spec);
  };
  const breakdown = (data, id) => data.breakdowns.find((one) => one.id === id && one.entries.length);

  const grid = tiles(
    part({title: 'Active users', test: 'active-users', size: 'two-thirds', about: 'People with at least one event in each bucket, and those who signed up in it. The running day is dashed.'},
      line('line', 'people', [['active_users'], ['new_signups']], {height: 230})),
    tile({title: 'Insights and alerts', test: 'insights-tile', size: 'third', about: 'Alerts that are firing now, and what fixed rules found in the numbers of the last whole days, whatever range is shown.',
      load: () => Promise.all([api.get('/api/admin/analytics/summary', {}, {filters: 'scope'}).then(async (summary) => ({...summary, single: await figured.then(() => ofOrganizations(api, summary))})), firing(api)]),
      draw: ([{sentences, insights, single}, alerts]) => insights.length || alerts.length || single.length
        ? {view: h('div', null, alertList(alerts), insightList(insights), organizationInsights(single)), note: sentences[0]} : emptyState('Nothing stands out', sentences[0])}),
    part({title: 'Feature usage', test: 'features', about: 'How often each feature was asked for; counted where a request begins.'}, line('stacked', 'count', FEATURES)),
    part({title: 'Models', test: 'models', about: 'Requests to models, counted where they end. "Other" are all models beside the most used; some requests name none.'}, (data) => doughnut(breakdown(data, 'models'), 'Model', (name) => name, (name) => state.link('/requests', {model: name}))),
    part({title: 'Generations that succeed', test: 'success', size: 'third', about: 'Succeeded of all finished generations. Pending and cancelled ones do not count. The axis does not begin at zero.'},
      line('line', 'ratio', [['content_success_rate', 'Success']], {fromZero: false, height: 190})),
    part({title: 'Latency, p50 to p95', test: 'latency', size: 'third', about: 'Of succeeded generations: half are quicker than p50, one in twenty is slower than p95.'},
      line('band', 'milliseconds', [['generation_latency_p50', 'p50'], ['generation_latency_p95', 'p95']], {height: 190})),
    part({title: 'Errors', test: 'errors', size: 'third', about: 'Events that failed: failed status, an error code, or HTTP 400 and above.'}, line('bars', 'count', [['errors', 'Errors', {color: 'series-5'}]], {height: 190})),
    part({title: 'Top error codes', test: 'error-codes', size: 'third', about: 'Failed events by error code; without one, by HTTP status.', empty: {title: 'No errors', text: 'Nothing failed in this range.'}},
      (data) => doughnut(breakdown(data, 'error_codes'), 'Code', words, (name) => /^\d+$/.test(name) ? null : state.link('/requests', {error: name}))),
    part({title: 'Countries', test: 'countries', size: 'third', about: 'Where requests came from, as the sender says. All of them are the figure Requests.'}, (data) => {
      const list = breakdown(data, 'countries');
      return list && barList({...entriesOf(list, country), unit: 'count', name: 'Country', valueName: 'Events'});
    }),
    part({title: 'Tokens', test: 'tokens', size: 'third', about: 'What was sent to models, and what they answered.'}, line('stacked', 'tokens', [['prompt_tokens', 'Prompt'], ['completion_tokens', 'Completion']], {height: 200})),
    part({title: 'When people are active', test: 'heatmap-tile', size: 'two-thirds', about: () => h('p', null, 'Events by hour of the day and day of the week, in the time zone of the answer.')},
      (data) => data.heatmap?.flat().some((value) => value > 0) ? {...heatmap(data.heatmap), note: `Hours in ${data.range.time_zone}.`} : null),
    part({title: 'Cost (estimate)', test: 'cost', size: 'third', about: 'Estimated: as sent, else tokens by the price of the model, else resources by their rate; storage for as long as it is there. The page Cost has the parts.'}, line('bars', 'dollars', [['total_cost', 'Cost', {color: 'series-3'}]], {height: 200})),
    part({title: 'All key figures', test: 'all-figures', size: 'full'}, (data) => ({...allFigures(data, may(session, 'run_queries') && ((metric) => openInQuery(api, state, metric))), actions: [exportMenu(api, 'kpis', {compare: state.get('compare')}), exportMenu(api, 'trends')]})));

  root.append(ribbon);
  if (isFirst) root.setAttribute('aria-busy', 'true');
  else root.append(grid);
  function fill(data) {
    const time = timeline(data);
    replace(ribbon, h('p', {class: 'range-line', 'data-test': 'range-line'}, period(data.range.from, data.range.to, data.range.time_zone), ` · ${data.range.time_zone}`,
      data.range.is_running && ' · the last day is still running'),
    beginning(data.receipt),
    figures(data.kpis, RIBBON, (metric) => ({receipt: data.receipt, course: time.values(COURSES[metric.id]), partial: time.partial, estimate: metric.unit === 'dollars'})));
    if (isQuiet(data)) ribbon.after(nothingHere({state, session}));
  }
  filled.then(() => figured).then(() => overview).then((data) => isQuiet(data) || laterCourses(api, ribbon, data.grain), () => {});
  return filled.catch((error) => {
    if (isAbort(error)) return;
    ribbon.remove();
    root.removeAttribute('aria-busy');
    root.append(grid);
    replace(grid, h('section', {class: 'tile tile-full'}, failure(error, redraw)));
  });
}

/** Puts courses into cards that had none; without them the cards stay as they are. */
async function laterCourses(api, ribbon, grain) {
  try {
    const time = timeline(await api.get('/api/admin/overview/trends', {metrics: LATER.join(','), breakdowns: 'models', grain}, {filters: 'compare', asOf: true}));
    for (const id of LATER) {
      const course = time.values(id);
      const bars = ribbon.querySelector(`[data-test="kpi-${id.replaceAll('_', '-')}"] .compare-bars`);
      if (bars && course?.some((value) => typeof value === 'number')) bars.replaceWith(sparkline(course, {partial: time.partial}));
    }
  } catch { /* The figures say all the same. */ }
}

/** Alerts that fire now; where they cannot be had, insights stand without them. */
const firing = (api) => api.get('/api/admin/alerts', {}, {filters: 'scope'}).then((answer) => answer.alerts.filter((one) => one.state === 'firing'), (error) => {
  if (isAbort(error)) throw error;
  return [];
});

/** What needs attention in single organisations, for who looks at all of them together: of the days that the summary is of. */
async function ofOrganizations(api, {day, attention}) {
  if (globalFilters('scope').get('organizations') !== 'all' || attention?.insights === 0) return [];
  const lists = await Promise.all(['critical', 'warning'].map((severity) => api.get('/api/admin/insights', {severity, limit: 50}, {filters: 'scope'})));
  return lists.flatMap((answer) => answer.insights).filter((one) => one.organization_id && !(one.day < day));
}

const isQuiet = (data) => !data.kpis.some((metric) => ['active_users', 'requests', 'sessions'].includes(metric.id) && metric.value > 0);

function nothingHere({state, session}) {
  const own = session.organizations === null && session.organization_id && state.get('organizations') !== 'all' && !state.get('organization_id');
  if (state.filtersPeople()) return h('section', {class: 'tile'}, emptyState('Nobody matches these filters in this range', 'Take a filter away, or choose a longer range.', {label: 'Clear the filters', go: () => state.write({role: null, status: null, domain: null, activated: null})}));
  if (own) return h('section', {class: 'tile'}, emptyState(`No events of ${session.organization_id ?? 'your organisation'} in this range`, 'You may see other organisations too.', {label: 'Show all organisations', go: () => state.write({organizations: 'all'})}));
  return h('section', {class: 'tile'}, emptyState('No events in this range', ['Choose a longer range, or send events: ', h('code', null, 'POST /api/analytics/events/batch'), '. A file is loaded while the service is stopped: ', h('code', null, 'daybook load'), '.'], {label: 'Show all time', go: () => state.write({range: 'all', from: null, to: null})}));
}

function doughnut(list, first, name, href) {
  if (!list) return null;
  const {entries, other, none} = entriesOf(list, name);
  const all = [...entries];
  if (other?.value > 0) all.push({name: `Other (${full(other.kinds)})`, ...other});
  if (none?.value > 0) all.push({name: `No ${first.toLowerCase()}`, ...none});
  const spec = {kind: 'doughnut', labels: all.map((one) => one.name), hrefs: list.entries.map((one) => one.name && href(one.name)), hint: 'Click: its requests', shares: all.map((one) => one.share), series: [{name: 'Count', values: all.map((one) => one.value)}], unit: 'count', other: other?.value > 0, center: [compact(list.total), first === 'Code' ? 'errors' : 'requests'], summary: `${list.title}: ${all.map((one) => `${one.name} ${format(one.share, 'ratio')}`).join(', ')}`};
  const drawn = chartWithTwin(spec, first);
  drawn.twin.columns.push({key: 'share', title: 'Share', unit: 'ratio'});
  drawn.twin.rows.forEach((row, at) => { row.share = all[at].share; });
  return drawn;
}

/** The SQL of a figure, as it was asked, in the editor. */
async function openInQuery(api, state, metric) {
  try {
    const {sql} = await api.get(`/api/admin/metrics/${encodeURIComponent(metric.id)}/explain`, {}, {filters: 'compare'});
    state.go(state.link('/query', {q: sql}));
  } catch (error) {
    if (!isAbort(error)) notice(error.detail ?? error.message, {isError: true});
  }
}

function allFigures(data, open) {
  const columns = [
    {key: 'title', title: 'Figure', render: (value, row) => h('span', null, value, h('small', {class: 'definition'}, row.definition))},
    {key: 'group', title: 'Group', render: (value) => words(value)},
    {key: 'value', title: 'Value', number: true, render: (value, row) => row.unavailable ? h('span', {title: row.unavailable}, 'not available') : format(value, row.unit)},
    {key: 'previous', title: 'Before', number: true, render: (value, row) => format(value, row.unit)},
    {key: 'delta', title: 'Change', number: true, value: (row) => row.delta?.percent ?? null, render: (_, row) => delta(row) ?? '–'},
  ];
  const inQuery = {key: 'sql', title: 'SQL', sortable: false, render: (_, row) => row.unavailable ? null : h('button', {type: 'button', class: 'plain', 'data-test': `sql-${row.id}`, 'aria-label': `SQL of ${row.title}, in the editor`, onclick: () => open(row)}, 'Open in Query')};
  const details = h('details', {ontoggle: () => {
    if (details.childElementCount === 1) details.append(table({columns: open ? [...columns, inQuery] : columns, rows: data.kpis, size: 100, caption: 'All key figures', test: 'all-kpis'}));
  }}, h('summary', null, `${full(data.kpis.length)} figures with their definitions`));
  return {
    view: details,
    twin: {columns: [...columns, {key: 'unit', title: 'Unit'}, {key: 'definition', title: 'Definition'}], rows: data.kpis, csvOnly: true},
    note: leftOutLine(data.receipt),
  };
}
