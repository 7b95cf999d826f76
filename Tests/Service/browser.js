// Runs Sources/HTTPServer/Browser/daybook.js against a browser of a few lines: node Tests/Service/browser.js
// Time stands still until `pass` moves it; chance is fixed.
'use strict';
const assert = require('assert'), fs = require('fs'), path = require('path'), vm = require('vm');
const { webcrypto } = require('crypto');
const SOURCE = fs.readFileSync(path.join(__dirname, '../../Sources/HTTPServer/Browser/daybook.js'), 'utf8');

class Storage {
  constructor(items = {}) { this.items = items; }
  getItem(name) { return name in this.items ? this.items[name] : null; }
  setItem(name, value) { this.items[name] = String(value); }
  removeItem(name) { delete this.items[name]; }
}

class Browser {
  constructor({ data = {}, local = new Storage(), session = new Storage(), answers = [] } = {}) {
    Object.assign(this, { now: 1e12, timers: [], requests: [], answers, local, session, warnings: [], listeners: {} });
    const browser = this;
    this.document = {
      currentScript: { src: 'https://daybook.test/daybook.js', dataset: { key: 'dbk_1', ...data } },
      visibilityState: 'visible',
      addEventListener(name, listener) { browser.listeners[name] = listener; },
    };
    const window = this.window = {
      crypto: webcrypto, navigator: { userAgent: 'Test/1' }, location: { pathname: '/gallery', search: '?q=secret' }, localStorage: local,
      sessionStorage: session, console: { warn: text => this.warnings.push(text) },
      setTimeout: (work, wait) => { this.timers.push({ at: this.now + wait, work }); return this.timers.length; },
      setInterval: (work, wait) => { this.timers.push({ at: this.now + wait, work, every: wait }); },
      fetch: (url, options) => this.fetch(url, options),
    };
    const FakeDate = { now: () => this.now };
    const FakeMath = Object.create(Math, { random: { value: () => 1 } });
    FakeMath.min = Math.min; FakeMath.max = Math.max; FakeMath.pow = Math.pow;
    vm.runInNewContext(SOURCE, { window, document: this.document, URL, Date: FakeDate, Math: FakeMath });
    this.daybook = window.daybook;
  }

  fetch(url, options) {
    const request = { url, ...options, body: JSON.parse(options.body) };
    this.requests.push(request);
    const answer = url.endsWith('/batch') ? this.answers.shift() ?? 200 : 200;
    if (answer === 'none') return Promise.reject(new Error('offline'));
    if (answer === 'never') return new Promise(() => {});
    const [status, retryAfter] = [].concat(answer);
    return Promise.resolve({ ok: status < 300, status, headers: new Map([['Retry-After', retryAfter]]) });
  }

  /// Lets so many seconds pass, with all that falls into them.
  async pass(seconds) {
    const end = this.now + seconds * 1000;
    for (;;) {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      const due = this.timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = Math.max(this.now, due.at);
      if (due.every) due.at += due.every; else this.timers.splice(this.timers.indexOf(due), 1);
      due.work();
    }
    this.now = end;
  }

  async show(state) {
    this.document.visibilityState = state;
    this.listeners.visibilitychange();
    await this.pass(0);
  }

  batches() { return this.requests.filter(request => request.url.endsWith('/batch')).map(request => request.body.events); }
  kept() { return JSON.parse(this.local.getItem('daybook.queue') ?? '[]'); }
}

