// What rules found in the numbers, worst first.

import {h} from './dom.js';
import {day, words} from './format.js';

const RANKS = {critical: 0, warning: 1, info: 2};
const BADGES = {critical: 'badge-bad', warning: 'badge-warn', info: 'badge-accent'};

/** A list of insights as the API gives them; at most `limit`. */
export const insightList = (insights, limit = 6) => h('ul', {class: 'insights', 'data-test': 'insights'},
  [...insights].sort((a, b) => (RANKS[a.severity] ?? 3) - (RANKS[b.severity] ?? 3)).slice(0, limit).map((one) => h('li', {class: 'insight'},
    h('span', {class: `badge ${BADGES[one.severity] ?? ''}`}, words(one.severity)),
    h('strong', null, one.title ?? words(one.kind)),
    one.description && h('p', null, one.description),
    one.action && h('p', {class: 'insight-action'}, one.action),
    one.day && h('p', null, h('small', null, day(one.day))))));
