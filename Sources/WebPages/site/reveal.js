// Sealed values for a while: asked for with a reason, seen by a bar that runs down, ended by a button or by itself.

import {h, icon, replace} from './dom.js';
import {dialog} from './menu.js';
import {globalFilters} from './api.js';
import {failure} from './states.js';

const COLUMNS = [
  ['users.email', 'E-mail addresses of people', true],
  ['users.full_name', 'Names of people', true],
  ['sessions.ip_address', 'IP addresses of sessions', false],
  ['sessions.user_agent', 'User agents of sessions', false],
  ['events.ip_address', 'IP addresses of events', false],
  ['events.user_agent', 'User agents of events', false],
  ['feedback.comment', 'Comments of feedback', false],
  ['threats.ip_address', 'IP addresses of threats', false],
  ['threats.description', 'Descriptions of threats', false],
  ['audit_log.user_email', 'E-mail addresses in the audit log', false],
  ['audit_log.changes', 'Changes in the audit log', false],
  ['audit_log.sealed_description', 'Descriptions in the audit log', false],
  ['audit_log.sealed_entity_name', 'Names of things in the audit log', false],
  ['audit_log.sealed_context', 'Context in the audit log', false],
  ['dead_letters.payload', 'Payloads of refused records', false],
];
const DURATIONS = [[60, '1 minute'], [300, '5 minutes'], [900, '15 minutes']];

/** `control` for the side bar, `bar` for the top of the page. `changed(reveal)` is called when one begins or ends. */
export function reveals({session, api, changed}) {
  const bar = h('div', {class: 'reveal-bar', role: 'status', hidden: true, 'data-test': 'reveal-bar'});
  const control = h('button', {type: 'button', class: 'side-button', 'data-test': 'reveal', onclick: ask}, icon('eye'), h('span', null, 'Reveal…'));
  let timer = null;

  function begin(reveal) {
    session.reveal = reveal;
    clearInterval(timer);
    const ends = Date.parse(reveal.expires_at ?? reveal.ends_at);
    const starts = Date.parse(reveal.starts_at) || Date.now();
    const left = h('span', {class: 'countdown', 'data-test': 'countdown'});
    const line = h('span', {class: 'reveal-line'});
    replace(bar, icon('eye'), h('span', null, 'Sealed values are shown. Reason: ', h('q', null, reveal.reason ?? '')), left, h('button', {type: 'button', onclick: end, 'data-test': 'reveal-end'}, 'End now'), line);
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1_000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      line.style.transform = `scaleX(${Math.max(0, (ends - Date.now()) / Math.max(1, ends - starts))})`;
      if (seconds === 0) over();
    };
    bar.hidden = false;
    control.disabled = true;
    timer = setInterval(tick, 250);
    tick();
  }

  function over() {
    clearInterval(timer);
    session.reveal = null;
    bar.hidden = true;
    control.disabled = false;
    changed(null);
  }

  async function end() {
    try { await api.delete('/api/admin/reveal', undefined, {parameters: {id: session.reveal?.id}}); } catch { /* it ends by itself in any case */ }
    over();
  }

  function ask() {
    if (session.reveal) return;
    dialog('Reveal sealed values', (done) => {
      const reason = h('textarea', {name: 'reason', required: true, minlength: 10, maxlength: 500, rows: 2, placeholder: 'Why, in one line of at least 10 characters', 'data-test': 'reveal-reason'});
      const problem = h('div', {'data-test': 'reveal-problem'});
      const send = h('button', {type: 'submit', class: 'primary', 'data-test': 'reveal-submit'}, 'Reveal');
      return h('form', {class: 'fields', onsubmit: async (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const body = {reason: reason.value.trim().replace(/\s+/g, ' '), columns: form.getAll('columns'), duration_seconds: Number(form.get('duration'))};
        const scope = globalFilters('scope');
        if (scope.get('organizations') === 'all') body.all_organizations = true;
        else if (scope.get('organization_id')) body.organizations = [scope.get('organization_id')];
        if (!body.columns.length) { replace(problem, h('p', {class: 'field-error', role: 'alert'}, 'Choose at least one kind of value.')); return; }
        send.disabled = true;
        try {
          const reveal = await api.post('/api/admin/reveal', body);
          done();
          begin(reveal);
          changed(reveal);
        } catch (error) {
          replace(problem, failure(error));
        }
        send.disabled = false;
      }},
      h('p', null, 'Each reveal, its reason and what it showed are on the record. It ends by itself.'),
      !session.can_reveal && h('p', {class: 'hint'}, 'Your role may not. Asking is refused, and on the record too.'),
      h('label', null, 'Reason', reason),
      h('fieldset', null, h('legend', null, 'Values'), COLUMNS.map(([value, title, checked]) => h('label', {class: 'check'}, h('input', {type: 'checkbox', name: 'columns', value, checked}), title))),
      h('label', null, 'For', h('select', {name: 'duration', 'data-test': 'reveal-duration'}, DURATIONS.map(([value, title]) => h('option', {value, selected: value === 300}, title)))),
      problem, send);
    }, {test: 'reveal-dialog'});
  }

  if (session.reveal) begin(session.reveal);
  return {bar, control, ask};
}
