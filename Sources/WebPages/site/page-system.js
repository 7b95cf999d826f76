// System: how the service fares, what emitters sent and what became of it, what it keeps and what it is doing.

import {tiles} from './tile.js';
import {healthTile} from './page-system-health.js';
import {ledgerTile, keysTile} from './page-system-intake.js';
import {deadLettersTile} from './page-system-dead-letters.js';
import {partitionsTile, queriesTile} from './page-system-engine.js';
import {alertsTile, jobsTile} from './page-system-jobs.js';

export const title = 'System';
export const filters = 'scope';

export function show(root, page) {
  const ledger = ledgerTile(page);
  root.append(tiles(
    healthTile(page), alertsTile(page), ledger, deadLettersTile(page, () => ledger.reload()), partitionsTile(page), queriesTile(page), jobsTile(page), keysTile(page)));
}
