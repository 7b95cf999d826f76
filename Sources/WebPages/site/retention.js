// Who comes back: people by the period in which they began, and the share of them that was there in each period after it.

import {h} from './dom.js';
import {bucket, format, full, percent} from './format.js';
import {emptyOf} from './page-list.js';
import {tile} from './tile.js';

const GRAINS = [['day', 'By day'], ['week', 'By week'], ['month', 'By month']];
const LETTERS = {day: 'D', week: 'W', month: 'M'};
const PERIODS = 12;

/** A tile of cohorts; its grain stands in the address as `cohort_grain`. */
export function retentionTile({api, state, size = 'two-thirds'}) {
  const grain = () => GRAINS.some(([value]) => value === state.get('cohort_grain')) ? state.get('cohort_grain') : 'week';
  const choose = h('label', {class: 'select'}, h('select', {'aria-label': 'Length of a period', 'data-test': 'cohort-grain', 'data-key': 'cohort-grain', onchange: (event) => {
    state.write({cohort_grain: event.target.value === 'week' ? null : event.target.value}, {redraw: false});
    one.reload();
  }}, GRAINS.map(([value, title]) => h('option', {value, selected: value === grain()}, title))));
  const one = tile({
    title: 'Who comes back', test: 'retention', size, controls: choose,
    about: ['People by the period of their first activity in the range, and the share of them with activity in each period after it. Periods that are not over are empty.'],
    load: () => api.get('/api/admin/retention', {grain: grain(), periods: PERIODS}, {filters: 'people'}),
    isEmpty: (data) => !data.cohorts.some((cohort) => cohort.users > 0),
    empty: emptyOf('Nobody began in this range'),
    draw: matrix,
  });
  return one;
}

function matrix({cohorts, average, grain, range, retention_30d: headline}) {
  const zone = range.time_zone;
  const known = Math.max(1, ...cohorts.map((cohort) => cohort.rate.findLastIndex((rate) => rate !== null) + 1));
  const periods = Array.from({length: known}, (_, index) => index);
  const name = (cohort) => bucket(cohort.cohort ?? cohort.from, grain, zone) + (cohort.is_partial ? ' *' : '');
  const cell = (rate, people) => rate === null || rate === undefined ? h('td', {class: 'cohort-open'})
    : h('td', {style: {'--part': (0.05 + rate * 0.5).toFixed(2)}, title: people === undefined ? null : `${full(people)} people`}, percent(rate, 0));
  const view = h('div', {class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Cohorts'}, h('table', {class: 'cohorts', 'data-test': 'cohorts'},
    h('thead', null, h('tr', null, h('th', {scope: 'col'}, 'Began'), h('th', {scope: 'col', class: 'number'}, 'People'), periods.map((index) => h('th', {scope: 'col'}, `${LETTERS[grain]}${index}`)))),
    h('tbody', null, cohorts.map((cohort) => h('tr', null, h('th', {scope: 'row'}, name(cohort)), h('td', {class: 'number'}, full(cohort.users)), periods.map((index) => cell(cohort.rate[index], cohort.retained[index]))))),
    average && h('tfoot', null, h('tr', null, h('th', {scope: 'row'}, 'All'), h('td', {class: 'number'}, full(cohorts.reduce((sum, cohort) => sum + cohort.users, 0))), periods.map((index) => cell(average[index]?.rate, average[index]?.retained))))));
  const notes = [headline && typeof headline.value === 'number' && `30-day retention: ${format(headline.value, headline.unit)}.`, cohorts.some((cohort) => cohort.is_partial) && '* cut by the range, or not over yet.'];
  return {view, note: notes.filter(Boolean).join(' '), twin: {csvOnly: true,
    columns: [{key: 'began', title: 'Began', value: (row) => row.from ?? row.cohort}, {key: 'users', title: 'People'}, ...periods.map((index) => ({key: `p${index}`, title: `${LETTERS[grain]}${index}`, value: (row) => row.retained[index] ?? null}))],
    rows: cohorts}};
}
