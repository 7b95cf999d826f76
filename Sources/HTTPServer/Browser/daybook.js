// Daybook for browsers; Documentation/emitters.md says how to use it.
(function (w, d) {
  'use strict';
  var tag = d.currentScript, o = (tag && tag.dataset) || {};
  if (!o.key || w.daybook) return;
  var base = (o.url || new URL(tag.src).origin) + '/api/analytics/';
  var STORE = 'daybook.queue', MOST = 500, BATCH = 50;
  var queue = [], user = o.user, busy = 0, attempt = 0, wait = 0, timer = 0;

  function uuid() {
    var b = w.crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 15 | 64; b[8] = b[8] & 63 | 128;
    return Array.from(b, function (x, i) {
      return (/^(4|6|8|10)$/.test(i) ? '-' : '') + (x + 256).toString(16).slice(1);
    }).join('');
  }
  // A browser may forbid storage: then a page forgets what it could not send.
  function store(area, name, value) {
    try {
      var s = w[area + 'Storage'];
      if (value === undefined) return s.getItem(name);
      if (value) s.setItem(name, value); else s.removeItem(name);
    } catch (_) {}
  }
  var session = o.session || store('session', 'daybook.id'), isNew = !session;
  if (isNew) store('session', 'daybook.id', session = uuid());

  function without(list, gone) {
    var ids = new Set(gone.map(function (e) { return e.client_event_id; }));
    return list.filter(function (e) { return e && !ids.has(e.client_event_id); });
  }
  function restore() {
    try {
      queue = without(JSON.parse(store('local', STORE)) || [], queue).concat(queue).slice(-MOST);
    } catch (_) {}
    store('local', STORE, '');
  }
  function keep() { store('local', STORE, queue.length ? JSON.stringify(queue) : ''); }
  function isHidden() { return d.visibilityState == 'hidden'; }

  function post(path, body) {
    return w.fetch(base + path, {
      method: 'POST', keepalive: true, credentials: 'omit', body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + o.key }
    });
  }
  function later(ms) {
    timer = timer || w.setTimeout(function () { timer = 0; flush(); }, Math.max(0, ms));
  }
  function fail(seconds) {
    var own = Math.min(300, Math.pow(2, attempt++)) * (0.5 + Math.random() / 2);
    wait = Date.now() + 1000 * Math.max(own, seconds || 0);
  }
  // Each event has its id from the start: what is sent again is stored once.
  function flush(now) {
    if (busy || !queue.length) return;
    if (!now && Date.now() < wait) return later(wait - Date.now());
    var batch = queue.slice(0, BATCH);
    busy = 1;
    return post('events/batch', { events: batch }).then(function (a) {
      if (a.status == 408 || a.status == 429 || a.status >= 500)
        return fail(+a.headers.get('Retry-After'));
      if (!a.ok) w.console.warn('daybook: refused with ' + a.status);
      queue = without(queue, batch);
      attempt = wait = 0;
    }).catch(function () { fail(); }).then(function () {
      busy = 0;
      if (isHidden()) keep();
      if (queue.length) later(wait - Date.now());
    });
  }
  function track(type, fields) {
    queue = queue.concat(Object.assign({
      client_event_id: uuid(), event_type: type, ts: Date.now(), user_id: user, session_id: session
    }, fields)).slice(-MOST);
    later(1000);
  }
  // The path alone: a query may hold anything.
  function page() { track('page_view', { endpoint: w.location.pathname }); }
  function say(what, more) {
    var body = Object.assign({ session_id: session, user_id: user }, more);
    if (user) post('sessions/' + what, body).catch(function () {});
  }
  function login() { say('login', { user_agent: w.navigator.userAgent }); }

  w.daybook = {
    track: track, page: page, flush: function () { return flush(1); },
    identify: function (id) { user = id; login(); }
  };
  restore();
  if (isNew) login();
  if (o.pages != 'off') page();
  w.setInterval(function () { if (!isHidden()) say('heartbeat'); }, 60000);
  d.addEventListener('visibilitychange', function () {
    if (isHidden()) { keep(); flush(1); } else restore();
  });
})(window, document);
