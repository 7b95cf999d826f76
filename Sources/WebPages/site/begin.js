// Before anything is drawn: the colours that were chosen, which page it is, and the first question, whose answer comes
// while the page's modules do. No module, so that it need not wait for others; `first.js` takes what it asked.

(() => {
  const {dataset} = document.documentElement;
  let theme = null;
  try { theme = localStorage.getItem('daybook.theme'); } catch { /* a browser that keeps nothing */ }
  dataset.theme = theme === 'light' || theme === 'dark' ? theme : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  dataset.page = location.pathname.split('/')[1] || 'overview';
  if (dataset.page === 'sign-in') return;
  const answer = fetch('/api/session', {headers: {Accept: 'application/json'}, credentials: 'same-origin', cache: 'no-store', redirect: 'error'});
  answer.catch(() => { /* who takes it says so */ });
  globalThis.daybookSession = answer;
})();
