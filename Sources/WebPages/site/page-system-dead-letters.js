// Records that were refused: why, by whom, and another try.

import {h, replace} from './dom.js';
import {full, moment, words} from './format.js';
import {dialog} from './menu.js';
import {failure, skeleton} from './states.js';
import {redactedBadge} from './table.js';
import {facts, listTile, person} from './page-list.js';
import {notice} from './page-notice.js';
import {selection} from './page-selection.js';
import {emitter, keyNames} from './page-system-intake.js';

const REASONS = `not_an_object unknown_field repeated_field missing_field wrong_type too_long out_of_range invalid_id email_as_id secret_as_id invalid_text
unknown_value unknown_event_type invalid_time time_in_future time_too_old invalid_ip invalid_email invalid_country record_too_large no_organization
organization_mismatch user_mismatch not_allowed id_conflict`.split(/\s+/);
const KINDS = ['event', 'token_usage', 'request', 'login', 'heartbeat', 'logout', 'feedback', 'threat', 'user', 'resource'];
const STATES = [['waiting', 'Waiting'], ['replayed', 'Replayed'], ['refused', 'Refused for good']];
const PATH = '/api/admin/dead-letters';

const stateTag = (state) => h('span', {class: `badge ${{waiting: 'badge-warn', replayed: 'badge-good', refused: 'badge-bad'}[state] ?? ''}`}, Object.fromEntries(STATES)[state] ?? String(state));

/** The tile; `changed()` is called after letters were taken again, for the books. */
export function deadLettersTile(page, changed) {
  const {api} = page;
  const outcome = h('div', {class: 'outcome', 'data-test': 'replay-outcome', 'aria-live': 'polite'});
  const replayChosen = h('button', {type: 'button', disabled: true, 'data-test': 'replay-chosen', onclick: () => replay({ids: chosen.ids})}, 'Replay chosen');
  const chosen = selection({name: 'letters', test: 'dead-letter', may: (row) => row.replayable && row.state === 'waiting', changed: (ids) => {
    replayChosen.disabled = ids.length === 0;
    replayChosen.textContent = ids.length ? `Replay ${full(ids.length)} chosen` : 'Replay chosen';
  }});

  const root = listTile({
    title: 'Dead letters', test: 'dead-letters', prefix: 'letters', limit: 15,
    about: ['Records that were refused, with the reason. Those whose trouble a clock, a mapping or the configuration can put right may be taken again: each is stored at most once.'],
    filters: [
      {name: 'reason', label: 'Any reason', options: REASONS.map((reason) => [reason, words(reason)])},
      {name: 'record_kind', label: 'Any kind', options: KINDS.map((kind) => [kind, words(kind)])},
      {name: 'state', label: 'Any state', options: STATES},
    ],
    ask: async (parameters) => {
      const [answer, names] = await Promise.all([api.get(PATH, parameters, {filters: 'scope'}), keyNames(page)]);
      return {...answer, names, matching: parameters};
    },
    rowsOf: (answer) => answer.dead_letters,
    columns: ({dead_letters: letters, names}) => [
      chosen.column(letters),
      {key: 'received_at', title: 'Received', render: (at) => moment(at)},
      {key: 'reason_code', title: 'Reason', className: 'wrap', render: (code, row) => h('div', {class: 'two-lines'}, h('span', null, words(code)), h('small', null, row.reason))},
      {key: 'record_kind', title: 'Kind', render: words},
      {key: 'user_id', title: 'Person', render: person},
      {key: 'emitter_key_id', title: 'Emitter', render: (id) => emitter(id, names)},
      {key: 'attempts', title: 'Attempts', unit: 'count'},
      {key: 'state', title: 'State', render: stateTag},
    ],
    before: (answer) => [outcome, reasonCounts(answer.counts)],
    actions: (answer) => [replayChosen, h('button', {type: 'button', disabled: answer.total === 0, 'data-test': 'replay-all', onclick: () => replay({matching: pick(answer.matching)}, answer.total)}, 'Replay all that match')],
    onRow: (row, answer) => showLetter(page, row, answer.names, replay), rowTest: 'dead-letter-row',
    empty: {title: 'No dead letters', text: 'Every record that came was stored.'},
  });

  async function replay(body, total) {
    try {
      const answer = await api.post(`${PATH}/replay`, body.ids ? body : {...body, limit: 1000}, {filters: 'scope'});
      replace(outcome, outcomeOf(answer, total));
      chosen.clear();
      await root.reload();
      changed();
    } catch (error) {
      notice(`${error.title ?? 'Not replayed'}: ${error.detail ?? error.message}`, {isError: true});
    }
  }
  return root;
}

