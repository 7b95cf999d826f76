// Names with amounts, the longest bar first: for top lists, whose names want to be read.

import {h} from './dom.js';
import {format, percent, full} from './format.js';

/**
 * Bars of `entries` = `[{name, value, share, href?, title?}]` with what is left as `other` = `{value, share, kinds}`, and
 * what does not say as `none` = `{value, share}`.
 * Bars are as long as their share of the largest.
 */
export function barList({entries, other, none, unit, name = 'Name', valueName = 'Count'}) {
  const rest = other && other.value > 0 ? [{name: `Other (${full(other.kinds)})`, value: other.value, share: other.share, isOther: true}] : [];
  if (none && none.value > 0) rest.push({name: 'Not known', value: none.value, share: none.share, isOther: true});
  const all = [...entries, ...rest];
  const most = Math.max(...entries.map((one) => one.value ?? 0), 0) || 1;
  const view = h('ol', {class: 'bar-list'}, all.map((one) => h('li', {class: one.isOther ? 'other' : null},
    h('span', {class: 'bar-name', title: one.title ?? one.name}, one.href ? h('a', {href: one.href}, one.name) : one.name),
    h('span', {class: 'bar-value'}, format(one.value, unit)),
    h('span', {class: 'bar-share'}, one.share === undefined || one.share === null ? '' : percent(one.share)),
    h('span', {class: 'bar', 'aria-hidden': 'true', style: {'--share': Math.min(1, Math.max(0, (one.value ?? 0) / most))}}))));
  return {view, twin: {
    columns: [{key: 'name', title: name}, {key: 'value', title: valueName, unit}, {key: 'share', title: 'Share', unit: 'ratio'}],
    rows: all,
  }};
}
