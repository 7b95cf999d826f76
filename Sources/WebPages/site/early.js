// Answers on their way to a page whose modules are not there yet. Each is for the first who asks the same, soon.

const SECONDS = 10;
const waiting = new Map();

/** Keeps the `answer`, a promise of a response, of a GET of `address`. */
export function keepEarly(address, answer) {
  answer.catch(() => { /* who takes it says so */ });
  waiting.set(address, {answer, at: performance.now()});
}

/** The answer that was asked for early, or nothing. */
export function takeEarly(address) {
  const found = waiting.get(address);
  waiting.delete(address);
  return found && performance.now() - found.at < SECONDS * 1_000 ? found.answer : undefined;
}
