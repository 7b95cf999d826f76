// What is wrong by the rules of alerts, and what the service does on a schedule.

import {h} from './dom.js';
import {ago, format, moment, words} from './format.js';
import {table} from './table.js';
import {tile} from './tile.js';
import {notice} from './page-notice.js';

const SEVERITIES = {critical: 'badge-bad', warning: 'badge-warn', info: 'badge-accent'};
const UNITS = {seconds: 'seconds', bytes: 'bytes', ratio: 'ratio', dollars: 'dollars', milliseconds: 'milliseconds', percent: 'mean', count: 'count'};

const since = (at) => at && h('time', {datetime: at, title: moment(at, undefined, {seconds: true})}, ago(at));

/** Alerts about the service are in nobody's organisation: who sees all asks for all, whatever the header says. */
export function alertsTile({api, session}) {
  const seesAll = session.organizations === null;
  const columns = [
    {key: 'state', title: 'State', render: (state) => h('span', {class: `badge ${state === 'firing' ? 'badge-bad' : 'badge-good'}`}, state === 'firing' ? '● Fires' : '✓ Resolved')},
    {key: 'severity', title: 'Severity', render: (severity) => h('span', {class: `badge ${SEVERITIES[severity] ?? ''}`}, words(severity))},
    {key: 'message', title: 'What is wrong', className: 'wrap', render: (message, row) => h('div', {class: 'two-lines'}, h('span', null, message), h('small', null, words(row.rule)))},
    {key: 'value', title: 'Value', number: true, render: (value, row) => format(value, UNITS[row.unit])},
    {key: 'threshold', title: 'Fires from', number: true, render: (value, row) => format(value, UNITS[row.unit])},
    {key: 'organization_id', title: 'Organisation', render: (id) => id ?? 'the service'},
    {key: 'since', title: 'Since', render: since},
    {key: 'resolved_at', title: 'Resolved', render: since},
  ];
  return tile({
    title: 'Alerts', test: 'system-alerts', size: 'full', lines: 3,
    about: 'What rules watch while the service runs: failing and late ingest, errors, costs, stale data. An alert ends by itself when its value is below the threshold again.',
    load: () => api.get('/api/admin/alerts', seesAll ? {organizations: 'all', limit: 50} : {limit: 50}, {filters: seesAll ? 'none' : 'scope'}),
    isEmpty: (answer) => answer.alerts.length === 0,
    empty: {title: 'No alerts', text: 'No rule has found anything wrong.'},
    draw: ({alerts}) => ({view: table({columns, rows: alerts, caption: 'Alerts', test: 'alerts-table', rowTest: 'alert-row', size: 8}), twin: {columns, rows: alerts, csvOnly: true}}),
  });
}

export function jobsTile({api}) {
  const columns = [
    {key: 'name', title: 'Job', className: 'wrap', render: (name, row) => h('div', {class: 'two-lines'}, h('span', null, words(name)), h('small', null, row.about))},
    {key: 'schedule', title: 'Schedule', className: 'time', render: (text) => text ?? 'when asked for'},
    {key: 'outcome', title: 'Newest run', className: 'wrap', value: (row) => row.outcome ?? '', render: (_, row) => row.is_running ? h('span', {class: 'badge badge-accent'}, '… Running')
      : row.outcome ? h('div', {class: 'two-lines start'}, h('span', {class: `badge ${row.outcome === 'done' ? 'badge-good' : 'badge-bad'}`}, row.outcome === 'done' ? '✓ Done' : '✕ Failed'), h('small', null, since(row.ended_at), row.detail ? ` · ${row.detail}` : '')) : h('span', {class: 'quiet'}, 'never ran')},
    {key: 'next_at', title: 'Next', render: since},
    {key: 'runs', title: 'Runs', unit: 'count'},
    {key: 'failures', title: 'Failed', unit: 'count', render: (count) => count > 0 ? h('span', {class: 'text-bad'}, count) : '0'},
    {key: 'act', title: 'Run', short: h('span', {class: 'visually-hidden'}, 'Run'), sortable: false, render: (_, row) => h('button', {type: 'button', disabled: row.is_running, 'data-test': `run-${row.name}`, 'aria-label': `Run ${words(row.name)} now`, onclick: (event) => run(row, event.currentTarget)}, 'Run')},
  ];

  async function run(row, button) {
    button.disabled = true;
    try {
      const answer = await api.post(`/api/admin/jobs/${encodeURIComponent(row.name)}/run`);
      notice(`${words(row.name)}: ${answer.detail || 'done'}`);
    } catch (error) {
      notice(`${error.title ?? 'Not run'}: ${error.detail ?? error.message}`, {isError: true});
    }
    root.reload();
  }

  const root = tile({
    title: 'Scheduled jobs', test: 'jobs', size: 'full', lines: 4,
    about: 'What the service does by itself. Running one now does what its schedule would do, nothing twice, and is an entry of the audit log.',
    load: () => api.get('/api/admin/jobs'),
    isEmpty: (answer) => answer.jobs.length === 0,
    draw: ({jobs}) => table({columns, rows: jobs, caption: 'Scheduled jobs', test: 'jobs-table', rowTest: 'job-row'}),
  });
  return root;
}
