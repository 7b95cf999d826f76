// Elements from values. Text always becomes a text node: nothing here, nor anywhere else in the page, parses markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'rect', 'line', 'polyline', 'g', 'title']);

/**
 * Makes an element: `h('button', {class: 'plain', onclick: act, 'data-test': 'go'}, 'Go')`.
 *
 * `on...` functions become listeners, `style` is an object of properties, `true` an empty attribute; `null`, `undefined`
 * and `false` are left out, among attributes as among children. Children are nodes, text, numbers or lists of them.
 */
export function h(tag, attributes, ...children) {
  const svg = SVG_TAGS.has(tag) && tag !== 'title';
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    else if (name === 'value' || name === 'checked' || name === 'selected') element[name] = value;
    else if (name === 'href') element.setAttribute('href', safeAddress(value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}

/** An address that leads somewhere on this origin or is left out: never `javascript:`, never another host. */
function safeAddress(value) {
  try {
    const address = new URL(value, location.href);
    return address.origin === location.origin || address.protocol === 'blob:' ? String(value) : '#';
  } catch {
    return '#';
  }
}

function add(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces what is in `element`, and keeps the keyboard where it was: what had `data-key="x"` has the focus again. */
export function replace(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren();
  add(element, children);
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
  return element;
}

const ICONS = {
  overview: 'M3 3h7v9H3zM14 3h7v5h-7zM14 12h7v9h-7zM3 16h7v5H3z',
  activity: 'M3 12h4l3-8 4 16 3-8h4',
  requests: 'M4 6h16M4 12h16M4 18h10',
  users: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-6 7-6s7 2 7 6M16 3.5a4 4 0 0 1 0 7.500M18 15c2.500.700 4 2.700 4 6',
  cost: 'M12 2v20M17 6c-1-1.500-3-2-5-2-3 0-5 1.300-5 3.800C7 13 17 10.500 17 16c0 2.700-2.200 4-5 4-2.300 0-4.300-.700-5.500-2.300',
  feedback: 'M12 3l2.700 5.700 6.300.800-4.600 4.300 1.200 6.200L12 17l-5.600 3 1.200-6.200L3 9.500l6.300-.800z',
  audit: 'M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6zM9 12l2 2 4-4',
  live: 'M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM7.800 16.200a6 6 0 0 1 0-8.400M16.200 7.800a6 6 0 0 1 0 8.400M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14',
  query: 'M4 5l6 6-6 6M12 19h8',
  system: 'M3 5h18v6H3zM3 13h18v6H3zM7 8h.010M7 16h.010',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6L6 18',
  filter: 'M3 5h18l-7 8v6l-4-2v-4z',
  refresh: 'M20 11a8 8 0 1 0-2.300 6.300M20 4v7h-7',
  bookmark: 'M6 3h12v18l-6-4-6 4z',
  table: 'M3 5h18v14H3zM3 10h18M9 5v14',
  chart: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  help: 'M9 9a3 3 0 1 1 4 2.800c-.800.400-1 1-1 2.200M12 17.500h.010M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  sun: 'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 1v2M12 21v2M4.200 4.200l1.400 1.400M18.400 18.400l1.400 1.400M1 12h2M21 12h2M4.200 19.800l1.400-1.400M18.400 5.600l1.400-1.400',
  moon: 'M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z',
  auto: 'M12 21a9 9 0 1 0 0-18zM12 3a9 9 0 0 0 0 18z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.500-6 8-6s8 2 8 6',
  organization: 'M4 21V4h10v17M14 9h6v12M8 8h2M8 12h2M8 16h2M17 13h.010M17 17h.010M2 21h20',
  eye: 'M2 12c2.500-4.700 6-7 10-7s7.500 2.300 10 7c-2.500 4.700-6 7-10 7s-7.500-2.300-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  lock: 'M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11',
  calendar: 'M4 6h16v15H4zM4 10h16M8 3v4M16 3v4',
  info: 'M12 11v6M12 7.500h.010M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  down: 'M6 9l6 6 6-6',
  warning: 'M12 4l10 17H2zM12 10v5M12 18h.010',
  check: 'M5 12l5 5 9-10',
};

/** A line drawing of 16 pixels that says nothing to a screen reader: the button around it has a name. */
export function icon(name) {
  const outline = h('path', {d: ICONS[name] ?? '', fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round'});
  return h('svg', {viewBox: '0 0 24 24', width: 16, height: 16, class: 'icon', 'aria-hidden': 'true'}, outline);
}

/** A button of an icon alone; its name is read out and shown as a tooltip. */
export function iconButton(name, label, onclick, attributes) {
  return h('button', {type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...attributes}, icon(name));
}

/** Settles when what is in the page now is on screen; soon, where nobody looks. */
export const onScreen = () => new Promise((done) => {
  if (document.hidden) setTimeout(done);
  else requestAnimationFrame(() => setTimeout(done));
});

/** The mark of Daybook, of the version of this page. */
export const mark = (size) => h('img', {src: new URL('icon.svg', import.meta.url).href, alt: '', width: size, height: size});

/** Loads a classic script once: Chart.js and CodeMirror become globals. */
const scripts = new Map();
export function loadScript(address) {
  if (!scripts.has(address)) {
    scripts.set(address, new Promise((done, fail) => {
      const script = h('script', {src: address, onload: done, onerror: () => {
        scripts.delete(address);
        fail(new MissingAsset(address));
      }});
      document.head.append(script);
    }));
  }
  return scripts.get(address);
}

/** A file of Chart.js or CodeMirror is not installed where the service looks for it. */
export class MissingAsset extends Error {
  constructor(address) {
    super(`${address} is missing`);
    const library = address.includes('codemirror') ? 'libjs-codemirror' : 'libjs-chart.js';
    this.title = 'A file of the page is missing';
    this.detail = `The service has no ${address}.`;
    this.hint = `Install Debian's package ${library}, or start the service with --web-assets FOLDER.`;
  }
}
