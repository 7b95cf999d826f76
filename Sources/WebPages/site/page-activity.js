// Activity & tokens: how much is done, what of, which tokens it took, and the rows themselves.

import {h, replace} from './dom.js';
import {compact, full, moment, money, words, day, bucket, milliseconds} from './format.js';
import {isAbort} from './api.js';
import {tile, tiles} from './tile.js';
import {chartWithTwin, prepareCharts} from './charts.js';
import {barList} from './bar-list.js';
import {beginning, figures, figureSkeletons} from './figure.js';
import {timeline} from './series.js';
import {exportMenu} from './export-menu.js';
import {listTile, person} from './page-list.js';
import {funnelTile} from './funnel.js';
import {retentionTile} from './retention.js';
import {liveStrip} from './live-strip.js';
import {localFilters} from './local-filters.js';
import {tabs} from './tabs.js';
import {failure} from './states.js';

export const title = 'Activity & tokens';
export const filters = 'compare';

const FIGURES = ['activities', 'chats', 'uploads', 'rag_queries', 'total_tokens', 'unpriced_token_share'];
const METRICS = ['activities', 'chats', 'uploads', 'rag_queries', 'page_views', 'generations_requested', 'api_calls', 'prompt_tokens', 'completion_tokens', 'total_tokens'];
const KINDS = ['chats', 'uploads', 'rag_queries', 'page_views', 'generations_requested', 'api_calls'];
const VIEWS = [['activity', 'What was done'], ['requests', 'Tokens by request'], ['sums', 'Tokens added up']];
const GRAINS = [['', 'By day'], ['hour', 'By hour'], ['week', 'By week'], ['month', 'By month']];
const SUMS_BY = [['', 'Model'], ['user_id', 'User'], ['organization_id', 'Organisation'], ['none', 'Time alone']];

export function show(root, {api, state, signal, redraw}) {
  prepareCharts();
  const own = {event_type: state.get('event_type'), user_id: state.get('user_id'), model: state.get('model')};
  const overview = api.get('/api/admin/overview', {...own, groups: 'activity,tokens', metrics: METRICS.join(','), breakdowns: 'event_types,models,users', top: 8}, {filters: 'compare', asOf: true});
  const ribbon = h('div', null, figureSkeletons(FIGURES.length));
  const names = {event_types: [], models: []};
  const part = (options, draw) => tile({...options, load: () => overview, draw});

  const grid = tiles(
    part({title: 'Activity over time', test: 'activity-over-time', size: 'two-thirds', about: 'What people did, by kind. Records that only count tokens are left out.'}, (data) => {
      const time = timeline(data);
      const spec = time.chart('stacked', 'count', KINDS.map((id) => [id]), {height: 240});
      const all = time.values('activities');
      if (!spec || !all) return spec && chartWithTwin(spec);
      const rest = all.map((value, at) => value === null ? null : Math.max(0, value - spec.series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0)));
      spec.series.push({name: 'Other', values: rest, other: true});
      return chartWithTwin(spec);
    }),
    part({title: 'Kinds of activity', test: 'event-types', size: 'third', about: 'Events by type.'}, (data) => list(data, 'event_types', 'Type', words, (name) => state.link('/activity', {event_type: name, view: state.get('view')}))),
    part({title: 'Tokens over time', test: 'tokens-over-time', size: 'two-thirds', about: 'Prompt tokens were sent to models, completion tokens came back. Cached and reasoning tokens are part of these.'}, (data) => {
      const spec = timeline(data).chart('stacked', 'tokens', [['prompt_tokens', 'Prompt'], ['completion_tokens', 'Completion']], {height: 220});
      const of = (id) => compact(data.kpis.find((one) => one.id === id)?.value);
      return spec && {...chartWithTwin(spec), note: `${of('prompt_tokens')} of prompts and ${of('completion_tokens')} of completions in this range.`};
    }),
    part({title: 'Most active users', test: 'top-users', size: 'third', about: 'By number of events.'}, (data) => list(data, 'users', 'User', (name) => name, (name) => state.link(`/users/${encodeURIComponent(name)}`))));

  const people = tiles(retentionTile({api, state}), funnelTile({api, state, suggestions: () => names.event_types}));
  const filterLine = localFilters([
    {name: 'event_type', title: 'Type', placeholder: 'any', suggestions: () => names.event_types},
    {name: 'user_id', title: 'User', placeholder: 'any'},
    {name: 'model', title: 'Model', placeholder: 'any', suggestions: () => names.models},
  ], state);
  root.append(liveStrip({api, signal}), filterLine, ribbon, grid, people, rows({api, state, own}));

  return overview.then((data) => {
    const time = timeline(data);
    for (const id of Object.keys(names)) names[id] = data.breakdowns.find((one) => one.id === id)?.entries.map((one) => one.name).filter(Boolean) ?? [];
    replace(ribbon, beginning(data.receipt), figures(data.kpis, FIGURES, (metric) => ({receipt: data.receipt, course: time.values(metric.id), partial: time.partial})));
  }).catch((error) => {
    if (isAbort(error)) return;
    ribbon.remove();
    replace(grid, h('section', {class: 'tile tile-full'}, failure(error, redraw)));
  });
}

function list(data, id, name, shown, href) {
  const found = data.breakdowns.find((one) => one.id === id);
  if (!found?.entries.length) return null;
  return barList({
    entries: found.entries.map((one) => ({name: one.name === null ? 'unknown' : shown(one.name), title: one.name, href: one.name && href(one.name), value: one.count, share: one.share})),
    other: found.other && {value: found.other.count, share: found.other.share, kinds: found.other.kinds}, unit: 'count', name, valueName: 'Events',
  });
}

