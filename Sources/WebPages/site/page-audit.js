// Audit: who did what to what, in words; what names or shows people stays sealed.

import {h} from './dom.js';
import {moment, words} from './format.js';
import {dialog} from './menu.js';
import {redactedBadge} from './table.js';
import {loaded, tiles} from './tile.js';
import {facts, listTile, person} from './page-list.js';

export const title = 'Audit';
export const filters = 'time';

const HOST = ['create', 'update', 'delete', 'invite', 'remove', 'grant_role', 'revoke_role'];
const OWN = ['reveal_grant', 'reveal_use', 'reveal_show', 'reveal_end', 'reveal_refuse', 'emitter_key_create', 'emitter_key_revoke', 'user_erase', 'retention_drop', 'snapshot_restore', 'snapshot_create', 'schema_change', 'dead_letter_replay', 'threat_resolve', 'threat_unresolve', 'table_change', 'price_set', 'price_remove', 'job_run', 'sign_in', 'sign_out'];
const THINGS = ['user', 'project', 'experiment', 'dataset', 'training_job', 'project_member', 'dataset_member', 'organization', 'reveal', 'emitter_key', 'erasure', 'table', 'snapshot', 'schema', 'dead_letter', 'threat', 'price', 'job', 'dashboard'];
const LOOKS = {create: 'badge-good', delete: 'badge-bad', remove: 'badge-bad', user_erase: 'badge-bad', reveal_refuse: 'badge-bad', reveal_grant: 'badge-warn', reveal_use: 'badge-warn', reveal_show: 'badge-warn', grant_role: 'badge-accent', revoke_role: 'badge-accent'};

const action = (name) => h('span', {class: `badge ${LOOKS[name] ?? ''}`}, words(name));
const isMask = (value) => value === '(redacted)' || value === '(hidden)';

/** Changes as old → new, a badge where they are sealed. */
function changesView(changes) {
  if (changes === null || changes === undefined) return null;
  if (isMask(changes)) return redactedBadge('Sealed: a reveal of audit_log.changes shows them');
  if (typeof changes !== 'object') return String(changes);
  return h('dl', {class: 'changes'}, Object.entries(changes).map(([field, change]) => h('div', null, h('dt', null, field), h('dd', null,
    change && typeof change === 'object' && ('old' in change || 'new' in change)
      ? [h('del', null, text(change.old)), h('span', {'aria-label': 'became', role: 'img'}, ' → '), h('ins', null, text(change.new))] : text(change)))));
}

const text = (value) => value === null || value === undefined ? 'nothing' : isMask(value) ? redactedBadge() : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Who acted and is no person. */
const ACTORS = {daybook: 'Daybook itself', 'command line': 'The command line'};
const actor = (id) => ACTORS[id] ?? person(id);

const WHEN = {key: 'timestamp', title: 'When', render: (at) => h('span', {class: 'time'}, moment(at, undefined, {seconds: true}))};
const WHAT = [
  {key: 'action', title: 'Action', render: action},
  {key: 'entity_type', title: 'Thing', render: (type, row) => h('div', {class: 'two-lines'}, h('span', null, words(type)), h('small', {class: 'identifier-long', title: row.entity_id}, row.entity_id))},
  {key: 'description', title: 'What happened', className: 'wrap'},
  {key: 'changes', title: 'Changes', className: 'wrap-small', render: changesView},
];

/** Columns of a list of what one did oneself. */
export const ownColumns = [WHEN, ...WHAT];

export function show(root, {api, session}) {
  root.append(tiles(listTile({
    title: 'Audit log', test: 'audit', limit: 50, rowTest: 'audit-row', masksOnly: true,
    about: ['What the host and Daybook wrote down, the newest first. Entries are added and never changed.', 'Addresses, names of persons and changed values are sealed; each description says the same without them. A reveal shows them, and is an entry itself.'],
    filters: [
      {name: 'action', label: 'Any action', options: [...HOST, ...OWN].map((name) => [name, words(name)])},
      {name: 'entity_type', label: 'Any thing', options: THINGS.map((name) => [name, words(name)])},
      {name: 'user_id', at: 'person', label: 'Who', kind: 'search', placeholder: 'Who, by identifier'},
      // Comparing a sealed column takes a reveal.
      ...(session.reveal ? [{name: 'user_email', at: 'mail', label: 'Mail', kind: 'search', placeholder: 'Mail address, in full'}] : []),
    ],
    ask: (parameters) => api.get('/api/admin/audit/organization', parameters, {filters: 'time', reveal: true}),
    rowsOf: (answer) => answer.logs,
    columns: [WHEN, {key: 'user_id', title: 'Who', className: 'time', render: (id, row) => h('div', {class: 'two-lines'}, actor(id), h('small', null, row.user_role && words(row.user_role)))}, ...WHAT],
    onRow: (row) => showEntry(row),
    empty: {title: 'No entries in this range', text: 'Choose a longer range.'},
  })));
  return loaded(root);
}

/** All of an entry; `withActor` where it is not one's own. */
export function showEntry(row, {withActor = true} = {}) {
  const context = row.context && typeof row.context === 'object' ? Object.entries(row.context) : [];
  dialog('Audit entry', () => [
    h('p', {class: 'lead'}, isMask(row.description) ? redactedBadge() : row.description),
    facts([
      ['When', moment(row.timestamp, undefined, {seconds: true})], ['Who', withActor ? actor(row.user_id) : null], ['Role then', row.user_role && words(row.user_role)], ['Mail then', row.user_email && text(row.user_email)],
      ['Action', action(row.action)], ['Thing', words(row.entity_type)], ['Identifier', h('code', null, row.entity_id)], ['Name', row.entity_name && text(row.entity_name)], ['Project', row.project_id],
      ['Organisation', row.organization_id], ['Changes', changesView(row.changes)],
      ...(isMask(row.context) ? [['Context', redactedBadge()]] : context.map(([name, value]) => [words(name), text(value)])),
      ['Request', row.request_id && h('code', null, row.request_id)], ['Entry', h('code', null, row.id)],
    ]),
  ], {className: 'drawer', test: 'audit-detail'});
}
