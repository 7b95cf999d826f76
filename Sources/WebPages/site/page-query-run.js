// Running a statement: one at a time, under a name of its own, so that it can be cancelled.

import {address, isAbort} from './api.js';

const bytesAsHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const newQueryId = () => `page-${bytesAsHex(crypto.getRandomValues(new Uint8Array(8)))}`;

/** Runs `{sql, parameters, rows}`: `{promise, cancel()}`. The answer has the `seconds` until all of it was here. */
export function run(api, {sql, parameters, rows, timeZone}) {
  const id = newQueryId();
  const started = performance.now();
  const body = {sql, query_id: id, limits: {max_rows: rows}, ...(parameters.length && {parameters}), ...(timeZone && {time_zone: timeZone})};
  const promise = api.post('/api/query', body, {filters: 'scope', reveal: true}).then((answer) => ({...answer, seconds: (performance.now() - started) / 1_000}));
  return {
    id, started, promise,
    /** Asks the service to end it; the statement's own answer then says so. */
    async cancel() {
      try {
        await api.delete(`/api/query/${id}`);
      } catch (error) {
        // It ended by itself meanwhile.
        if (!error.isMissing && !isAbort(error)) throw error;
      }
    },
  };
}

/** Gives the rows of a statement to the reader as a file, as the service writes them. */
export async function downloadRows(api, {sql, parameters, timeZone, format}) {
  await api.download('/api/query', {}, {filters: 'scope', method: 'POST', body: {sql, format, ...(parameters.length && {parameters}), ...(timeZone && {time_zone: timeZone})}, name: `query.${format}`});
}

/** Tables with their columns, and functions, for completion; less of it for who may not read system tables. */
export async function readCatalog(api, mayOperate) {
  const ask = (sql) => api.post('/api/query', {sql}, {filters: 'scope'});
  const tables = new Map();
  const put = (name, column, type, label) => {
    if (!tables.has(name)) tables.set(name, []);
    if (column) tables.get(name).push({name: column, type, label});
  };
  const [columns, functions, labels] = await Promise.all([
    ask('SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY table_name, ordinal_position'),
    mayOperate ? ask('SELECT DISTINCT function_name FROM system.functions ORDER BY 1') : {rows: []},
    mayOperate ? ask('SELECT table_name, column_name, label FROM system.columns WHERE label IS NOT NULL') : {rows: []},
  ]);
  const labelOf = new Map(labels.rows.map(([table, column, label]) => [`${table}.${column}`, label]));
  for (const [table, column, type] of columns.rows) put(table, column, type, labelOf.get(`${table}.${column}`));
  for (const name of ['tables', 'columns', 'partitions', 'segments', 'views', 'functions', 'settings', 'metrics', 'queries', 'database', 'retention_drops']) put(`system.${name}`);
  for (const name of ['tables', 'columns']) put(`information_schema.${name}`);
  return {tables, functions: functions.rows.map(([name]) => name)};
}

/** The address of this page with a statement in it, or null where that would be too long to send around. */
export function shareAddress(sql, entries) {
  const query = address('/query', {q: sql, p: entries.length ? JSON.stringify(entries) : null}, 'scope');
  return query.length <= 8_000 ? query : null;
}

/** The parameters of an address: a list of `{type, text}`, or none where it is something else. */
export function sharedEntries(text) {
  try {
    const list = JSON.parse(text ?? '[]');
    const types = ['text', 'number', 'boolean', 'list', 'null'];
    return Array.isArray(list) ? list.slice(0, 64).map((one) => ({type: types.includes(one?.type) ? one.type : 'text', text: String(one?.text ?? '')})) : [];
  } catch { return []; }
}
