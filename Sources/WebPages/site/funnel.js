// How far people get: steps in their order, who took each, and where they were lost.

import {h, iconButton, replace} from './dom.js';
import {duration, full, percent, words} from './format.js';
import {tile} from './tile.js';

const STEPS = ['login', 'image_generate_requested', 'image_generate_succeeded'];
const WITHIN = [[3_600, 'an hour'], [86_400, 'a day'], [604_800, '7 days'], [2_592_000, '30 days']];
const WITHIN_DEFAULT = 604_800;
const MOST_STEPS = 16;

/** A tile of a funnel; its steps stand in the address as `step`, the time for all of them as `within`. `suggestions()` are types of events. */
export function funnelTile({api, state, suggestions = () => [], size = 'third'}) {
  const steps = () => state.getAll('step').length >= 2 ? state.getAll('step').slice(0, MOST_STEPS) : STEPS;
  const within = () => WITHIN.some(([value]) => value === state.getNumber('within', WITHIN_DEFAULT)) ? state.getNumber('within', WITHIN_DEFAULT) : WITHIN_DEFAULT;
  const set = (changes) => {
    state.write(changes, {redraw: false});
    drawEditor();
    one.reload();
  };
  const editor = h('details', {class: 'funnel-editor', 'data-test': 'funnel-editor'});

  function drawEditor() {
    const list = h('datalist', {id: 'funnel-types'});
    const change = (next) => set({step: next.map((step) => step.trim()).filter(Boolean)});
    const fields = steps().map((step, index) => h('li', null,
      h('input', {type: 'text', value: step, maxlength: 128, list: 'funnel-types', 'aria-label': `Step ${index + 1}`, 'data-key': `step-${index}`, 'data-test': 'funnel-step',
        onfocus: () => list.replaceChildren(...suggestions().map((value) => h('option', {value}))),
        onchange: (event) => change(steps().map((other, at) => at === index ? event.target.value : other))}),
      steps().length > 2 && iconButton('close', `Remove step ${index + 1}`, () => change(steps().filter((_, at) => at !== index)), {'data-key': `step-away-${index}`})));
    const add = h('input', {type: 'text', maxlength: 128, list: 'funnel-types', placeholder: 'and then… (type of event)', 'aria-label': 'Another step', 'data-key': 'step-add', 'data-test': 'funnel-add',
      onfocus: () => list.replaceChildren(...suggestions().map((value) => h('option', {value}))),
      onchange: (event) => change([...steps(), event.target.value])});
    replace(editor, h('summary', null, 'Steps'), list, h('ol', null, fields, steps().length < MOST_STEPS && h('li', null, add)),
      h('label', {class: 'select'}, 'within', h('select', {'data-key': 'within', 'data-test': 'funnel-within', onchange: (event) => set({within: Number(event.target.value) === WITHIN_DEFAULT ? null : event.target.value})},
        WITHIN.map(([value, title]) => h('option', {value, selected: value === within()}, title)))));
  }
  drawEditor();

  const one = tile({
    title: 'How far people get', test: 'funnel', size, bar: editor,
    about: 'People who did the first step, of these those who then did the second, and so on, all within the time that is set. Other events between them do not matter.',
    load: () => api.post('/api/admin/funnel', {steps: steps().map((type) => ({event_type: type})), within_seconds: within()}, {filters: 'people'}),
    isEmpty: (data) => !data.steps[0]?.users,
    empty: {title: 'Nobody took the first step', text: 'Choose other steps, or a longer range.'},
    draw,
  });
  return one;
}

function draw({steps, open}) {
  const first = steps[0].users || 1;
  const view = h('ol', {class: 'bar-list funnel'}, steps.map((step, index) => h('li', {'data-test': 'funnel-result'},
    h('span', {class: 'bar-name', title: step.event_type}, `${index + 1}. ${words(step.name)}`), h('span', {class: 'bar-value'}, full(step.users)), h('span', {class: 'bar-share'}, percent(step.of_first)),
    h('span', {class: 'bar', 'aria-hidden': 'true', style: {'--share': step.users / first}}),
    index > 0 && h('small', null, `${percent(step.of_previous)} of the step before; ${full(step.dropped)} lost`, typeof step.median_seconds === 'number' && `; half within ${duration(step.median_seconds)}`))));
  return {view, note: open ? `${full(open)} people still have time to go on.` : null, twin: {csvOnly: true, rows: steps, columns: [
    {key: 'name', title: 'Step'}, {key: 'users', title: 'People'}, {key: 'of_first', title: 'Of the first'}, {key: 'of_previous', title: 'Of the step before'}, {key: 'dropped', title: 'Lost'}, {key: 'median_seconds', title: 'Median seconds'},
  ]}};
}
