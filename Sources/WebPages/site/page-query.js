// Query: SQL that reads, its answer as table, chart or plan, and what it cost.
//
// What was typed and found stays while one looks at other pages: the workspace is made once and put into the page again.

import {h, icon, MissingAsset, replace} from './dom.js';
import * as state from './state.js';
import {isAbort} from './api.js';
import {full, milliseconds} from './format.js';
import {emptyState, failure} from './states.js';
import {makeEditor} from './page-query-editor.js';
import {exampleMenu, historyMenu, savedMenu} from './page-query-menus.js';
import {notice} from './page-notice.js';
import {parameterFields} from './page-query-parameters.js';
import {resultView} from './page-query-result.js';
import {downloadRows, readCatalog, run, shareAddress, sharedEntries} from './page-query-run.js';
import {queryStore} from './page-query-store.js';
import {explained, offsetOfCharacter} from './page-query-text.js';
import {catalogTree} from './page-query-catalog.js';
import {examples} from './page-query-examples.js';

export const title = 'Query';
export const filters = 'scope';
export const refreshes = false;

const ROW_LIMITS = [1_000, 10_000, 100_000];
const LONGEST_STATEMENT = 100_000;

/** Whose rows are asked for, as the header has it. */
const scopeOf = () => `${state.get('organizations', '')} ${state.get('organization_id', '')}`;

let workspace = null;

export async function show(root, context) {
  workspace ??= makeWorkspace(context);
  root.append(workspace.root);
  await workspace.enter(context);
}

