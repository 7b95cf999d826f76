// Feedback & threats: what people thought of answers, and what looked like an attack.

import {loaded, tiles} from './tile.js';
import {feedbackTile, ratingTile, ratingsByDayTile} from './page-feedback-ratings.js';
import {threatsTile} from './page-feedback-threats.js';
import {may} from './page-list.js';

export const title = 'Feedback & threats';
export const filters = 'time';

export function show(root, page) {
  // Two tiles are about one answer.
  let asked = null;
  const summary = () => asked ??= page.api.get('/api/admin/feedback/summary', {}, {filters: 'time'}).catch((error) => {
    asked = null;
    throw error;
  });
  root.append(tiles(ratingTile(summary), ratingsByDayTile(summary), may(page.session, 'handle_threats') ? threatsTile(page) : '', feedbackTile(page)));
  return loaded(root);
}
