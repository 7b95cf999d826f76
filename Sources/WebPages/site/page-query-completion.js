// What the editor offers while one types: columns of the tables that the statement names, tables, functions, words.

const words = `ALL AND ANY AS ASC BETWEEN BY CASE CAST COUNT CROSS CURRENT_DATE CURRENT_TIMESTAMP DATE DESC DESCRIBE DISTINCT ELSE END EXCEPT
EXISTS EXPLAIN ANALYZE EXTRACT FALSE FILTER FROM FULL GROUP HAVING ILIKE IN INNER INTERSECT INTERVAL IS JOIN LEFT LIKE LIMIT NOT NULL OFFSET ON OR
ORDER OUTER OVER PARTITION QUALIFY RIGHT ROWS SELECT SHOW TABLES THEN TIMESTAMP TRUE UNION USING VALUES WHEN WHERE WINDOW WITH`.split(/\s+/);

/** Tables that `sql` names after FROM or JOIN, with their columns: `{table: alias}`. */
function namedTables(sql, catalog) {
  const named = new Map();
  for (const match of sql.matchAll(/\b(?:from|join)\s+([\w.]+)(?:\s+(?:as\s+)?(\w+))?/gi)) {
    const table = match[1].toLowerCase();
    if (catalog.tables.has(table)) named.set(table, match[2] ?? null);
  }
  return named;
}

/** The entries for the word that ends at the cursor, at most 200; the same with `alias.` or `table.` before it. */
export function completions(sql, before, catalog) {
  const [, qualifier, start] = before.match(/(?:([\w.]*\w)\.)?(\w*)$/) ?? [];
  const matches = (name) => name.toLowerCase().startsWith(start.toLowerCase());
  const named = namedTables(sql, catalog);
  const list = [];
  const offer = (text, kind, detail) => { if (matches(text)) list.push({text, kind, detail}); };
  if (qualifier) {
    const wanted = qualifier.toLowerCase();
    const table = catalog.tables.has(wanted) ? wanted : [...named].find(([, alias]) => alias?.toLowerCase() === wanted)?.[0];
    for (const column of catalog.tables.get(table) ?? []) offer(column.name, 'column', column.type);
    for (const name of catalog.tables.keys()) {
      if (name.startsWith(wanted + '.')) offer(name.slice(wanted.length + 1), 'table', '');
    }
    return {list: list.slice(0, 200), length: start.length};
  }
  const seen = new Set();
  for (const table of named.keys()) {
    for (const column of catalog.tables.get(table)) {
      if (!seen.has(column.name)) { seen.add(column.name); offer(column.name, 'column', column.type); }
    }
  }
  for (const name of catalog.tables.keys()) offer(name, 'table', 'table');
  if (start) {
    for (const name of catalog.functions) offer(name, 'function', 'function');
    for (const word of words) offer(word, 'keyword', '');
  }
  return {list: list.slice(0, 200), length: start.length};
}
