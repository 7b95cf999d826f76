// The answer to a statement: as a table, as a chart, or as a plan, with what its receipt says.

import {h, icon, replace} from './dom.js';
import {estimateError, full, milliseconds, percent} from './format.js';
import {chart} from './charts.js';
import {dialog} from './menu.js';
import {emptyState} from './states.js';
import {redactedBadge, table} from './table.js';
import {facts} from './page-list.js';
import {chartOf, isNumeric, isTemporal} from './page-query-chart.js';

const ROWS_OF_A_PAGE = 50;
const LONGEST_CELL = 200;

/** Shows `answer` = `{columns, rows, receipt, error?}`; `actions` are nodes for its head. `view` is what was looked at last: table or chart. `ofEarlier` is the statement that it answers, where that is not the last one. */
export function resultView(answer, {actions, view = 'table', onView = () => {}, ofEarlier}) {
  const isPlan = answer.columns.length === 1 && answer.columns[0].name === 'plan';
  const drawn = isPlan ? null : chartOf(answer.columns, answer.rows);
  const body = h('div', {class: 'query-result-body'});
  const tab = (name, label, image) => h('button', {type: 'button', 'aria-pressed': 'false', 'data-test': `result-${name}`, 'data-view': name, onclick: () => choose(name)}, icon(image), label);
  const tabs = drawn && h('div', {class: 'segmented', role: 'group', 'aria-label': 'Show the result as'}, tab('table', 'Table', 'table'), tab('chart', 'Chart', 'chart'));

  function choose(name) {
    for (const one of tabs?.querySelectorAll('button') ?? []) one.setAttribute('aria-pressed', String(one.dataset.view === name));
    onView(name);
    replace(body, name === 'chart' ? chartView(drawn) : isPlan ? planView(answer) : tableView(answer));
  }

  const root = h('section', {class: ofEarlier ? 'tile tile-full query-result is-earlier' : 'tile tile-full query-result', 'aria-label': 'Result', 'data-test': 'query-result'},
    h('header', {class: 'tile-head'}, h('h2', null, `${isPlan ? 'Plan' : 'Result'}${ofEarlier ? ' of the statement before' : ''}`), tabs, h('div', {class: 'tile-tools'}, actions)),
    ofEarlier && h('p', {class: 'query-earlier', 'data-test': 'query-earlier'}, 'It answers: ', h('code', null, ofEarlier)),
    receiptLine(answer), notes(answer), body);
  choose(drawn && view === 'chart' ? 'chart' : 'table');
  return root;
}

const planView = ({rows}) => h('pre', {class: 'code plan', tabindex: 0, 'data-test': 'query-plan'}, rows.map(([line]) => line).join('\n'));

function tableView({columns, rows}) {
  if (rows.length === 0) return emptyState('No rows', 'The statement ran, and nothing matches it.');
  const shown = columns.map((column, index) => ({
    key: `c${index}`, title: column.name, number: isNumeric(column), value: (row) => row[index],
    short: h('span', {class: 'column-head'}, column.approximate && h('span', {title: 'An estimate', role: 'img', 'aria-label': 'about'}, '≈ '), column.name, h('small', null, column.type)),
    render: (value) => cell(column, value),
    className: isTemporal(column) ? 'time' : isNumeric(column) ? '' : 'cell-text',
  }));
  return table({columns: shown, rows, caption: 'Rows of the result', size: ROWS_OF_A_PAGE, test: 'query-table', rowTest: 'query-row', onRow: (row) => showRow(columns, row)});
}

/** A value as text. Hidden values of types without a mask come as null. */
function cell(column, value, most = LONGEST_CELL) {
  if (column.redacted && (value === null || value === '(redacted)')) return value === null && ['text', 'json'].includes(column.type) ? nothing() : redactedBadge();
  if (value === null) return nothing();
  if (isNumeric(column)) return typeof value === 'number' ? full(value, 6) : String(value);
  if (isTemporal(column)) return String(value).replace('T', ' ').replace(/\.000(?=Z?$)/, '');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > most ? text.slice(0, most) + '…' : text;
}

const nothing = () => h('span', {class: 'null'}, 'null');

