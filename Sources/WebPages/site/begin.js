// Before anything is drawn: the colours that were chosen, which page it is, and the first question, whose answer comes
// while the page's modules do. No module, so that it need not wait for others; `first.js` takes what it asked.

(() => {
  const {dataset} = document.documentElement;
  let theme = null;
  try { theme = localStorage.getItem('daybook.theme'); } catch { /* a browser that keeps nothing */ }
  dataset.theme = theme === 'light' || theme === 'dark' ? theme : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  dataset.page = location.pathname.split('/')[1] || 'overview';
  if (dataset.page === 'sign-in') {
    // Who comes next may be somebody else.
    try { localStorage.removeItem('daybook.first'); } catch { /* as above */ }
    return;
  }
  const ask = (address) => fetch(address, {headers: {Accept: 'application/json'}, credentials: 'same-origin', cache: 'no-store', redirect: 'error'});
  const answer = ask('/api/session');
  const early = globalThis.daybookEarly = new Map([['/api/session', answer]]);
  // What this very address led to the last time; first.js looks whether it does so again.
  try {
    const {page, target} = JSON.parse(localStorage.getItem('daybook.first')) ?? {};
    if (page === location.pathname + location.search && target.startsWith('/api/')) early.set(target, ask(target));
  } catch { /* nothing is known */ }
  for (const one of early.values()) one.catch(() => { /* who takes it says so */ });
})();
