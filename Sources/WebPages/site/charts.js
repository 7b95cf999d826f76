// Charts over Chart.js, as the theme has them. Each is made when it comes into sight and ends with the page.

import {h, loadScript} from './dom.js';
import {format, percent, axisFormat} from './format.js';
import * as state from './state.js';
import {color, subscribe} from './theme.js';
import {failure} from './states.js';
import {table} from './table.js';

const LIBRARY = '/assets/vendor/chart.js';
const MARKERS = ['circle', 'rect', 'triangle', 'rectRot', 'cross', 'star', 'crossRot'];
const MARKS = ['●', '■', '▲', '◆', '✚', '✱', '✖'];
const live = new Set();

/** Colour `index` of the palette; told apart by the colour-blind too, and never alone: markers and order differ. */
const paletteColor = (index) => color(`series-${(index % 7) + 1}`);
const otherColor = () => color('series-other');

/** Lets the library come while the data do. It is run when a chart is in sight, which is after the figures are on screen. */
export const prepareCharts = () => { if (!globalThis.Chart) fetch(LIBRARY, {priority: 'low', credentials: 'same-origin'}).then((answer) => answer.blob()).catch(() => {}); };

/** Ends the charts that are in the page no more. */
export function sweep() {
  for (const one of live) if (!one.canvas.isConnected) one.end();
}
subscribe(() => { for (const one of live) one.redraw(); });
addEventListener('beforeprint', () => { for (const one of live) one.start(); });

const sight = new IntersectionObserver((entries) => {
  for (const {isIntersecting, target} of entries) if (isIntersecting) target.chart?.start();
}, {rootMargin: '200px'});

/**
 * A chart of `{kind, labels, series: [{name, values, unit?, color?, right?}], unit, partial?, height?, summary}`.
 *
 * `kind`: `line`; `band` (two series, the lower first, filled between); `stacked` (bars); `bars`; `area` (stacked); `doughnut`.
 * `partial` is the index of the bucket that is still running: dashed in lines, pale in bars. `null` values are gaps.
 * `fromZero: false` lets the axis begin where the values do (ratios near 1). A doughnut has one series and as many labels
 * as values; `hrefs` are where a click on a label leads, as `hint` says (the twin has them as links); `shares` stand in its legend, `other` says that its last part is the rest.
 */
export function chart(spec) {
  const canvas = h('canvas', {role: 'img', 'aria-label': spec.summary ?? spec.series.map((one) => one.name).join(', ')});
  const box = h('div', {class: 'chart-box', style: {'--height': `${spec.height ?? 220}px`}}, canvas, spec.center && h('span', {class: 'chart-center'}, h('strong', null, spec.center[0]), h('small', null, spec.center[1])));
  const legend = spec.series.length > 1 || spec.kind === 'doughnut' ? h('div', {class: 'legend'}) : null;
  const root = h('div', {class: `chart chart-${spec.kind}`}, legend, box);
  const hidden = new Set();
  let drawn = null;

  const one = {
    canvas,
    async start() {
      if (drawn || one.starting) return;
      one.starting = true;
      try {
        await loadScript(LIBRARY);
        if (canvas.isConnected) drawn = new globalThis.Chart(canvas, configuration(spec, hidden));
      } catch (error) {
        // Without the library the numbers stand as a table, with a word on what to install.
        root.replaceChildren(failure(error), h('div', {class: 'chart-table'}, table({...twin(spec), caption: spec.summary, size: 100})));
      }
      one.starting = false;
    },
    redraw() {
      fillLegend();
      if (!drawn) return;
      drawn.destroy();
      drawn = new globalThis.Chart(canvas, configuration(spec, hidden));
    },
    end() {
      sight.unobserve(canvas);
      drawn?.destroy();
      drawn = null;
      live.delete(one);
    },
  };

  function fillLegend() {
    if (!legend) return;
    const names = spec.kind === 'doughnut' ? spec.labels : spec.series.map((series) => series.name);
    legend.replaceChildren(...names.map((name, index) => h('button', {
      type: 'button', class: 'legend-entry', 'aria-pressed': String(!hidden.has(index)), title: `Show or hide ${name}`,
      onclick: (event) => {
        if (hidden.has(index)) hidden.delete(index);
        else hidden.add(index);
        event.currentTarget.setAttribute('aria-pressed', String(!hidden.has(index)));
        if (!drawn) return;
        if (spec.kind === 'doughnut') drawn.toggleDataVisibility(index);
        else drawn.setDatasetVisibility(index, !hidden.has(index));
        drawn.update();
      },
    }, h('span', {class: 'legend-mark', 'aria-hidden': 'true', style: {color: colorOf(spec, index)}}, spec.kind === 'line' ? MARKS[index % MARKS.length] : '■'),
    h('span', {class: 'legend-name'}, name), spec.shares && h('span', {class: 'legend-value'}, format(spec.series[0].values[index], spec.unit, {short: true})), spec.shares && h('span', {class: 'legend-share'}, percent(spec.shares[index])))));
  }
  fillLegend();
  canvas.chart = one;
  live.add(one);
  sight.observe(canvas);
  return root;
}

