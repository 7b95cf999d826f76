// What emitters sent: the books, whose sum is shown, the batches that never came, and the keys.

import {h} from './dom.js';
import {ago, full, moment} from './format.js';
import {table} from './table.js';
import {tile} from './tile.js';
import {may} from './page-list.js';

const NUMBERS = ['received', 'accepted', 'duplicates', 'failed', 'pending'];

/** Emitter keys by identifier, once per page; nobody's names where they may not be listed. */
export function keyNames(page) {
  page.keyNames ??= (may(page.session, 'manage_emitter_keys') ? page.api.get('/api/admin/emitter-keys', {}, {filters: 'scope'}) : Promise.resolve({keys: []}))
    .then((answer) => new Map(answer.keys.map((key) => [key.id, key.label])), () => new Map());
  return page.keyNames;
}

/** An emitter by its label, with its identifier beside it. */
export const emitter = (id, names) => id === null || id === undefined ? null
  : h('span', {class: 'emitter'}, names.get(id) ?? 'Unnamed key', h('code', null, id));

export function ledgerTile(page) {
  return tile({
    title: 'Ingest ledger', test: 'ledger', size: 'full', lines: 4,
    about: ['Every record of every body is counted once: received = accepted + duplicates + failed + pending. The sums are since the first record, and hold after a restart.',
      'A gap is a batch whose number an emitter skipped.'],
    load: async () => ({names: await keyNames(page), ledger: await page.api.get('/api/admin/ingest/ledger', {limit: 1000}, {filters: 'scope'})}),
    isEmpty: ({ledger}) => ledger.accounts.length === 0,
    empty: {title: 'Nothing was sent yet', text: ['Make an emitter key, ', h('code', null, 'POST /api/admin/emitter-keys'), ', and send events with it.']},
    draw: ({ledger, names}) => drawLedger(ledger, names),
  });
}

function drawLedger(ledger, names) {
  const sum = Object.fromEntries(NUMBERS.map((name) => [name, ledger.accounts.reduce((total, one) => total + one[name], 0)]));
  const balanced = sum.received === sum.accepted + sum.duplicates + sum.failed + sum.pending;
  const part = (name, label) => h('span', {class: `equation-part equation-${name}`, 'data-test': `ledger-${name}`}, h('strong', null, full(sum[name])), h('span', null, label));
  const equation = h('div', {class: 'equation', role: 'group', 'aria-label': 'Sum of the books', 'data-test': 'ledger-sum'},
    part('received', 'received'), sign(balanced ? '=' : '≠'), part('accepted', 'accepted'), sign('+'), part('duplicates', 'duplicates'), sign('+'), part('failed', 'failed'), sign('+'), part('pending', 'pending'),
    h('span', {class: balanced ? 'badge badge-good' : 'badge badge-bad', 'data-test': 'ledger-balance'}, balanced ? '✓ The books add up' : '✕ The books do not add up'));
  const columns = [
    {key: 'emitter_key_id', title: 'Emitter', render: (id) => emitter(id, names)},
    {key: 'organization_id', title: 'Organisation', render: (id) => id ?? 'nobody could tell'},
    ...NUMBERS.map((name) => ({key: name, title: name[0].toUpperCase() + name.slice(1), unit: 'count'})),
    {key: 'scrubbed', title: 'Scrubbed', unit: 'count'},
    {key: 'last_received_at', title: 'Last received', render: (at) => at && h('time', {datetime: at, title: moment(at, undefined, {seconds: true})}, ago(at))},
  ];
  const view = h('div', {class: 'ledger'}, equation, table({columns, rows: ledger.accounts, caption: 'Ingest ledger by emitter and organisation', test: 'ledger-table', rowTest: 'ledger-row'}), gaps(ledger, names));
  return {view, twin: {columns, rows: ledger.accounts, csvOnly: true}};
}

const sign = (text) => h('span', {class: 'equation-sign', 'aria-label': {'=': 'equals', '+': 'plus', '≠': 'is not'}[text], role: 'img'}, text);

function gaps(ledger, names) {
  if (!ledger.gap_count) return h('p', {class: 'quiet', 'data-test': 'ledger-gaps'}, 'No batch that emitters numbered is missing.');
  const batches = (gap) => gap.first === gap.last ? `batch ${full(gap.first)}` : `batches ${full(gap.first)}–${full(gap.last)}`;
  const left = ledger.gap_count - ledger.gaps.length;
  return h('div', {class: 'gaps', 'data-test': 'ledger-gaps'},
    h('strong', null, `${full(ledger.missing_batches)} ${ledger.missing_batches === 1 ? 'batch' : 'batches'} never came`),
    h('ul', null, ledger.gaps.map((gap) => h('li', null, emitter(gap.emitter_key_id, names), ` ${gap.stream}: ${batches(gap)}`)), left > 0 && h('li', null, `and ${full(left)} more gaps`)));
}

export function keysTile(page) {
  const columns = [
    {key: 'label', title: 'For'},
    {key: 'id', title: 'Key', render: (id) => h('code', null, id)},
    {key: 'organization_id', title: 'Organisation'},
    {key: 'kinds', title: 'May send', value: (key) => key.kinds.join(', '), className: 'wrap'},
    {key: 'created_by', title: 'Made by'},
    {key: 'created_at', title: 'Made', render: (at) => moment(at)},
    {key: 'revoked_at', title: 'State', render: (at) => at ? h('span', {class: 'badge'}, `Revoked ${moment(at)}`) : h('span', {class: 'badge badge-good'}, '✓ In force')},
  ];
  return tile({
    title: 'Emitter keys', test: 'emitter-keys', size: 'full', lines: 3,
    about: 'Who may send records. A key is shown once, when it is made; here is what it is for.',
    load: () => page.api.get('/api/admin/emitter-keys', {}, {filters: 'scope'}),
    isEmpty: (answer) => answer.keys.length === 0,
    empty: {title: 'No emitter keys', text: ['Make one: ', h('code', null, 'POST /api/admin/emitter-keys'), ' with a label and the kinds of records that it may send.']},
    draw: ({keys}) => ({view: table({columns, rows: keys, caption: 'Emitter keys', test: 'keys-table'}), twin: {columns, rows: keys, csvOnly: true}}),
  });
}
