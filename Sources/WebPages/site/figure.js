// A key figure: its value, how it changed and whether that is good, its course, and what exactly it says.

import {h} from './dom.js';
import {day, format, signed, full, moment, NO_DATA} from './format.js';
import {explain} from './menu.js';
import {sparkline} from './charts.js';
import {receiptLines} from './states.js';

const ARROWS = {1: '▲', [-1]: '▼', 0: '■'};

/** The change of a metric: percent, or percentage points of a ratio; green where `better` says so. `null`: no base. */
export function delta(metric) {
  const change = metric.delta;
  if (!change || typeof change.absolute !== 'number') return null;
  const points = metric.unit === 'ratio';
  const amount = points ? change.absolute * 100 : change.percent;
  // What rounds to nothing, or reads the same as before, is no change that is good or bad.
  const isNothing = typeof amount === 'number' ? Math.abs(amount) < 0.05 : change.absolute === 0;
  const direction = isNothing || (typeof metric.previous === 'number' && format(metric.value, metric.unit) === format(metric.previous, metric.unit)) ? 0 : Math.sign(change.absolute);
  const text = direction === 0 ? 'unchanged' : typeof amount === 'number' ? `${signed(amount)}${points ? ' pts' : '%'}` : `${change.absolute > 0 ? '+' : ''}${format(change.absolute, metric.unit, {short: true})}`;
  const good = direction === 0 || !['up', 'down'].includes(metric.better) ? null : (direction > 0) === (metric.better === 'up');
  const kind = good === null ? 'even' : good ? 'good' : 'bad';
  return h('span', {class: `delta delta-${kind}`, 'data-test': 'delta', 'data-delta': change.percent ?? '', title: good === null ? null : good ? 'better' : 'worse'},
    h('span', {'aria-hidden': 'true'}, ARROWS[direction], ' '), text, good !== null && h('span', {class: 'visually-hidden'}, good ? ' (better)' : ' (worse)'));
}

const windowOf = ({from, to}, zone) => `${moment(from, zone)} – ${moment(to, zone)}`;

function explanation(metric, receipt) {
  const zone = receipt?.time_zone;
  const facts = [
    ['Window', metric.window && windowOf(metric.window, zone)],
    ['Compared with', metric.previous_window && windowOf(metric.previous_window, zone)],
    ['Before', metric.previous === null ? null : format(metric.previous, metric.unit)],
    ['Computed from', typeof metric.denominator === 'number' ? `${full(metric.numerator)} of ${full(metric.denominator)}` : null],
    ['Version', metric.version && `${metric.id}, ${metric.version}`],
  ].filter(([, value]) => value);
  return [
    h('strong', null, metric.title), h('p', null, metric.definition),
    metric.unavailable && h('p', null, `Not available: ${metric.unavailable}`),
    h('dl', null, facts.map(([name, value]) => [h('dt', null, name), h('dd', null, value)])),
    metric.is_running && h('p', null, 'The last day is still running; it is compared with the same hours before.'),
    ...receiptLines(receipt).map((line) => h('p', null, line)),
    ...(receipt?.left_out ?? []).filter((one) => concerns(one.what, metric)).map((one) => h('p', null, `Left out: ${leftOut(one)}`)),
  ];
}

const CONCERNS = {days: ['average_dau'], signups: ['activation_rate', 'new_signups'], tokens: ['total_cost', 'cost_per_user', 'cost_30d', 'cost_growth_rate', 'unpriced_token_share']};
const concerns = (what, metric) => !CONCERNS[what] || CONCERNS[what].includes(metric.id);

/** All that a receipt says was left out, as a sentence; the days before the data have one of their own. */
export function leftOutLine(receipt) {
  const list = receipt.left_out.filter((one) => one.what !== 'days');
  return list.length ? `Left out: ${list.map(leftOut).join('; ')}.` : null;
}

/** Where the data begin, for under the header, when the range is longer. */
export function beginning(receipt) {
  const one = receipt.left_out.find(({what, first_day: first}) => what === 'days' && first);
  return one ? h('p', {class: 'range-line', 'data-test': 'data-begin'}, `The data begin on ${day(one.first_day, 'UTC', {year: true})}: the range has ${one.count === 1 ? 'a day' : `${full(one.count)} days`} before, which count as 0 in means over days.`) : null;
}

const leftOut = (one) => `${typeof one.count === 'number' ? full(one.count) : `${format(one.share, 'ratio')} of`} ${one.what}: ${one.why}`;

function comparison(metric) {
  if (typeof metric.value !== 'number' || typeof metric.previous !== 'number') return h('span', {class: 'compare-bars'});
  const both = [metric.value, metric.previous];
  // From the least to the most, 0 among them: where one is negative, 0 is not at the left, and its bar leads there from 0.
  const [low, high] = [Math.min(0, ...both), Math.max(0, ...both)];
  const scale = (high - low) || 1;
  return h('span', {class: low < 0 ? 'compare-bars has-negative' : 'compare-bars', 'aria-hidden': 'true', title: 'Now, and before in grey', style: {'--zero': -low / scale}},
    both.map((value) => h('i', {class: value < 0 ? 'negative' : null, style: {'--share': Math.abs(value) / scale, '--from': (Math.min(0, value) - low) / scale}})));
}

/** A card for `metric` of the API; `course` are values over time, whose bucket `partial` is still running. */
export function figure(metric, {receipt, course, partial = -1, estimate = false} = {}) {
  const value = metric.unavailable ? NO_DATA : format(metric.value, metric.unit, {short: true});
  const change = delta(metric);
  return h('article', {class: 'figure', 'aria-label': metric.title, 'data-test': `kpi-${metric.id.replaceAll('_', '-')}`},
    h('div', {class: 'figure-title'}, h('span', {title: metric.title}, metric.title), explain(metric.title, () => explanation(metric, receipt), {test: `about-${metric.id.replaceAll('_', '-')}`})),
    h('div', {class: 'figure-line'},
      h('div', {class: 'figure-value', 'data-test': 'value', 'data-value': metric.value ?? '', title: metric.value === null ? 'No data' : format(metric.value, metric.unit)}, value),
      estimate && h('span', {class: 'estimate', title: 'An estimate: Daybook does not bill'}, 'est.')),
    h('div', {class: 'figure-delta'}, change,
      metric.value === null ? 'no data' : typeof metric.previous === 'number' ? `was ${format(metric.previous, metric.unit, {short: true})}` : receipt?.compared_with && receipt.compared_with !== 'none' ? 'nothing before' : ''),
    course ? sparkline(course, {partial}) : comparison(metric));
}

/** Cards in a row, for as many as the API gave of `ids`. */
export const figures = (metrics, ids, options = () => ({})) => {
  const cards = ids.map((id) => metrics.find((one) => one.id === id)).filter(Boolean).map((metric) => figure(metric, options(metric)));
  return h('div', {class: `figures figures-${cards.length}`, 'data-test': 'figures'}, cards);
};

/** Grey cards while the figures come. */
export const figureSkeletons = (count) => h('div', {class: `figures figures-${count}`, 'aria-hidden': 'true'},
  Array.from({length: count}, () => h('div', {class: 'figure figure-waiting'})));