function colorOf(spec, index) {
  if (spec.kind === 'doughnut') return spec.other && index === spec.labels.length - 1 ? otherColor() : paletteColor(index);
  const series = spec.series[index];
  return series.other ? otherColor() : color(series.color ?? `series-${(index % 7) + 1}`);
}

const pale = (value, share) => `color-mix(in srgb, ${value} ${share}%, transparent)`;
/** Chart.js parses colours itself: a mixed one is resolved by the browser first. */
const probe = h('canvas', {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
function mixed(value, share) {
  probe.fillStyle = '#000';
  probe.fillStyle = value;
  const hex = probe.fillStyle;
  return /^#[0-9a-f]{6}$/.test(hex) ? hex + Math.round(share * 2.55).toString(16).padStart(2, '0') : pale(value, share);
}

function dataset(spec, series, index) {
  const ink = colorOf(spec, index);
  const common = {label: series.name, data: series.values, hidden: false, yAxisID: series.right ? 'right' : 'y'};
  if (spec.kind === 'stacked' || spec.kind === 'bars') {
    return {...common, backgroundColor: series.values.map((_, at) => at === spec.partial ? mixed(ink, 45) : ink),
      borderColor: color('surface'), borderWidth: spec.kind === 'stacked' ? {top: 1} : 0, borderRadius: 2, maxBarThickness: 34, categoryPercentage: 0.86, barPercentage: 0.94};
  }
  const many = spec.labels.length > 45;
  const single = series.values.map((value, at) => value !== null && (series.values[at - 1] ?? null) === null && (series.values[at + 1] ?? null) === null);
  return {...common, borderColor: ink, backgroundColor: mixed(ink, spec.kind === 'area' ? 55 : 14), borderWidth: 2, tension: 0, spanGaps: false,
    fill: spec.kind === 'area' ? (index === 0 ? 'origin' : '-1') : spec.kind === 'band' ? (index === 1 ? '-1' : false) : spec.series.length === 1 ? 'origin' : false,
    pointStyle: MARKERS[index % MARKERS.length], pointBackgroundColor: ink, pointHoverRadius: 5, pointHitRadius: 12,
    pointRadius: (context) => single[context.dataIndex] || context.dataIndex === spec.partial ? 3 : many || spec.series.length === 1 || spec.kind !== 'line' ? 0 : 2.5,
    segment: {borderDash: (context) => context.p1DataIndex === spec.partial ? [4, 4] : undefined}};
}

/** Bytes are read in powers of two, so that is where lines stand: at most four of them. */
const binaryStep = (spec) => 2 ** Math.ceil(Math.log2(Math.max(4, ...spec.series.flatMap((series) => series.values).filter(Number.isFinite)) / 4));

function configuration(spec, hidden) {
  const Chart = globalThis.Chart;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 11.5;
  const [muted, lines] = [color('text-muted'), color('line')];
  const tooltip = {
    backgroundColor: color('tip'), titleColor: color('tip-text'), bodyColor: color('tip-text'), footerColor: color('tip-text'), footerFont: {weight: 'normal', style: 'italic'}, padding: 10, cornerRadius: 6, boxPadding: 4, usePointStyle: true,
    callbacks: {
      title: (items) => items.length ? String(spec.titles?.[items[0].dataIndex] ?? items[0].label) + (items[0].dataIndex === spec.partial ? ' (so far)' : '') : '',
      footer: (items) => items.length && spec.hrefs?.[items[0].dataIndex] ? spec.hint ?? '' : '',
      label: (item) => spec.kind === 'doughnut'
        ? ` ${item.label}: ${format(item.raw, spec.unit)}`
        : ` ${item.dataset.label}: ${format(item.raw, spec.series[item.datasetIndex].unit ?? spec.unit)}`,
    },
  };
  const leads = (items) => spec.hrefs?.[items[0]?.index];
  const base = {
    responsive: true, maintainAspectRatio: false, animation: false, plugins: {legend: {display: false}, tooltip},
    onHover: (event, items) => { event.native.target.style.cursor = leads(items) ? 'pointer' : ''; },
    onClick: (_, items) => { if (leads(items)) state.go(leads(items)); },
  };
  if (spec.kind === 'doughnut') {
    return {type: 'doughnut', data: {labels: spec.labels, datasets: [{data: spec.series[0].values, backgroundColor: spec.labels.map((_, index) => colorOf(spec, index)), borderColor: color('surface'), borderWidth: 2}]},
      options: {...base, cutout: '64%'}};
  }
  const stacked = spec.kind === 'stacked' || spec.kind === 'area';
  const axis = (unit, right) => ({
    position: right ? 'right' : 'left', stacked, beginAtZero: spec.fromZero ?? true, suggestedMax: spec.fromZero === false ? undefined : 0.0001, border: {display: false},
    grid: {color: lines, drawBorder: false, drawTicks: false, drawOnChartArea: !right},
    ticks: {color: muted, padding: 8, maxTicksLimit: 5, stepSize: unit === 'bytes' ? binaryStep(spec) : undefined, precision: ['people', 'count', 'tokens'].includes(unit) ? 0 : undefined,
      callback(value, _, ticks) { return axisFormat(unit, this.max, ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 1)(value); }},
  });
  const right = spec.series.find((series) => series.right);
  return {
    type: spec.kind === 'stacked' || spec.kind === 'bars' ? 'bar' : 'line',
    data: {labels: spec.labels, datasets: spec.series.map((series, index) => ({...dataset(spec, series, index), hidden: hidden.has(index)}))},
    options: {...base, interaction: {mode: 'index', intersect: false},
      scales: {
        x: {stacked, grid: {display: false, drawBorder: false}, ticks: {color: muted, maxRotation: 0, autoSkip: true, autoSkipPadding: 24}},
        y: axis(spec.unit, false), ...(right && {right: axis(right.unit ?? spec.unit, true)}),
      }},
  };
}

/** The table that says the same as a chart: a row for each label. */
export function twin(spec, first = 'Time') {
  return {
    columns: [{key: 'label', title: first, sortable: false, render: (text, row) => row.href ? h('a', {href: row.href}, text) : text}, ...spec.series.map((series, index) => ({key: `s${index}`, title: series.name, unit: series.unit ?? spec.unit}))],
    rows: spec.labels.map((label, at) => ({href: spec.hrefs?.[at], label: (spec.titles?.[at] ?? label) + (at === spec.partial ? ' (so far)' : ''), ...Object.fromEntries(spec.series.map((series, index) => [`s${index}`, series.values[at] ?? null]))})),
  };
}

/** What `tile` draws: a chart with its twin. */
export const chartWithTwin = (spec, first) => ({view: chart(spec), twin: twin(spec, first)});

/** A line of `values` without axes; the running bucket is dashed. */
export function sparkline(values, {partial = -1, width = 120, height = 30} = {}) {
  const known = values.filter((value) => typeof value === 'number');
  if (known.length < 2) return h('svg', {class: 'sparkline', width, height, 'aria-hidden': 'true'});
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const point = (value, at) => [3 + at * (width - 6) / Math.max(1, values.length - 1), height - 3 - (high === low ? 0.5 : (value - low) / (high - low)) * (height - 6)].map((one) => one.toFixed(1)).join(' ');
  const path = (from, to) => {
    let text = '';
    let pen = false;
    for (let at = from; at <= to; at += 1) {
      if (typeof values[at] !== 'number') { pen = false; continue; }
      text += `${pen ? 'L' : 'M'}${point(values[at], at)}`;
      pen = true;
    }
    return text;
  };
  const last = partial === values.length - 1 && partial > 0 ? partial - 1 : values.length - 1;
  return h('svg', {class: 'sparkline', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    h('path', {d: path(0, last), class: 'sparkline-line'}), last < values.length - 1 && h('path', {d: path(last, values.length - 1), class: 'sparkline-line sparkline-running'}));
}
