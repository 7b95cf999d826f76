// One person: what he used over the range, when he was there, and what he did.

import {h, icon, replace} from './dom.js';
import {isAbort} from './api.js';
import * as state from './state.js';
import {ago, bucket, country, day, format, full, moment, severalYears, words} from './format.js';
import {barList} from './bar-list.js';
import {chartWithTwin} from './charts.js';
import {insightList} from './insights.js';
import {emptyState, failure, isAbsent} from './states.js';
import {redactedBadge} from './table.js';
import {tile, tiles} from './tile.js';
import {facts, listTile} from './page-list.js';
import {sessionColumns, showSession} from './page-users.js';

export const title = 'Person';
export const filters = 'time';

const FIGURES = [
  ['total_sessions', 'Sessions', 'count'], ['total_active_hours', 'Active', 'hours'], ['generations', 'Generations', 'count'], ['total_calls', 'API calls', 'count'],
  ['tokens', 'Tokens', 'tokens'], ['estimated_cost_usd', 'Cost (estimate)', 'dollars'], ['cost_of_use', 'Cost of use', 'dollars'], ['total_training_jobs', 'Training jobs', 'count'], ['training_success_rate', 'Training success', 'ratio'],
  ['total_gpu_hours', 'GPU time', 'hours'], ['total_storage_gb', 'Storage', 'gigabytes'], ['projects_owned', 'Projects owned', 'count'], ['datasets_owned', 'Data sets owned', 'count'], ['users_invited', 'People invited', 'count'],
];

/** A tile of a report of use, which is asked for once. */
const partOf = (report) => (options, draw, isEmpty) => tile({...options, load: () => report, draw, isEmpty});

export function show(root, page) {
  const {api, params, setTitle} = page;
  setTitle(params.id);
  const path = `/api/admin/users/${encodeURIComponent(params.id)}`;
  const report = api.get(path, {}, {filters: 'time', reveal: true});

  const back = h('p', null, h('a', {href: state.link('/users'), class: 'back'}, '← All people'));
  const grid = tiles(
    partOf(report)({title: 'Profile', test: 'user-profile', size: 'full', lines: 2, about: 'What the host has told of the person, as it is now.'}, profile),
    useTiles(report),
    sessionsTile((parameters) => api.get(`${path}/sessions`, parameters, {filters: 'time'})),
    timelineTile(() => api.get(`${path}/timeline`, {limit: 200}, {filters: 'time'})));
  root.append(back, grid);
  return report.catch((error) => {
    if (isAbort(error)) return;
    replace(grid, h('section', {class: 'tile tile-full'}, error.isMissing && !isAbsent(error)
      ? emptyState(`Nobody is called ${params.id} here`, 'The person may be of another organisation, or erased.', {label: 'All people', go: () => state.go(state.link('/users'))})
      : failure(error, page.redraw)));
  });
}

/** What somebody used, of a `report`: figures, courses and top lists. */
export function useTiles(report) {
  const part = partOf(report);
  const top = (title, test, pick, valueName) => part({title, test, size: 'third', empty: {title: 'None in this range'}}, (data) => barList({entries: shares(pick(data)), unit: 'count', name: title, valueName}), (data) => !pick(data)?.length);
  return [
    part({title: 'Over the range', test: 'user-summary', size: 'full', lines: 2, about: 'All about the range on screen. Costs are estimates: “Cost” has storage in it, “of use” has not, as in the lists of people. What is owned and stored is what there is at its end.'}, summary),
    part({title: 'Sessions and API calls', test: 'user-activity', size: 'two-thirds'}, (data) => course(data, 'line', 'count', [['sessions', 'Sessions'], ['api_calls', 'API calls', {right: true}]])),
    part({title: 'Insights', test: 'user-insights', size: 'third', empty: {title: 'Nothing stands out', text: 'The rules found nothing to say.'}},
      (data) => insightList(data.insights.map((one) => ({...one, title: one.title ?? words(one.type.replace(/^person_/, '')), description: one.message}))), (data) => !data.insights?.length),
    part({title: 'Cost (estimate)', test: 'user-cost', size: 'half'}, (data) => course(data, 'bars', 'dollars', [['cost_usd', 'Cost']])),
    part({title: 'Active time', test: 'user-hours', size: 'half'}, (data) => course(data, 'bars', 'hours', [['active_hours', 'Active']])),
    top('Top models', 'user-models', (data) => data.top_models, 'Requests'),
    top('Top features', 'user-features', (data) => data.top_features?.map((one) => ({...one, name: one.name && words(one.name)})), 'Uses'),
    top('Top endpoints', 'user-endpoints', (data) => data.api_usage?.top_endpoints, 'Calls'),
  ];
}

const shares = (entries) => {
  const sum = entries.reduce((total, one) => total + one.count, 0);
  return entries.map((one) => ({name: one.name ?? 'unknown', value: one.count, share: sum ? one.count / sum : null}));
};

