// Stars: their mean, how they are spread, day by day, and one by one with what people wrote.

import {h} from './dom.js';
import {bucket, day, full, moment, percent, severalYears} from './format.js';
import {chart} from './charts.js';
import {table} from './table.js';
import {tile} from './tile.js';
import {choices, facts, listTile, person, stars} from './page-list.js';
import {exportMenu} from './export-menu.js';
import {dialog} from './menu.js';

const ABOUT = 'Ratings of one to five stars: one of each person for each request, the first one stands.';
const EMPTY = {title: 'No ratings in this range', text: 'Choose a longer range, or send feedback: POST /api/analytics/feedback.'};

export function ratingTile(summary) {
  return tile({
    title: 'Ratings', test: 'ratings', size: 'third', about: ABOUT, load: summary, isEmpty: (answer) => !answer.count, empty: EMPTY,
    draw({mean, count, distribution}) {
      const most = Math.max(1, ...Object.values(distribution));
      const rows = [5, 4, 3, 2, 1].map((number) => ({number, count: distribution[number] ?? 0, share: (distribution[number] ?? 0) / count}));
      const view = h('div', {class: 'ratings'},
        h('div', {class: 'rating-mean'}, h('strong', {'data-test': 'rating-mean'}, full(mean, 2)), h('span', {class: 'stars stars-large', 'aria-hidden': 'true', style: {'--share': Math.min(1, mean / 5)}}, '★★★★★'), h('small', {'data-test': 'rating-count'}, `${full(count)} ratings`)),
        h('ol', {class: 'rating-bars', 'aria-label': 'Distribution'}, rows.map((row) => h('li', {'data-test': `rating-${row.number}`},
          h('span', null, `${row.number} ★`), h('span', {class: 'bar', 'aria-hidden': 'true', style: {'--share': row.count / most}}), h('span', {class: 'number'}, full(row.count)), h('small', {class: 'number'}, percent(row.share, 0))))));
      return {view, twin: {columns: [{key: 'number', title: 'Stars', unit: 'count'}, {key: 'count', title: 'Ratings', unit: 'count'}, {key: 'share', title: 'Share', unit: 'ratio'}], rows}};
    },
  });
}

export function ratingsOverTimeTile(summary) {
  return tile({
    title: 'Mean rating over time', test: 'ratings-by-day', size: 'two-thirds', about: 'A point with few ratings says little: the table has how many there were.', load: summary, isEmpty: (answer) => !answer.by_day?.some((one) => one.count), empty: EMPTY,
    draw({by_day: days, grain = 'day', range}) {
      const view = chart({
        kind: 'line', unit: 'stars', height: 210, fromZero: false, summary: 'Mean rating over time',
        labels: days.map((one) => bucket(one.date, grain, range?.time_zone, {year: severalYears(days.map((one) => one.date))})), titles: days.map((one) => `${day(one.date, 'UTC', {year: true})}: ${full(one.count)} ratings`),
        series: [{name: 'Mean', values: days.map((one) => one.mean ?? null)}],
      });
      return {view, twin: {columns: [{key: 'date', title: 'From', render: (at) => day(at, 'UTC', {year: true})}, {key: 'mean', title: 'Mean', unit: 'stars'}, {key: 'count', title: 'Ratings', unit: 'count'}], rows: days}};
    },
  });
}

export function feedbackTile(page) {
  const {api} = page;
  return listTile({
    title: 'Feedback', test: 'feedback', prefix: 'feedback', limit: 20, rowTest: 'feedback-row',
    about: [ABOUT, 'What people wrote is for those who may read the free text of the organisation.'],
    filters: [
      {name: 'stars', label: 'Any rating', options: [5, 4, 3, 2, 1].map((number) => [String(number), number === 1 ? '1 star' : `${number} stars`])},
      {name: 'with_comment', label: 'With and without words', options: [['true', 'With words']]},
      {name: 'kind', label: 'Ratings and surveys', options: [['rating', 'Ratings of requests'], ['survey', 'Answers of surveys']]},
      {name: 'model', label: 'Any model', options: choices(page, 'models')},
    ],
    ask: (parameters) => api.get('/api/admin/feedback', parameters, {filters: 'time', reveal: true}),
    actions: (_, own) => exportMenu(api, 'feedback', own, 'time'),
    rowsOf: (answer) => answer.feedback,
    columns: ({receipt}) => [
      {key: 'occurred_at', title: 'When', render: (at) => h('span', {class: 'time'}, moment(at, receipt?.time_zone))},
      {key: 'stars', title: 'Stars', render: stars},
      {key: 'comment', title: 'Comment', className: 'wrap', render: (text) => text === null || text === undefined ? h('span', {class: 'quiet'}, 'no words') : text},
      {key: 'user_id', title: 'Person', render: person},
      {key: 'model', title: 'Model'},
      {key: 'request_id', title: 'Request', render: (id) => id && h('code', null, id)},
    ],
    onRow: (row, answer) => dialog('Feedback', () => facts([['When', moment(row.occurred_at, answer.receipt?.time_zone, {seconds: true})], ['Stars', stars(row.stars)], ['Comment', row.comment], ['Person', person(row.user_id)], ['Kind', row.kind], ['Model', row.model], ['Survey', row.survey_id], ['Question', row.question_id], ['Request', row.request_id && h('code', null, row.request_id)], ['Organisation', row.organization_id], ['Feedback', h('code', null, row.feedback_id)]]), {className: 'drawer', test: 'feedback-detail'}),
    empty: EMPTY,
  });
}

/** Surveys by question; nothing where there are none. */
export function surveysTile(summary) {
  const columns = [
    {key: 'survey_id', title: 'Survey'}, {key: 'question_id', title: 'Question'}, {key: 'answers', title: 'Answers', unit: 'count'},
    {key: 'mean', title: 'Mean', unit: 'stars'}, {key: 'ratings', title: 'With stars', unit: 'count'}, {key: 'comments', title: 'In words', unit: 'count'},
  ];
  return tile({
    title: 'Surveys', test: 'surveys', size: 'full', lines: 3, about: 'Answers by question, the most answered first.', load: summary,
    isEmpty: (answer) => !answer.surveys?.length, empty: {title: 'No answers to surveys in this range'},
    draw: ({surveys}) => ({view: table({columns, rows: surveys, caption: 'Surveys', test: 'surveys-table', size: 10}), twin: {columns, rows: surveys, csvOnly: true}}),
  });
}