/** Of the filters on screen, those that a replay takes: it is about letters that wait, whatever `state` says. */
const pick = ({reason, record_kind}) => Object.fromEntries(Object.entries({reason, record_kind}).filter(([, value]) => value));

function reasonCounts(counts) {
  if (counts.length < 2) return null;
  const most = counts[0].letters;
  return h('ul', {class: 'reason-counts', 'aria-label': 'Letters by reason'}, counts.slice(0, 8).map((one) => h('li', {style: {'--share': one.letters / most}}, h('span', null, words(one.reason_code)), h('strong', null, full(one.letters)))));
}

function outcomeOf(answer, total) {
  const parts = [['stored', 'badge-good'], ['duplicates', ''], ['refused', 'badge-bad'], ['others', '']];
  const codes = new Map();
  for (const one of answer.outcomes) if (one.outcome === 'refused') codes.set(one.code, (codes.get(one.code) ?? 0) + 1);
  return h('div', {class: 'outcome-box'},
    h('strong', null, 'Replayed:'),
    parts.map(([name, look]) => h('span', {class: `badge ${answer[name] ? look : ''}`, 'data-test': `replay-${name}`}, `${full(answer[name])} ${name === 'others' ? 'skipped' : name}`)),
    codes.size > 0 && h('span', {class: 'quiet'}, `refused again: ${[...codes].map(([code, count]) => `${words(code)} (${count})`).join(', ')}`),
    answer.next && h('span', {class: 'quiet'}, `more of them wait${total ? `, of ${full(total)} that match` : ''}`));
}

/** One letter with its record, which only a reveal opens. */
function showLetter(page, row, names, replay) {
  dialog('Dead letter', (done) => {
    const record = h('div', null, skeleton(4));
    page.api.get(`${PATH}/${encodeURIComponent(row.id)}`, {}, {filters: 'scope', reveal: true}).then((whole) => {
      const hidden = whole.redacted?.includes('payload') || whole.payload === '(redacted)';
      replace(record, hidden ? redactedBadge('Sealed: a reveal of dead_letters.payload shows it') : h('pre', {class: 'code', 'data-test': 'dead-letter-payload', tabindex: 0}, JSON.stringify(whole.payload, null, 2)));
    }, (error) => replace(record, failure(error)));
    return [
      facts([
        ['Reason', words(row.reason_code)], ['What was wrong', row.reason], ['Field', row.reason_field && h('code', null, row.reason_field)],
        ['Received', moment(row.received_at, undefined, {seconds: true})], ['Kind', words(row.record_kind)], ['Organisation', row.organization_id ?? 'Nobody could tell'],
        ['Person', person(row.user_id)], ['Emitter', emitter(row.emitter_key_id, names)], ['Sender’s name for it', row.client_event_id && h('code', null, row.client_event_id)],
        ['State', stateTag(row.state)], ['Attempts', full(row.attempts)], ['Last replayed', row.replayed_at && moment(row.replayed_at, undefined, {seconds: true})], ['Letter', h('code', null, row.id)],
      ]),
      h('h3', null, 'The record, scrubbed'), record,
      h('div', {class: 'dialog-actions'}, row.replayable && row.state === 'waiting'
        ? h('button', {type: 'button', class: 'primary', 'data-test': 'replay-this', onclick: () => { done(); replay({ids: [row.id]}); }}, 'Replay this record')
        : h('p', {class: 'quiet'}, row.state === 'waiting' ? 'Taking it again would change nothing: the record itself is wrong.' : 'It does not wait any more.')),
    ];
  }, {className: 'drawer', test: 'dead-letter-detail'});
}