/** The rows themselves, in one of three views; paging loads only them. */
function rows({api, state, own}) {
  const place = h('div');
  const view = () => VIEWS.some(([name]) => name === state.get('view')) ? state.get('view') : 'activity';
  const draw = () => replace(place, {activity: activityRows, requests: requestRows, sums: sumRows}[view()]({api, state, own}));
  draw();
  return h('div', {class: 'stack'}, tabs(VIEWS, view(), (name) => {
    state.write({view: name === 'activity' ? null : name, offset: null}, {redraw: false, push: false});
    draw();
  }, 'Rows'), place);
}

const user = {key: 'user_id', title: 'User', render: person};
const time = (data) => ({key: 'timestamp', title: 'Time', render: (value) => moment(value, data.range.time_zone, {seconds: true}), className: 'nowrap'});
const status = {key: 'status', title: 'Status', render: (value) => value && h('span', {class: `status status-${/^[a-z]+$/.test(value) ? value : 'other'}`}, words(value))};

function activityRows({api, own}) {
  return listTile({title: 'What was done', test: 'activity', rowTest: 'row', about: 'Newest first. No prompt, answer or file name is kept.', ask: (asked) => api.get('/api/admin/activity', {...own, ...asked}, {filters: 'people'}), rowsOf: (data) => data.activity, actions: () => exportMenu(api, 'events', own),
    empty: {title: 'Nothing was done', text: 'Choose a longer range or fewer filters.'},
    columns: (data) => [
      time(data), {key: 'action_type', title: 'Type', render: (value) => words(value)},
      user, {key: 'organization_id', title: 'Organisation'}, {key: 'model', title: 'Model'}, status,
      {key: 'error_code', title: 'Error', render: (value) => value && words(value)}, {key: 'duration_ms', title: 'Duration', number: true, render: (value) => milliseconds(value)},
      {key: 'project_id', title: 'Project'},
    ]});
}

function requestRows({api, own}) {
  return listTile({title: 'Tokens by request', test: 'token-requests', rowTest: 'row', about: 'Requests that say how many tokens they took. A cost is an estimate unless it was sent.', ask: (asked) => api.get('/api/admin/tokens', {...own, ...asked}, {filters: 'people'}), rowsOf: (data) => data.requests, actions: () => exportMenu(api, 'tokens', own),
    empty: {title: 'No tokens', text: 'No request in this range says how many tokens it took.'},
    columns: (data) => [
      time(data), {key: 'action_type', title: 'Type', render: (value) => words(value)}, user, {key: 'model', title: 'Model'},
      {key: 'prompt_tokens', title: 'Prompt', unit: 'tokens'}, {key: 'completion_tokens', title: 'Completion', unit: 'tokens'},
      {key: 'total_tokens', title: 'Total', number: true, render: (value, row) => row.tokens_conflict ? h('span', {title: 'The total that was sent is not prompt and completion together'}, full(value), ' ⚠') : full(value)},
      {key: 'cached_tokens', title: 'Cached', unit: 'tokens'}, {key: 'reasoning_tokens', title: 'Reasoning', unit: 'tokens'},
      {key: 'cost_usd', title: 'Cost (est.)', number: true, render: (value) => money(value)}, {key: 'cost_source', title: 'Cost from', render: (value) => value && words(value)},
    ]});
}

function sumRows({api, state, own}) {
  const by = () => ({none: ''}[state.get('by')] ?? state.get('by', 'model'));
  const actions = () => h('span', {class: 'tile-choices'}, choice(state, 'by', 'By', SUMS_BY), choice(state, 'grain', 'Grain', GRAINS));
  return listTile({title: 'Tokens added up', test: 'token-sums', rowTest: 'row', about: 'Sums of requests by time and what is chosen.', ask: (asked) => api.get(`/api/admin/tokens/aggregates?by=${encodeURIComponent(by())}`, {...own, grain: state.get('grain'), ...asked}, {filters: 'people'}), rowsOf: (data) => data.aggregates, actions,
    empty: {title: 'No tokens', text: 'No request in this range says how many tokens it took.'},
    columns: (data) => [
      {key: 'date', title: 'From', render: (_, row) => data.grain === 'day' ? day(row.date) : bucket(row.start, data.grain, data.range.time_zone)},
      ...(data.by ?? []).filter(Boolean).map((key) => key === 'user_id' ? user : {key, title: key === 'organization_id' ? 'Organisation' : words(key)}),
      {key: 'requests', title: 'Requests', unit: 'count'}, {key: 'prompt_tokens', title: 'Prompt', unit: 'tokens'}, {key: 'completion_tokens', title: 'Completion', unit: 'tokens'}, {key: 'total_tokens', title: 'Total', unit: 'tokens'},
      {key: 'cached_tokens', title: 'Cached', unit: 'tokens'}, {key: 'reasoning_tokens', title: 'Reasoning', unit: 'tokens'}, {key: 'unpriced_tokens', title: 'Unpriced', unit: 'tokens'}, {key: 'cost_usd', title: 'Cost (est.)', unit: 'dollars'},
    ]});
}

function choice(state, name, label, options) {
  const current = state.get(name, '');
  return h('label', {class: 'select'}, h('select', {'aria-label': label, 'data-key': `choice-${name}`, 'data-test': `choice-${name}`, onchange: (event) => state.write({[name]: event.target.value, offset: null})},
    options.map(([value, text]) => h('option', {value, selected: value === current}, text))));
}