function makeWorkspace(first) {
  let context = first;
  let editor = null;
  let running = null;
  let catalog = {tables: new Map(), functions: []};
  let catalogScope = null;
  let view = 'table';
  let answer = null;
  let wasEmpty = null;
  const store = () => queryStore(context.session.user_id);

  const parameters = parameterFields();
  const place = h('div', {class: 'query-editor'});
  const problem = h('div', {class: 'query-problem', 'aria-live': 'assertive'});
  const result = h('div', {class: 'query-answer'});
  const progress = h('span', {class: 'query-progress', role: 'status', 'data-test': 'query-progress'});
  const runButton = h('button', {type: 'button', class: 'primary', 'data-test': 'query-run', 'aria-keyshortcuts': 'Control+Enter', title: 'Run the statement, or what is selected (Ctrl-Enter)', onclick: () => start()}, 'Run', h('kbd', null, 'Ctrl ↵'));
  const cancelButton = h('button', {type: 'button', class: 'danger', hidden: true, 'data-test': 'query-cancel', onclick: () => cancel()}, 'Cancel');
  const explainButtons = [['Explain', false, 'query-explain', 'How it would be run'], ['Explain analyze', true, 'query-explain-analyze', 'Run it and say where the time went']].map(([label, analyze, test, about]) =>
    h('button', {type: 'button', title: about, 'data-test': test, onclick: () => start({explain: analyze ? 'analyze' : 'plan'})}, label));
  const limit = h('select', {'aria-label': 'Rows at most', 'data-test': 'query-limit'}, ROW_LIMITS.map((rows) => h('option', {value: rows, selected: rows === 10_000}, `${full(rows)} rows`)));
  const tree = h('div', {class: 'query-catalog'});

  const take = (sql, entries = []) => {
    editor.value = sql;
    parameters.entries = entries;
    parameters.update(sql);
    editor.focus();
  };
  const current = () => ({sql: editor.value, parameters: parameters.entries});

  const root = h('div', {class: 'query-page'},
    h('section', {class: 'tile tile-full query-workspace', 'aria-label': 'Statement'},
      h('div', {class: 'query-columns'},
        h('div', {class: 'query-main'}, place, parameters.root,
          h('div', {class: 'query-actions', role: 'toolbar', 'aria-label': 'Statement'},
            runButton, cancelButton, explainButtons, progress, h('span', {class: 'spread'}),
            limit, exampleMenu(take), historyMenu(store, take), savedMenu(store, current, take),
            h('button', {type: 'button', 'data-test': 'query-share', onclick: share}, 'Share')),
          problem),
        tree)),
    result);

  async function enter(next) {
    context = next;
    const [shared, entries] = [state.get('q'), sharedEntries(state.get('p'))];
    if (!editor) {
      editor = await makeEditor(place, {value: (shared ?? '').slice(0, LONGEST_STATEMENT), onRun: () => start(), onChange: () => changed(), catalog: () => catalog});
      if (!editor.installed) place.append(h('p', {class: 'hint'}, new MissingAsset('codemirror').hint));
      parameters.entries = entries;
      changed();
    } else if (shared !== null && shared !== editor.value) {
      take(shared.slice(0, LONGEST_STATEMENT), entries);
    }
    if (answer && answer.scope !== scopeOf()) {
      answer = null;
      replace(problem, h('p', {class: 'quiet'}, 'Another organisation was chosen: run the statement again for its rows.'));
    }
    if (!answer) welcome();
    else drawAnswer();
    if (catalogScope !== scopeOf()) {
      catalogScope = scopeOf();
      readCatalog(context.api, context.session.capabilities.includes('operate')).then((found) => {
        catalog = found;
        replace(tree, catalogTree(found, (text) => editor.insert(text)));
      }, (error) => {
        catalogScope = null;
        if (isAbort(error)) return;
        if (error.isForbidden) {
          for (const one of [runButton, ...explainButtons]) one.disabled = true;
          replace(result, h('section', {class: 'tile tile-full', 'aria-label': 'Result'}, failure(error)));
        } else {
          replace(tree, h('p', {class: 'hint'}, 'Tables and columns could not be listed: ', error.detail ?? error.message));
        }
      });
    }
  }

  function changed() {
    if (!editor) return;
    parameters.update(editor.value);
    const isEmpty = !editor.value.trim();
    if (!answer && !running && isEmpty !== wasEmpty) welcome();
    wasEmpty = isEmpty;
  }

  function welcome() {
    if (editor.value.trim()) {
      return replace(result, h('section', {class: 'tile tile-full', 'aria-label': 'Result', 'data-test': 'query-ready'}, emptyState('Not run yet', 'Press Run, or Ctrl-Enter in the editor.')));
    }
    replace(result, h('section', {class: 'tile tile-full', 'aria-label': 'Examples', 'data-test': 'query-welcome'},
      h('header', {class: 'tile-head'}, h('h2', null, 'Begin with an example')),
      h('div', {class: 'example-cards'}, examples.map((one) => h('button', {type: 'button', class: 'example-card', 'data-test': 'example-card', onclick: () => { take(one.sql, one.parameters); start(); }},
        h('strong', null, one.title), h('code', null, one.sql))))));
  }

  async function start({explain} = {}) {
    if (running) return;
    problem.replaceChildren();
    editor.clearMark();
    const selection = explain ? null : editor.selection;
    const source = (selection?.text ?? editor.value).replace(/\s*;\s*$/, '');
    if (!source.trim()) {
      replace(problem, h('p', {class: 'field-error', role: 'alert'}, 'Write a statement, or choose an example.'));
      return editor.focus();
    }
    let values;
    try {
      values = parameters.values().slice(0, selection ? undefined : parameters.entries.length);
    } catch (error) {
      return replace(problem, h('p', {class: 'field-error', role: 'alert'}, error.message));
    }
    const {sql, shift} = explain ? explained(source, explain === 'analyze') : {sql: source, shift: 0};
    const entries = parameters.entries;
    remember(editor.value, entries);
    const timeZone = state.get('time_zone');
    running = run(context.api, {sql, parameters: values, rows: Number(limit.value), timeZone});
    const mine = running;
    busy(true);
    const entry = {sql: editor.value, parameters: entries, at: new Date().toISOString()};
    try {
      const found = await mine.promise;
      answer = {...found, sql, parameters: values, timeZone, scope: scopeOf()};
      store().remember({...entry, rows: found.receipt?.rows ?? found.rows.length, milliseconds: found.receipt?.elapsed_ms});
      drawAnswer();
    } catch (error) {
      if (!isAbort(error)) {
        refuse(error, {shift, offset: selection?.offset ?? 0, sql, mine});
        leaveBehind();
      }
      if (!isAbort(error) && error.code !== 'query_cancelled') store().remember({...entry, error: error.code ?? 'failed'});
    }
    running = null;
    busy(false);
  }

  function busy(is) {
    runButton.hidden = is;
    cancelButton.hidden = !is;
    cancelButton.disabled = false;
    for (const one of explainButtons) one.disabled = is;
    result.setAttribute('aria-busy', String(is));
    clearInterval(busy.timer);
    progress.textContent = '';
    if (!is) return;
    busy.timer = setInterval(() => { progress.textContent = `Running, ${((performance.now() - running.started) / 1_000).toFixed(1)} s`; }, 100);
  }

  async function cancel() {
    cancelButton.disabled = true;
    try {
      await running?.cancel();
    } catch (error) {
      cancelButton.disabled = false;
      notice(error.detail ?? error.message, {isError: true});
    }
  }

  /** Says what is wrong, and marks the place where. */
  function refuse(error, {shift, offset, sql, mine}) {
    if (error.code === 'query_cancelled') {
      return replace(problem, h('p', {class: 'quiet', role: 'status', 'data-test': 'query-cancelled'}, `Cancelled after ${milliseconds(performance.now() - mine.started)}.`));
    }
    const {position} = error;
    if (position) {
      const place = (character) => Math.max(0, offsetOfCharacter(sql, character) - shift) + offset;
      editor.markError(place(position.start), place(position.start + Math.max(1, position.length)));
      editor.focus();
    }
    replace(problem, h('div', {class: 'query-error', role: 'alert', 'data-test': 'query-error'},
      icon('warning'),
      h('div', null,
        h('strong', {'data-test': 'query-error-detail'}, error.detail ?? error.title),
        h('span', {class: 'quiet'}, [position && `line ${full(position.line)}, column ${full(position.column - (position.line === 1 ? shift : 0))}`, error.sqlstate && `SQLSTATE ${error.sqlstate}`].filter(Boolean).join(' · ')),
        position?.excerpt && h('pre', {class: 'code'}, position.excerpt),
        error.hint && h('p', {class: 'hint', 'data-test': 'query-error-hint'}, 'Hint: ', error.hint))));
    if (!position && !error.sqlstate && error.status !== 422) replace(problem, failure(error, () => start()));
  }

  /** What stands below is of the statement before: it stays, and says so. */
  function leaveBehind() {
    if (!answer) return replace(result);
    answer.isEarlier = true;
    drawAnswer();
  }

  function drawAnswer() {
    const save = (format, label) => h('button', {type: 'button', class: 'plain', title: `Run it again and save all rows as ${label}`, 'data-test': `query-${format}`, onclick: async (event) => {
      const button = event.currentTarget;
      button.disabled = true;
      try {
        await downloadRows(context.api, {sql: answer.sql, parameters: answer.parameters, timeZone: answer.timeZone, format});
      } catch (error) {
        if (!isAbort(error)) notice(error.detail ?? error.message, {isError: true});
      }
      button.disabled = false;
    }}, icon('download'), label);
    replace(result, resultView(answer, {actions: [save('csv', 'CSV'), save('ndjson', 'NDJSON')], view, ofEarlier: answer.isEarlier && answer.sql, onView: (name) => { view = name; }}));
  }

  /** The statement stands in the address: a link shows it to somebody else, who then decides to run it. */
  function remember(sql, entries) {
    const short = shareAddress(sql, entries);
    state.write({q: short ? sql : null, p: short && entries.length ? JSON.stringify(entries) : null}, {redraw: false, push: false});
  }

  async function share() {
    const {sql, parameters: entries} = current();
    if (!sql.trim()) return notice('There is nothing to share yet.');
    const short = shareAddress(sql, entries);
    if (!short) return notice('The statement is too long for an address.', {isError: true});
    remember(sql, entries);
    try {
      await navigator.clipboard.writeText(location.origin + short);
      notice('The link is in the clipboard. Whoever opens it sees the statement, and his own rows.');
    } catch {
      notice('Copy the link from the address bar.');
    }
  }

  return {root, enter};
}
