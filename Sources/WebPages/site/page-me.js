// My use: what one used oneself over the range, when one was there, what one did, and what is written down of it.

import {h, replace} from './dom.js';
import {isAbort} from './api.js';
import {loaded, tiles} from './tile.js';
import {failure} from './states.js';
import {listTile} from './page-list.js';
import {ownColumns, showEntry} from './page-audit.js';
import {sessionsTile, timelineTile, useTiles} from './page-user.js';

export const title = 'My use';
export const filters = 'own';

export function show(root, {api, redraw}) {
  const report = api.get('/analytics/me', {}, {filters: 'own'});
  // The timeline takes bounds alone: those of the report.
  const timeline = () => report.then(({range}) => api.get('/analytics/activity-timeline', {start_date: range.from, end_date: range.to, time_zone: range.time_zone, limit: 200}));
  const grid = tiles(
    useTiles(report),
    sessionsTile((parameters) => api.get('/analytics/sessions', parameters, {filters: 'own'})),
    timelineTile(timeline),
    auditTile(api));
  root.append(grid);
  return report.then(() => loaded(root), (error) => {
    if (!isAbort(error)) replace(grid, h('section', {class: 'tile tile-full'}, failure(error, redraw)));
  });
}

const auditTile = (api) => listTile({
  title: 'Audit log', test: 'own-audit', size: 'full', prefix: 'audit', limit: 10, rowTest: 'audit-row', masksOnly: true,
  about: 'What you did that is written down for good. Names and changed values are sealed.',
  ask: (parameters) => api.get('/audit/me', parameters, {filters: 'own'}),
  rowsOf: (answer) => answer.logs, columns: ownColumns,
  onRow: (row) => showEntry(row, {withActor: false}),
  empty: {title: 'No entries in this range', text: 'Nothing that you did was written down.'},
});
