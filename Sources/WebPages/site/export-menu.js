// Taking a whole list away as a file, written by the service: all rows that the filters let through, with its masks.

import {h} from './dom.js';
import {isAbort} from './api.js';
import {menu, closeMenu} from './menu.js';
import {notice} from './page-notice.js';

const FORMATS = [
  ['CSV', {format: 'csv'}],
  ['CSV for spreadsheets', {format: 'csv', cells: 'spreadsheet'}],
  ['JSON', {format: 'json'}],
  ['NDJSON, an object on each line', {format: 'ndjson'}],
];

const NAMES = {events: 'all', tokens: 'all', threats: 'all', requests: 'all', users: 'all', sessions: 'all', feedback: 'all', kpis: 'figures', trends: 'trends', cost: 'all'};

/** A button with the formats; `list` names what is exported (events, tokens, threats, requests, users, sessions, feedback, kpis, trends, cost), `parameters` are a page's own filters, `filters` those of the header that it heeds. */
export const exportMenu = (api, list, parameters = {}, filters = 'people') => menu(`Export ${NAMES[list] ?? list}`, () => [
  h('h3', null, 'All rows, by the service'),
  h('div', null, FORMATS.map(([title, format]) => h('button', {type: 'button', class: 'plain wide', 'data-test': `export-${format.cells ?? format.format}`, onclick: async () => {
    closeMenu();
    notice('The file is being written…', {seconds: 3});
    try {
      await api.download('/api/admin/analytics/export', {...parameters, ...format, list}, {filters, name: `daybook-${list}.${format.format}`});
    } catch (error) {
      if (!isAbort(error)) notice(`${error.title ?? 'No file'}: ${error.detail ?? error.message}`, {isError: true});
    }
  }}, title))),
], {name: `Export ${list}`, image: 'download', key: `export-${list}`, test: `export-${list}`, side: 'end'});
