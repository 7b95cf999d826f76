// The page for those whom the service does not know yet: a token, or the one-time link of `daybook serve`.

import {h, mark, replace} from './dom.js';
import {connect} from './api.js';
import {failure} from './states.js';

/** Only a path of this origin: `//host` and `/\host` lead elsewhere. */
export function destination() {
  const next = new URLSearchParams(location.search).get('next') ?? '/overview';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/overview';
}

/** Draws the form into `root`; `done()` is called when the service has given the cookie. */
export function signIn(root, done) {
  const api = connect();
  const problem = h('div', {'aria-live': 'assertive', 'data-test': 'sign-in-problem'});
  const token = h('textarea', {id: 'token', name: 'token', rows: 4, required: true, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', placeholder: 'eyJ…', 'data-test': 'token'});
  const button = h('button', {type: 'submit', class: 'primary', 'data-test': 'sign-in'}, 'Sign in');

  async function open(body) {
    replace(problem);
    button.disabled = true;
    try {
      await api.post('/api/session', body);
      done();
    } catch (error) {
      const refused = error.status === 401 || error.status === 403 || error.status === 422;
      replace(problem, failure(refused ? Object.assign(error, {title: body.code ? 'This link does not hold any more' : 'The service does not take this token', hint: error.hint ?? (body.code ? 'Links work once, for ten minutes: start daybook serve again, or use a token.' : 'Make one with: daybook token issue --user NAME --role admin --organization ORGANISATION')}) : error));
      token.focus();
    }
    button.disabled = false;
  }

  const form = h('form', {class: 'sign-in', 'data-test': 'sign-in-form', onsubmit: (event) => {
    event.preventDefault();
    open({token: token.value.trim()});
  }},
  mark(40),
  h('h1', null, 'Daybook'),
  h('p', null, 'What the users of an AI platform do.'),
  h('label', {for: 'token'}, 'Token'), token, problem, button,
  h('p', {class: 'hint'}, 'On this machine, ', h('code', null, 'daybook serve'), ' prints a link that signs you in, and ', h('code', null, 'daybook token issue'), ' makes tokens.'));
  replace(root, h('main', {class: 'sign-in-page'}, form));

  // A link that is opened while this page is shown changes the fragment alone.
  const follow = () => {
    const code = new URLSearchParams(location.hash.slice(1)).get('code');
    if (location.hash) history.replaceState(null, '', location.pathname + location.search);
    if (code) open({code});
    else token.focus();
  };
  addEventListener('hashchange', follow);
  follow();
}
