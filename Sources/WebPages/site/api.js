// Asking the service. Every answer that is no success becomes a `Problem`, which says what to do.

import * as state from './state.js';
import {takeEarly} from './early.js';

/** An answer of type application/problem+json, or that there was none. */
export class Problem extends Error {
  constructor({title, detail, hint, code, status = 0, errors, position, sqlstate} = {}) {
    super(detail ?? title ?? 'unknown');
    Object.assign(this, {title: title ?? 'The service cannot be reached', detail, hint, code, status, errors, position, sqlstate});
  }
  /** There is no such endpoint or thing. */
  get isMissing() { return this.status === 404; }
  get isForbidden() { return this.status === 403; }
}

/** Whether `error` only says that somebody went elsewhere meanwhile. */
export const isAbort = (error) => error?.name === 'AbortError';

let session = null;
export const setSession = (value) => { session = value; };

/**
 * Parameters of the header's controls, as far as an endpoint takes them (all refuse what they do not know):
 * `none`; `own` = range, of oneself; `scope` = organisation; `time` = and range, with its time zone; `people` = and who; `compare` = and with what it is compared.
 */
export function globalFilters(reach) {
  const query = new URLSearchParams();
  if (reach === 'none') return query;
  if (reach === 'own') return addRange(query);
  const organization = state.get('organization_id');
  if (organization) query.set('organization_id', organization);
  else if (state.get('organizations') === 'all' || (session?.organizations === null && !session.organization_id)) query.set('organizations', 'all');
  if (reach === 'scope') return query;
  addRange(query);
  if (reach === 'time') return query;
  for (const name of state.PEOPLE) for (const value of state.getAll(name)) query.append(name, value);
  if (reach === 'compare' && state.get('compare')) query.set('compare', state.get('compare'));
  return query;
}

function addRange(query) {
  const {preset, from, to} = state.range();
  if (preset) query.set('range', preset);
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  if (state.get('time_zone')) query.set('time_zone', state.get('time_zone'));
  return query;
}

/** `path` with its query: `filters` as above, then `parameters` (lists repeat, empty values are left out). */
export function address(path, parameters = {}, filters = 'none') {
  const query = globalFilters(filters);
  for (const [name, value] of Object.entries(parameters)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '') query.append(name, String(one));
    }
  }
  return path + (query.size ? (path.includes('?') ? '&' : '?') + query : '');
}

const get = (path, headers, signal) => fetch(path, {method: 'GET', headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal});

/** The response to a question that a page will ask in a moment; nothing ends it. */
export const getEarly = (path) => get(path, {Accept: 'application/json'});

/** Answers of one page are about the same rows for as long as the service keeps them apart. */
const AS_OF_SECONDS = 110;

/**
 * The service as one page sees it: what it asks ends with `signal`.
 *
 * Functions take `(path, parameters, {filters, asOf, reveal, signal})`. `asOf: true` makes answers be about the rows of the
 * first one that was asked for so; `reveal: true` shows sealed columns while a reveal is open (lists with e-mail, IP
 * addresses, audit changes). Writing functions take the body where reading ones take parameters.
 */
export function connect({signal: pageSignal, onSignedOut = () => {}, onAnswer = () => {}} = {}) {
  let first = null;

  async function send(method, path, {body, signal, accept = 'application/json', reveal, headers: extra} = {}) {
    const signals = [pageSignal, signal].filter(Boolean);
    const headers = {Accept: accept, ...extra};
    if (reveal) headers['X-Daybook-Reveal'] = reveal;
    if (method !== 'GET') headers['X-Daybook-Page'] = '1';
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const ending = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    let response;
    try {
      if (method === 'GET') response = await (reveal ? get(path, headers, ending) : takeEarly(path) ?? get(path, headers, ending));
      else response = await fetch(path, {method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error', body: body === undefined ? undefined : JSON.stringify(body), signal: ending});
      ending?.throwIfAborted();
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new Problem({code: 'unreachable', detail: 'No answer came from the service.', hint: 'Is daybook serve running? Try again when it is.'});
    }
    if (response.ok) return response;
    const told = await response.json().catch(() => ({title: `The service answered ${response.status}`}));
    const problem = new Problem({...told, status: response.status});
    // Nothing is for whom belongs to no organisation, whatever his role.
    if (problem.isForbidden && session?.organizations?.length === 0) problem.title = 'Your token names no organisation';
    if (response.status === 401) onSignedOut(problem);
    throw problem;
  }

  /** With the reader's open reveal, and as everybody sees it where that does not hold for what is asked. */
  async function sendRevealed(method, path, options) {
    if (!session?.reveal) return send(method, path, options);
    try {
      return await send(method, path, {...options, reveal: session.reveal.id});
    } catch (error) {
      if (!error.isForbidden && error.status !== 422) throw error;
      return send(method, path, options);
    }
  }

  async function read(path, parameters, {filters = 'none', signal, asOf = false, reveal = false} = {}) {
    const ask = async (extra) => {
      const target = address(path, {...parameters, ...extra}, filters);
      const response = await (reveal ? sendRevealed('GET', target, {signal}) : send('GET', target, {signal}));
      const answer = response.status === 204 ? null : await response.json();
      onAnswer(answer);
      return answer;
    };
    if (!asOf) return ask();
    if (first && performance.now() - first.at > AS_OF_SECONDS * 1_000) first = null;
    if (!first) {
      const answer = ask();
      const mine = {at: performance.now(), number: answer.then((one) => one?.receipt?.sequence_number, () => undefined)};
      first = mine;
      answer.catch(() => { if (first === mine) first = null; });
      return answer;
    }
    const number = await first.number;
    try {
      return await ask(number === undefined ? undefined : {as_of: number});
    } catch (error) {
      if (error.code !== 'as_of_gone') throw error;
      first = null;
      return ask();
    }
  }

  const change = (method) => async (path, body, {signal, filters = 'none', parameters, reveal = false} = {}) => {
    const response = await (reveal ? sendRevealed : send)(method, address(path, parameters, filters), {body, signal});
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  };

  return {
    get: read,
    post: change('POST'),
    put: change('PUT'),
    patch: change('PATCH'),
    delete: change('DELETE'),
    /** The raw answer, for streams. */
    open: (path, parameters, {filters = 'none', signal, accept, headers} = {}) => send('GET', address(path, parameters, filters), {signal, accept, headers}),
    /** Saves an answer as a file; the service's own name for it wins over `name`. */
    async download(path, parameters, {filters = 'none', name = 'daybook.csv', method = 'GET', body} = {}) {
      const response = await sendRevealed(method, address(path, parameters, filters), {accept: '*/*', body});
      const told = /filename="([^"/\\]+)"/.exec(response.headers.get('Content-Disposition') ?? '');
      save(await response.blob(), told?.[1] ?? name);
    },
  };
}

/** Gives a file to the reader. */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
