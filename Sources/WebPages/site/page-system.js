// System: how the service fares, what emitters sent and what became of it, what it keeps and what it is doing.

import {loaded, tiles} from './tile.js';
import {healthTile} from './page-system-health.js';
import {ledgerTile, keysTile} from './page-system-intake.js';
import {deadLettersTile} from './page-system-dead-letters.js';
import {partitionsTile, queriesTile} from './page-system-engine.js';
import {alertsTile, jobsTile} from './page-system-jobs.js';
import {may} from './page-list.js';

export const title = 'System';
export const filters = 'scope';

export function show(root, page) {
  const allowed = (capability, make) => may(page.session, capability) && make();
  const ledger = allowed('handle_dead_letters', () => ledgerTile(page));
  root.append(tiles(...[
    healthTile(page), alertsTile(page), ledger,
    allowed('handle_dead_letters', () => deadLettersTile(page, () => ledger.reload())),
    allowed('operate', () => partitionsTile(page)),
    allowed('run_queries', () => queriesTile(page)),
    allowed('operate', () => jobsTile(page)),
    allowed('manage_emitter_keys', () => keysTile(page)),
  ].filter(Boolean)));
  return loaded(root);
}
