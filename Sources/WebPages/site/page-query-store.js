// What the Query page remembers in this browser: the last statements, and those saved by name.

const most = 50;

/** The memory of one person; another one who signs in on this browser has another. */
export function queryStore(userId) {
  const key = (part) => `daybook.query.${part}.${userId}`;
  const read = (part) => {
    try {
      const value = JSON.parse(localStorage.getItem(key(part)));
      return Array.isArray(value) ? value.filter((entry) => typeof entry?.sql === 'string') : [];
    } catch { return []; }
  };
  const write = (part, entries) => {
    // A full or forbidden storage costs the history, not the page.
    try { localStorage.setItem(key(part), JSON.stringify(entries)); } catch { /* stays as it was */ }
  };
  return {
    history: () => read('history'),
    remember(entry) {
      write('history', [entry, ...read('history').filter((other) => other.sql !== entry.sql)].slice(0, most));
    },
    forgetHistory: () => write('history', []),
    saved: () => read('saved'),
    save(name, sql, parameters) {
      const others = read('saved').filter((other) => other.name !== name);
      write('saved', [...others, {name, sql, parameters}].sort((a, b) => String(a.name).localeCompare(String(b.name))).slice(0, 200));
    },
    remove: (name) => write('saved', read('saved').filter((other) => other.name !== name)),
  };
}
