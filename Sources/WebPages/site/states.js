// What stands where data would: that they come, that there are none, that they could not be had.

import {h, icon} from './dom.js';
import {estimateError, words} from './format.js';

/** Grey lines in the shape of what comes; seen only when that takes a moment. */
export const skeleton = (lines = 3) =>
  h('div', {class: 'skeleton', 'aria-hidden': 'true', 'data-test': 'skeleton'}, Array.from({length: lines}, () => h('span')));

/** Nothing to show: why, and what to do, as text or nodes. `action` is `{label, go}`. */
export const emptyState = (title, text, action) =>
  h('div', {class: 'state', 'data-test': 'empty'}, h('strong', null, title), text && h('p', null, text),
    action && h('button', {type: 'button', onclick: action.go}, action.label));

/** The service has no such endpoint, as one of an older version. */
export const isAbsent = (error) => Boolean(error?.isMissing && error.code === 'not_found' && error.detail?.includes('no such path'));

/** What went wrong, what to do, and another try. An endpoint that is not there is a quiet note, no alarm. */
export function failure(error, retry) {
  if (isAbsent(error)) {
    return h('div', {class: 'state', 'data-test': 'absent'}, h('p', null, 'This service does not offer it yet.'));
  }
  if (error?.isForbidden) {
    return h('div', {class: 'state', role: 'alert', 'data-test': 'forbidden'}, icon('lock'), h('strong', null, error.code === 'forbidden' && error.title === 'Forbidden' ? 'Not for your role' : error.title), h('p', null, error.detail), error.hint && h('p', {class: 'hint'}, error.hint));
  }
  const [title, detail] = error?.title ? [error.title, error.detail] : ['This could not be drawn', String(error?.message ?? error)];
  if (!error?.title) console.warn(error);
  return h('div', {class: 'state state-error', role: 'alert', 'data-test': 'error'},
    icon('warning'), h('strong', null, title),
    detail && h('p', null, detail),
    error?.hint && h('p', {class: 'hint'}, error.hint),
    error?.status === 422 && location.search && h('a', {href: location.pathname}, 'Forget what the address asks for'),
    retry && h('button', {type: 'button', onclick: retry, 'data-test': 'retry'}, 'Try again'));
}

/** How many rows an answer rests on and what it left out, as its receipt says. */
export function receiptLines(receipt) {
  if (!receipt) return [];
  const lines = [receipt.distinct === 'exact' ? 'Exact' : 'People are estimated', receipt.source && `from ${receipt.source}`, receipt.time_zone && `days begin in ${receipt.time_zone}`];
  return [lines.filter(Boolean).join(', ') + '.', ...(receipt.approximate ?? []).map((one) => `Estimated: ${words(one.name)}, ${estimateError(one)}.`)];
}
