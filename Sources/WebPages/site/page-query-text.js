// What the page has to know about the text of a statement: its parameters, and places in it.

/** Parts of a statement in which `$1` is no parameter: strings, quoted names, comments. */
const quoted = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/g;

/** The highest parameter that a statement names: 2 for `$1 ... $2`, 0 without any. At most 64. */
export function parameterCount(sql) {
  let highest = 0;
  for (const match of sql.replace(quoted, ' ').matchAll(/\$(\d{1,3})\b/g)) highest = Math.max(highest, Number(match[1]));
  return Math.min(highest, 64);
}

/** The value of a parameter, as the interface takes it. Throws an `Error` that says what is wrong. */
export function parameterValue({type, text}, number) {
  const wrong = (rule) => new Error(`Parameter $${number} ${rule}.`);
  switch (type) {
    case 'null': return null;
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong('must be true or false');
      return text === 'true';
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) throw wrong('must be a number');
      return value;
    }
    case 'list': {
      let value;
      try { value = JSON.parse(text); } catch { throw wrong('must be a list, such as ["a", "b"]'); }
      if (!Array.isArray(value)) throw wrong('must be a list, such as ["a", "b"]');
      return value;
    }
    default: return text;
  }
}

/** Where the character with the number `character` (from 1, by code points, as errors count) begins, in UTF-16 units. */
export function offsetOfCharacter(sql, character) {
  let offset = 0;
  for (let passed = 1; passed < character && offset < sql.length; passed++) {
    offset += sql.codePointAt(offset) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** The statement that says how `sql` is run; one that says so already is taken as it stands. */
export function explained(sql, analyze) {
  const body = sql.replace(/^\s*EXPLAIN(\s+ANALYZE)?\s+/i, '');
  const prefix = analyze ? 'EXPLAIN ANALYZE ' : 'EXPLAIN ';
  return {sql: prefix + body, shift: prefix.length - (sql.length - body.length)};
}