const ids = events => events.map(event => event.client_event_id);
const tests = {
  async 'sends a page view with its path alone, and the key in a header'() {
    const browser = new Browser({ data: { user: 'u-1' } });
    await browser.pass(2);
    const [request] = browser.requests.filter(request => request.url.endsWith('/batch'));
    assert.equal(request.url, 'https://daybook.test/api/analytics/events/batch');
    assert.equal(request.headers.Authorization, 'Bearer dbk_1');
    assert.equal(request.keepalive, true);
    assert.equal(request.credentials, 'omit');
    const [event] = request.body.events;
    assert.equal(event.event_type, 'page_view');
    assert.equal(event.endpoint, '/gallery');
    assert.equal(event.user_id, 'u-1');
    assert.match(event.client_event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(!JSON.stringify(request.body).includes('secret'));
  },

  async 'sends the same ids again, ever more slowly, and believes Retry-After'() {
    const browser = new Browser({ answers: ['none', 503, [429, '30'], 200] });
    const times = [];
    const fetch = browser.fetch.bind(browser);
    browser.fetch = (url, options) => { times.push(browser.now); return fetch(url, options); };
    await browser.pass(120);
    const batches = browser.batches();
    assert.equal(batches.length, 4);
    for (const batch of batches) assert.deepEqual(ids(batch), ids(batches[0]));
    assert.deepEqual(times.slice(1).map((time, i) => (time - times[i]) / 1000), [1, 2, 30]);
  },

  async 'gives up what the service refuses, says so, and goes on'() {
    const browser = new Browser({ answers: [400] });
    await browser.pass(2);
    assert.deepEqual(browser.warnings, ['daybook: refused with 400']);
    browser.daybook.track('chat', { model: 'm' });
    await browser.pass(2);
    assert.deepEqual(browser.batches().map(batch => batch.map(event => event.event_type)), [['page_view'], ['chat']]);
  },

  async 'keeps no more than it may, the newest, in batches that keepalive allows'() {
    const browser = new Browser({ data: { pages: 'off' }, answers: ['none'] });
    for (let i = 0; i < 1200; i++) browser.daybook.track('chat', { message_id: `m-${i}` });
    await browser.pass(60);
    const sent = browser.batches().slice(1).flat();
    assert.equal(sent.length, 500);
    assert.equal(sent[0].message_id, 'm-700');
    assert.ok(browser.requests.every(request => JSON.stringify(request.body).length < 64 * 1024));
  },

  async 'sends and keeps what is left when the page is hidden, and the next page sends it again'() {
    const local = new Storage();
    const browser = new Browser({ local, answers: ['never'] });
    await browser.show('hidden');
    const [lost] = browser.batches();
    assert.deepEqual(ids(browser.kept()), ids(lost));
    const next = new Browser({ local, data: { pages: 'off' } });
    assert.equal(next.kept().length, 0);
    next.daybook.track('chat');
    await next.pass(2);
    assert.deepEqual(ids(next.batches()[0])[0], ids(lost)[0]);
    assert.equal(next.batches()[0].length, 2);
  },

  async 'forgets what was stored while the page was hidden'() {
    const browser = new Browser();
    await browser.show('hidden');
    assert.equal(browser.batches().length, 1);
    assert.equal(browser.kept().length, 0);
    await browser.show('visible');
    await browser.pass(5);
    assert.equal(browser.batches().length, 1);
  },

  async 'says once a minute that a visible page is used, of one session'() {
    const session = new Storage();
    const browser = new Browser({ session, data: { user: 'u-1' } });
    await browser.pass(125);
    await browser.show('hidden');
    await browser.pass(300);
    const messages = browser.requests.filter(request => request.url.includes('/sessions/'));
    assert.deepEqual(messages.map(request => request.url.split('/').pop()), ['login', 'heartbeat', 'heartbeat']);
    assert.deepEqual(messages.map(request => request.body.user_agent), ['Test/1', undefined, undefined]);
    assert.equal(new Set(messages.map(request => request.body.session_id)).size, 1);
    const next = new Browser({ session, data: { user: 'u-1' } });
    await next.pass(61);
    assert.deepEqual(next.requests.filter(request => request.url.includes('/sessions/')).map(request => request.body.session_id),
      [messages[0].body.session_id]);
  },

  async 'works without storage, with a damaged queue, twice on a page, and not at all without a key'() {
    const forbidden = { getItem() { throw new Error(); }, setItem() { throw new Error(); }, removeItem() { throw new Error(); } };
    const without = new Browser({ local: forbidden, session: forbidden });
    await without.show('hidden');
    assert.equal(without.batches().length, 1);
    for (const damage of ['{', '7', '[null, 3]', '"x"']) {
      const browser = new Browser({ local: new Storage({ 'daybook.queue': damage }) });
      await browser.pass(2);
      assert.ok(browser.batches().length >= 1);
    }
    const browser = new Browser();
    vm.runInNewContext(SOURCE, { window: browser.window, document: browser.document, URL, Date, Math });
    assert.equal(browser.window.daybook, browser.daybook);
    assert.equal(new Browser({ data: { key: '' } }).daybook, undefined);
  },
};

(async () => {
  assert.ok(SOURCE.length < 4096, 'the snippet has grown past 4 kB');
  for (const [name, test] of Object.entries(tests)) {
    try { await test(); } catch (error) { console.error(`the browser snippet ${name}:`); throw error; }
  }
  console.log(`${Object.keys(tests).length} tests of the browser snippet passed`);
})().catch(error => { console.error(error); process.exit(1); });