function profile({user, usage, redacted = []}) {
  const hidden = (name) => redacted.includes(name) || user[name] === '(redacted)';
  const sealed = (name) => user[name] === null || user[name] === undefined ? null : hidden(name) ? redactedBadge() : user[name];
  return h('div', {class: 'profile'}, facts([
    ['Mail', sealed('email')], ['Role', user.role && words(user.role)], ['Status', user.status && words(user.status)], ['Organisation', user.organization_id], ['Domain', user.domain], ['Plan', user.plan && words(user.plan)], ['Country', country(user.country)],
    ['Signed up', user.signed_up_at && day(user.signed_up_at, 'UTC', {year: true})], ['Last active', user.last_active_at && `${ago(user.last_active_at)} (${moment(user.last_active_at)})`],
    ['Last login', usage?.last_login_at && moment(usage.last_login_at)],
  ]));
}

function summary({summary: totals, usage, user, api_usage: calls}) {
  const all = {...usage, ...totals, total_calls: calls?.total_calls, cost_of_use: user?.cost_usd};
  const list = FIGURES.filter(([name]) => all[name] !== undefined);
  return h('div', {class: 'figures figures-small'}, list.map(([name, label, unit]) => h('div', {class: 'figure', 'data-test': `user-${name.replaceAll('_', '-')}`},
    h('div', {class: 'figure-title'}, h('span', null, label)), h('div', {class: 'figure-value', 'data-test': 'value', 'data-value': all[name] ?? '', title: format(all[name], unit)}, format(all[name], unit, {short: true})))));
}

function course({timeseries, grain = 'day', range}, kind, unit, lines) {
  const known = lines.filter(([name]) => timeseries.some((one) => one[name]));
  if (!known.length) return null;
  const partial = timeseries.findIndex((one) => one.is_partial);
  return chartWithTwin({
    kind, unit, height: 200, partial: partial < 0 ? undefined : partial,
    labels: timeseries.map((one) => bucket(one.date, grain, range?.time_zone, {year: severalYears(timeseries.map((one) => one.date))})), titles: timeseries.map((one) => day(one.date, 'UTC', {year: true})),
    series: known.map(([name, label, more]) => ({name: label, values: timeseries.map((one) => one[name] ?? null), ...(known.length > 1 && more)})),
    summary: `${known.map(([, label]) => label).join(' and ')} over time`,
  }, 'Day');
}

/** Sessions of one person; `ask(parameters)` gives them. */
export function sessionsTile(ask) {
  return listTile({
    title: 'Sessions', test: 'user-sessions', size: 'two-thirds', prefix: 'sessions', limit: 10, rowTest: 'session-row',
    ask,
    rowsOf: (answer) => answer.sessions, columns: ({sessions, receipt}) => sessionColumns(sessions, receipt?.time_zone, false),
    onRow: (row, answer) => showSession(row, answer.receipt?.time_zone, false),
    empty: {title: 'No sessions in this range', text: 'Choose a longer range.'},
  });
}

/** What the person did, by day. */
export function timelineTile(load) {
  return tile({
    title: 'Timeline', test: 'user-timeline', size: 'third', lines: 8, about: 'What the person did, the newest first; records that only count tokens are left out.',
    load,
    isEmpty: (answer) => answer.events.length === 0, empty: {title: 'Nothing in this range', text: 'Choose a longer range.'},
    draw(answer) {
      const zone = answer.receipt?.time_zone;
      const days = new Map();
      for (const event of answer.events) {
        const key = day(event.timestamp, zone, {year: true});
        if (!days.has(key)) days.set(key, []);
        days.get(key).push(event);
      }
      const columns = [{key: 'timestamp', title: 'When'}, {key: 'type', title: 'Type'}, {key: 'category', title: 'Category'}, {key: 'resource_type', title: 'Resource'}, {key: 'resource_id', title: 'Identifier'}];
      const entry = (event) => h('li', null, h('time', {datetime: event.timestamp}, moment(event.timestamp, zone).split(', ').pop()), h('span', null, words(event.type)),
        event.category && h('span', {class: 'badge'}, words(event.category)), event.resource_type && h('small', null, `${words(event.resource_type)} ${event.resource_id ?? ''}`));
      const view = h('div', {class: 'timeline', tabindex: 0, role: 'region', 'aria-label': 'Timeline by day'}, [...days].map(([name, events]) => h('section', null, h('h3', null, name, h('small', null, ` ${events.length === 1 ? '1 event' : `${events.length} events`}`)), h('ol', null, events.map(entry)))));
      const total = answer.total ?? answer.count;
      return {view, twin: {columns, rows: answer.events, csvOnly: true}, note: total > answer.events.length ? h('span', null, icon('info'), ` The newest ${full(answer.events.length)} of ${full(total)}.`) : null};
    },
  });
}
