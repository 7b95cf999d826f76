// Rows as a file that spreadsheets read.

import {save} from './api.js';

/** A cell: quoted where it must be; text that a spreadsheet would take for a formula gets an apostrophe first. */
function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Columns are `{title, key}` or have `value(row)`: what is written is the value, not its short form on screen. */
export const valueOf = (column, row) => column.value ? column.value(row) : row[column.key];

export function csv(columns, rows) {
  const lines = [columns.map((column) => cell(column.title)), ...rows.map((row) => columns.map((column) => cell(valueOf(column, row))))];
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}

export function saveCsv(name, columns, rows) {
  const safe = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'daybook';
  save(new Blob([csv(columns, rows)], {type: 'text/csv;charset=utf-8'}), `${safe}.csv`);
}
