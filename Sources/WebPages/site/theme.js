// Light, dark, or as the system has it.

const KEY = 'daybook.theme';
const NEXT = {auto: 'light', light: 'dark', dark: 'auto'};
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();

export const LABELS = {auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark'};
export const ICONS = {auto: 'auto', light: 'sun', dark: 'moon'};

/** `auto`, `light` or `dark`, as chosen in this browser. */
export function chosen() {
  try { return NEXT[localStorage.getItem(KEY)] ? localStorage.getItem(KEY) : 'auto'; } catch { return 'auto'; }
}

export function apply() {
  const choice = chosen();
  document.documentElement.dataset.theme = choice === 'auto' ? (systemIsDark.matches ? 'dark' : 'light') : choice;
  for (const listener of [...listeners]) listener();
}

export function toggle() {
  try { localStorage.setItem(KEY, NEXT[chosen()]); } catch { /* a browser that keeps nothing: as the system has it */ }
  apply();
}

/** Calls `listener` when colours change; charts draw themselves anew. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The value of a custom property of the style sheet. */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

systemIsDark.addEventListener('change', apply);
// Paper is white.
addEventListener('beforeprint', () => {
  document.documentElement.dataset.theme = 'light';
  for (const listener of [...listeners]) listener();
});
addEventListener('afterprint', apply);
