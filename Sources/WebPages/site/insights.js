// What rules found in the numbers, and alerts that fire; worst first.

import {h} from './dom.js';
import {ago, day, full, moment, words} from './format.js';
import * as state from './state.js';

const RANKS = {critical: 0, warning: 1, info: 2};
const BADGES = {critical: 'badge-bad', warning: 'badge-warn', info: 'badge-accent'};

const badge = (severity, text = words(severity)) => h('span', {class: `badge ${BADGES[severity] ?? ''}`}, text);
const worstFirst = (list) => [...list].sort((a, b) => (RANKS[a.severity] ?? 3) - (RANKS[b.severity] ?? 3));

/** Alerts that are firing, `limit` of them and how many more; nothing where there are none. */
export const alertList = (alerts, limit = 3) => alerts.length ? h('ul', {class: 'insights alerts', 'data-test': 'alerts'},
  worstFirst(alerts).slice(0, limit).map((one) => h('li', {class: 'insight'},
    badge(one.severity, 'Alert'), h('strong', null, one.message ?? words(one.rule)),
    one.since && h('p', null, h('small', {title: moment(one.since)}, `${one.organization_id ? `${one.organization_id}, ` : ''}began ${ago(one.since)}`)))),
  alerts.length > limit && h('li', null, h('a', {href: '/system'}, `${alerts.length - limit} more alerts`))) : null;

/** Insights about single organisations: whose each is leads to it; at most `limit`, and of how many the rest are. */
export const organizationInsights = (insights, limit = 5) => insights.length ? h('div', {class: 'insights-of', 'data-test': 'organization-insights'},
  h('h3', null, 'In single organisations'),
  h('ul', {class: 'insights'}, worstFirst(insights).slice(0, limit).map((one) => h('li', {class: 'insight', title: one.description},
    badge(one.severity), h('span', null, h('a', {href: state.link('/overview', {organization_id: one.organization_id, organizations: null})}, one.organization_id), `: ${one.title ?? words(one.kind)}`)))),
  insights.length > limit && h('p', {class: 'quiet'}, `And ${full(insights.length - limit)} more, of ${count(new Set(worstFirst(insights).slice(limit).map((one) => one.organization_id)).size)}.`)) : null;

const count = (organizations) => organizations === 1 ? 'one organisation' : `${full(organizations)} organisations`;

/** A list of insights as the API gives them; at most `limit`. */
export const insightList = (insights, limit = 4) => h('ul', {class: 'insights', 'data-test': 'insights'},
  worstFirst(insights).slice(0, limit).map((one) => h('li', {class: 'insight'},
    badge(one.severity), h('strong', null, one.title ?? words(one.kind)),
    one.description && h('p', null, one.description),
    one.action && h('p', {class: 'insight-action'}, one.action),
    one.day && h('p', null, h('small', null, day(one.day))))));
