// The stream of live counters, and what to do when it ends: come back, look again every half minute, rest while nobody looks.

import {isAbort} from './api.js';

const TRIES_BEFORE_POLLING = 3;
const SILENCE_MS = 20_000;
const STREAM_AGAIN_MS = 60_000;

/** Events of a `text/event-stream` as `{id, event, data}`; `{comment: true}` for lines that only say "still here". */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const {value, done} = await reader.read();
      if (done) return;
      text += value.replaceAll('\r\n', '\n');
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) yield parseEvent(block);
      if (text.startsWith(':') && text.includes('\n')) { yield {comment: true}; text = text.slice(text.indexOf('\n') + 1); }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parseEvent(block) {
  const event = {event: 'message', data: ''};
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) { event.comment = true; continue; }
    const colon = line.indexOf(':');
    const [field, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (field === 'data') event.data += (event.data && '\n') + value;
    else if (field === 'id' || field === 'event' || field === 'retry') event[field] = value;
  }
  return event;
}

/**
 * Follows the counters until `signal` aborts.
 *
 * `tell` has `snapshot(data)`, `update(data)` and `state(name, detail)`, whose names are `connecting`, `live`, `polling`, `paused` and
 * `stopped` (with the problem). A hidden tab neither streams nor polls. `parameters` choose the counters.
 */
export function followCounters({api, signal, tell, parameters = {series: true}}) {
  let failures = 0;
  let lastId = null;
  let retry = 2_000;
  let attempt = null;
  let timer;
  let lastTry = 0;

  function later(act, wait) {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  }

  async function stream() {
    if (signal.aborted || document.hidden) return;
    attempt = new AbortController();
    const {signal: mine} = attempt;
    lastTry = performance.now();
    if (failures === 0) tell.state('connecting');
    let quiet = setTimeout(() => attempt.abort(), SILENCE_MS);
    try {
      const response = await api.open('/api/admin/live', parameters, {filters: 'scope', signal: mine, accept: 'text/event-stream', headers: lastId ? {'Last-Event-ID': lastId} : {}});
      for await (const event of readEvents(response.body)) {
        clearTimeout(quiet);
        quiet = setTimeout(() => attempt.abort(), SILENCE_MS);
        if (event.retry) retry = Math.min(60_000, Math.max(500, Number(event.retry) || retry));
        if (event.id) lastId = event.id;
        if (event.event === 'snapshot' && event.data) tell.snapshot(JSON.parse(event.data));
        if (event.event === 'update' && event.data) tell.update(JSON.parse(event.data));
        if (event.event === 'end') break;
        failures = 0;
        tell.state('live');
      }
      if (!mine.aborted) failed();
    } catch (error) {
      if (signal.aborted || document.hidden) return;
      failed(isAbort(error) ? null : error);
    } finally {
      clearTimeout(quiet);
    }
  }

  function failed(error) {
    if (signal.aborted || document.hidden) return;
    if (error?.status === 401 || error?.isForbidden || error?.status === 422 || error?.isMissing) return tell.state('stopped', error);
    failures += 1;
    if (failures < TRIES_BEFORE_POLLING) {
      tell.state('connecting', error);
      later(stream, retry);
    } else {
      poll();
    }
  }

  async function poll() {
    if (signal.aborted || document.hidden) return;
    let wait = 30_000;
    try {
      const data = await api.get('/api/admin/live/snapshot', parameters, {filters: 'scope', signal});
      wait = data.refresh_seconds * 1_000 || wait;
      lastId = null;
      tell.snapshot(data);
      tell.state('polling');
    } catch (error) {
      if (signal.aborted) return;
      tell.state('polling', error);
      wait = 5_000;
    }
    later(performance.now() - lastTry > STREAM_AGAIN_MS ? stream : poll, wait);
  }

  function look() {
    clearTimeout(timer);
    if (document.hidden) {
      attempt?.abort();
      tell.state('paused');
    } else {
      failures = 0;
      stream();
    }
  }
  document.addEventListener('visibilitychange', look, {signal});
  signal.addEventListener('abort', () => { clearTimeout(timer); attempt?.abort(); });
  look();
}
