// Hours of the day by days of the week, the more the darker: a table, so that it is its own twin.

import {h} from './dom.js';
import {full} from './format.js';

const STEPS = 6;
/** Monday first, in the reader's language: 5 January 2026 was a Monday. */
const weekdays = () => Array.from({length: 7}, (_, index) => new Intl.DateTimeFormat(undefined, {weekday: 'short', timeZone: 'UTC'}).format(Date.UTC(2026, 0, 5 + index)));
const two = (hour) => String(hour).padStart(2, '0');

/** `cells[weekday][hour]`, Monday first; what is counted is named by `noun`. */
export function heatmap(cells, noun = 'events') {
  const names = weekdays();
  const most = Math.max(...cells.flat(), 0);
  const step = (value) => value > 0 ? Math.max(1, Math.ceil(value / most * STEPS)) : 0;
  const part = (level) => (level === 0 ? 0.05 : level / STEPS * 0.86 + 0.1).toFixed(2);
  const view = h('div', null,
    h('table', {class: 'heat', 'data-test': 'heatmap'},
      h('thead', null, h('tr', null, h('th', null, h('span', {class: 'visually-hidden'}, 'Day')), Array.from({length: 24}, (_, hour) =>
        h('th', {scope: 'col'}, hour % 3 === 0 ? two(hour) : h('span', {class: 'visually-hidden'}, two(hour)))))),
      h('tbody', null, cells.map((row, day) => h('tr', null, h('th', {scope: 'row'}, names[day]),
        row.map((value, hour) => h('td', {style: {'--part': part(step(value))}, title: `${names[day]} ${two(hour)}:00–${two((hour + 1) % 24)}:00: ${full(value)} ${noun}`}, h('span', {class: 'visually-hidden'}, full(value)))))))),
    h('div', {class: 'heat-scale', 'aria-hidden': 'true'}, '0', Array.from({length: STEPS + 1}, (_, level) => h('i', {style: {'--part': part(level)}})), `${full(most)} ${noun} in an hour of the week`));
  return {view, twin: {
    columns: [{key: 'hour', title: 'Hour', sortable: false}, ...names.map((name, day) => ({key: `d${day}`, title: name, unit: 'count'}))],
    rows: Array.from({length: 24}, (_, hour) => ({hour: `${two(hour)}:00`, ...Object.fromEntries(cells.map((row, day) => [`d${day}`, row[hour] ?? null]))})),
  }};
}
