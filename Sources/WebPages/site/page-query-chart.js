// The chart of a result: which column runs along, which ones are drawn, and how.

const numeric = new Set(['bigint', 'double precision']);
const temporal = new Set(['timestamp', 'timestamptz', 'date']);
export const mostPoints = 2000;
const mostSeries = 7;

export const isNumeric = (column) => numeric.has(column.type);
export const isTemporal = (column) => temporal.has(column.type);

/** A number of the answer: whole numbers beyond 2^53 and "NaN" come as texts. */
const number = (value) => {
  const result = value === null ? NaN : Number(value);
  return Number.isFinite(result) ? result : null;
};

/**
 * How a result can be drawn: the first column of times, else of texts, against the columns of numbers. A
 * time, a text and one number become a line for each text. Null where there is nothing to draw.
 */
export function chartOf(columns, rows) {
  const numbers = columns.flatMap((column, index) => isNumeric(column) && !column.redacted ? [index] : []);
  const time = columns.findIndex((column) => isTemporal(column) && !column.redacted);
  const text = columns.findIndex((column) => !isNumeric(column) && !isTemporal(column) && !column.redacted && column.type !== 'json');
  let along = time >= 0 ? time : text;
  let drawn = numbers;
  if (along < 0 && numbers.length > 1) [along, drawn] = [numbers[0], numbers.slice(1)];
  if (along < 0 || drawn.length === 0 || rows.length === 0) return null;
  const kind = time >= 0 ? 'line' : 'bar';
  const notes = [];
  const shown = rows.slice(0, kind === 'line' ? mostPoints : 60);
  if (shown.length < rows.length) notes.push(`the first ${shown.length} of ${rows.length} rows`);
  const base = {kind, alongName: columns[along].name, alongType: columns[along].type, notes};
  if (time >= 0 && text >= 0 && drawn.length === 1) return {...base, ...split(shown, time, text, drawn[0], notes)};
  if (drawn.length > mostSeries) notes.push(`the first ${mostSeries} of ${drawn.length} columns of numbers`);
  const order = kind === 'line' ? [...shown].sort((a, b) => compare(a[along], b[along])) : shown;
  return {
    ...base,
    labels: order.map((row) => row[along] === null ? 'null' : String(row[along])),
    series: drawn.slice(0, mostSeries).map((index) => ({name: columns[index].name, values: order.map((row) => number(row[index]))})),
  };
}

const compare = (a, b) => a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

function split(rows, time, text, value, notes) {
  const labels = [...new Set(rows.map((row) => row[time]))].filter((label) => label !== null).sort(compare);
  const place = new Map(labels.map((label, index) => [label, index]));
  const series = new Map();
  for (const row of rows) {
    if (!place.has(row[time])) continue;
    const name = row[text] === null ? 'null' : String(row[text]);
    if (!series.has(name)) series.set(name, {name, sum: 0, values: Array(labels.length).fill(null)});
    const entry = series.get(name), amount = number(row[value]);
    if (amount === null) continue;
    entry.values[place.get(row[time])] = (entry.values[place.get(row[time])] ?? 0) + amount;
    entry.sum += Math.abs(amount);
  }
  const all = [...series.values()].sort((a, b) => b.sum - a.sum);
  if (all.length > mostSeries) notes.push(`the ${mostSeries} largest of ${all.length} lines`);
  return {labels: labels.map(String), series: all.slice(0, mostSeries).map(({name, values}) => ({name, values}))};
}
