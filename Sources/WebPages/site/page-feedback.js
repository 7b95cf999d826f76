// Feedback & threats: what people thought of answers, and what looked like an attack.

import {loaded, tiles} from './tile.js';
import {feedbackTile, ratingTile, ratingsOverTimeTile, surveysTile} from './page-feedback-ratings.js';
import {threatsTile} from './page-feedback-threats.js';
import {may} from './page-list.js';

export const title = 'Feedback & threats';
export const filters = 'time';

export function show(root, page) {
  // Several tiles are about one answer; who tries again gets a new one.
  let asked = null;
  const summary = () => asked ??= page.api.get('/api/admin/feedback/summary', {}, {filters: 'time'}).catch((error) => {
    asked = null;
    throw error;
  });
  const feedback = feedbackTile(page);
  root.append(tiles(ratingTile(summary), ratingsOverTimeTile(summary), may(page.session, 'handle_threats') && threatsTile(page), feedback));
  summary().then((answer) => { if (answer.surveys?.length) feedback.before(surveysTile(summary)); }, () => { /* the tiles say so */ });
  return loaded(root);
}
