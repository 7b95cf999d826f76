// The editor of the Query page: CodeMirror where it is installed, a plain text field where it is not.

import {h, loadScript} from './dom.js';
import {completions} from './page-query-completion.js';

const VENDOR = '/assets/vendor/';

const loadStyle = (name) => new Promise((done, fail) => {
  if (document.querySelector(`link[href="${VENDOR}${name}"]`)) return done();
  const link = h('link', {rel: 'stylesheet', href: VENDOR + name, onload: done, onerror: () => { link.remove(); fail(new Error(`${name} is missing`)); }});
  document.head.append(link);
});

/** Loads CodeMirror; settles with false where its files are not installed. */
async function loadCodeMirror() {
  try {
    await Promise.all([loadStyle('codemirror.css'), loadStyle('codemirror-show-hint.css'), loadScript(`${VENDOR}codemirror.js`)]);
    await Promise.all(['codemirror-sql.js', 'codemirror-show-hint.js'].map((name) => loadScript(VENDOR + name)));
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the editor in `place`. `onRun` is called on Ctrl-Enter, `onChange` on each change; `catalog()` gives
 * `{tables: Map(name -> [{name, type}]), functions: [name]}`.
 */
export async function makeEditor(place, {value, onRun, onChange, catalog}) {
  const installed = await loadCodeMirror();
  return installed ? codeMirrorEditor(place, {value, onRun, onChange, catalog}) : plainEditor(place, {value, onRun, onChange});
}

function codeMirrorEditor(place, {value, onRun, onChange, catalog}) {
  const {CodeMirror} = window;
  const hint = (editor) => {
    const cursor = editor.getCursor();
    const before = editor.getRange({line: Math.max(0, cursor.line - 20), ch: 0}, cursor);
    const {list, length} = completions(editor.getValue(), before, catalog());
    return {
      list: list.map((entry) => ({text: entry.text, className: `hint-${entry.kind}`, render: (item) => item.append(entry.text, h('span', {class: 'hint-detail'}, entry.detail))})),
      from: CodeMirror.Pos(cursor.line, cursor.ch - length),
      to: cursor,
    };
  };
  const editor = CodeMirror(place, {
    value, mode: 'text/x-pgsql', lineNumbers: true, lineWrapping: true, indentUnit: 2, tabSize: 2, viewportMargin: Infinity,
    // Tab leaves the editor, so that nobody is caught in it; Ctrl-] indents.
    extraKeys: {'Ctrl-Enter': onRun, 'Cmd-Enter': onRun, 'Ctrl-Space': (cm) => cm.showHint({hint, completeSingle: false}), Tab: false, 'Shift-Tab': false},
    hintOptions: {hint, completeSingle: false},
  });
  // It measures its letters, which it cannot before it is in the page.
  new ResizeObserver(() => editor.refresh()).observe(place);
  const input = editor.getInputField();
  input.setAttribute('aria-label', 'SQL statement');
  input.setAttribute('data-test', 'query-editor');
  let mark;
  const clearMark = () => { mark?.clear(); mark = undefined; };
  editor.on('inputRead', (cm, change) => {
    if (cm.state.completionActive || !/[\w.]/.test(change.text.join('')) || change.origin === 'paste') return;
    const type = cm.getTokenTypeAt(cm.getCursor()) ?? '';
    if (!/string|comment|number/.test(type)) cm.showHint({hint, completeSingle: false});
  });
  editor.on('change', () => { clearMark(); onChange(); });
  return {
    installed: true,
    get value() { return editor.getValue(); },
    set value(text) { editor.setValue(text); },
    /** The selected text with the offset where it begins, or null. */
    get selection() {
      if (!editor.somethingSelected()) return null;
      return {text: editor.getSelection(), offset: editor.indexFromPos(editor.getCursor('from'))};
    },
    /** Underlines what an error is about and puts the caret before it; offsets in UTF-16 units. */
    markError(start, end) {
      clearMark();
      const from = editor.posFromIndex(start);
      mark = editor.markText(from, editor.posFromIndex(Math.max(end, start + 1)), {className: 'query-error-mark'});
      editor.setCursor(from);
      editor.scrollIntoView(from, 40);
    },
    clearMark,
    insert(text) {
      editor.replaceSelection(text);
      editor.focus();
    },
    focus: () => editor.focus(),
  };
}

function plainEditor(place, {value, onRun, onChange}) {
  const field = h('textarea', {class: 'query-plain-editor', rows: 10, spellcheck: 'false', value, 'aria-label': 'SQL statement', 'data-test': 'query-editor', oninput: onChange,
    onkeydown: (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); onRun(); } }});
  place.append(field);
  return {
    installed: false,
    get value() { return field.value; },
    set value(text) { field.value = text; onChange(); },
    get selection() {
      const {selectionStart: from, selectionEnd: to} = field;
      return from === to ? null : {text: field.value.slice(from, to), offset: from};
    },
    markError(start, end) { field.focus(); field.setSelectionRange(start, Math.max(end, start + 1)); },
    clearMark() {},
    insert(text) {
      field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
      onChange();
      field.focus();
    },
    focus: () => field.focus(),
  };
}