function showRow(columns, row) {
  dialog('Row', () => facts(columns.map((column, index) => [h('span', null, column.name, ' ', h('small', null, column.type)), cell(column, row[index], 20_000)])), {className: 'drawer', test: 'query-row-detail'});
}

function chartView(drawn) {
  let kind = drawn.kind;
  const place = h('div');
  const draw = () => replace(place, chart({
    kind: kind === 'line' ? 'line' : 'bars', height: 320, labels: labels(drawn, true), titles: labels(drawn, false), series: drawn.series,
    summary: `${drawn.series.map((one) => one.name).join(', ')} by ${drawn.alongName}`,
  }));
  const pick = h('select', {'aria-label': 'Kind of chart', 'data-test': 'chart-kind', onchange: () => { kind = pick.value; draw(); }},
    [['line', 'Lines'], ['bar', 'Bars']].map(([value, title]) => h('option', {value, selected: value === kind}, title)));
  draw();
  return h('div', {class: 'query-chart', 'data-test': 'query-chart'},
    h('p', {class: 'quiet'}, pick, h('span', null, `by ${drawn.alongName}`, drawn.notes.length ? `; ${drawn.notes.join('; ')}` : '')), place);
}

/** Days without their midnight, times without what all have in common. */
function labels(drawn, short) {
  if (!['timestamp', 'timestamptz', 'date'].includes(drawn.alongType)) return drawn.labels.map((one) => short && one.length > 28 ? one.slice(0, 27) + '…' : one);
  const daily = drawn.labels.every((one) => /^\d{4}-\d\d-\d\d(T00:00:00(\.000)?Z?)?$/.test(one));
  const oneYear = new Set(drawn.labels.map((one) => one.slice(0, 4))).size === 1;
  return drawn.labels.map((one) => daily ? one.slice(short && oneYear ? 5 : 0, 10) : one.replace('T', ' ').slice(short && oneYear ? 5 : 0, 16));
}

function notes({receipt, error}) {
  const list = [
    receipt?.truncated && `Cut off after ${full(receipt.rows)} rows: more match. Ask for more, or add a LIMIT.`,
    error && `The answer ended early: ${error.detail ?? error.title}`,
    receipt?.current_values?.length > 0 && `${receipt.current_values.join(', ')} keep${receipt.current_values.length > 1 ? '' : 's'} the values of now, also beside old events.`,
    receipt?.redacted?.length > 0 && h('span', null, redactedBadge(), ` ${receipt.redacted.join(', ')}`),
  ].filter(Boolean);
  return list.length > 0 && h('ul', {class: 'query-notes', 'data-test': 'query-notes'}, list.map((one) => h('li', null, one)));
}


/** What the receipt says, as a line of parts. */
function receiptLine({receipt, seconds}) {
  if (!receipt) return null;
  const needed = (receipt.segments_read ?? 0) + (receipt.segments_cached ?? 0);
  const parts = [
    [`${full(receipt.rows)} ${receipt.rows === 1 ? 'row' : 'rows'}`, 'rows'],
    [`${milliseconds(receipt.elapsed_ms)} in the engine`, 'time'],
    seconds !== undefined && [`${milliseconds(seconds * 1_000)} until here`, 'round-trip'],
    typeof receipt.rows_read === 'number' && [`${full(receipt.rows_read)} rows read`, 'read'],
    typeof receipt.segments_read === 'number' && [receipt.whole_answer_cached ? 'the whole answer was known' : `${full(receipt.segments_read)} ${receipt.segments_read === 1 ? 'segment' : 'segments'} read, ${full(receipt.segments_skipped)} skipped`, 'segments'],
    typeof receipt.cached_share === 'number' && needed > 0 && [`${percent(receipt.cached_share, 0)} from the cache`, 'cached'],
    ...(receipt.approximate ?? []).map((one) => [`≈ ${one.column ?? one.name}: ${estimateError(one)}`, 'approximate']),
    (receipt.approximate_rows ?? []).length > 0 && ['≈ which rows there are is decided by an estimate', 'approximate'],
    receipt.as_of && [`as of snapshot ${receipt.as_of}`, 'as-of'],
  ].filter(Boolean);
  return h('p', {class: 'receipt', 'data-test': 'query-receipt'}, parts.map(([text, name]) => h('span', {'data-part': name}, text)));
}
