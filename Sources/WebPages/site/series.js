// Series of the API as charts take them: labels by grain and zone, the bucket that is not whole yet, values by name.

import {bucket, dateOf, severalYears, weekday} from './format.js';
import * as state from './state.js';

/** Reads an answer with `buckets`, `grain`, `series`: `labels`, `titles`, `partial`, and `values(id)`. */
export function timeline({buckets, grain, series, range}) {
  const zone = range.time_zone;
  const last = buckets.length - 1;
  const hrefs = narrowing(buckets, grain, range);
  const year = severalYears(buckets.map((one) => one.start), zone);
  const find = (id) => series.find((one) => one.id === id);
  return {
    labels: buckets.map((one) => bucket(one.start, grain, zone, {year})),
    titles: buckets.map((one) => grain === 'day' ? weekday(one.start, zone, {year}) : grain === 'week' ? `Week of ${bucket(one.start, 'day', zone, {year})}` : bucket(one.start, grain, zone)),
    partial: buckets[last]?.is_partial ? last : -1,
    values: (id) => find(id)?.values,
    /** A chart of the series that there are among `entries` = `[id, name?, more?]`; `null` when nothing in them is known. */
    chart(kind, unit, entries, more = {}) {
      const known = entries.map(([id, name, extra]) => ({found: find(id), name, extra})).filter(({found}) => found && !found.unavailable)
        .map(({found, name, extra}) => ({name: name ?? found.title, values: found.values, unit: found.unit, ...extra}));
      if (!known.some((one) => one.values.some((value) => typeof value === 'number' && value !== 0))) return null;
      return {kind, unit, series: known, labels: this.labels, titles: this.titles, hrefs, hint: `Click: this ${grain} alone`, partial: this.partial, ...more};
    },
  };
}

/** Addresses of this page for each bucket alone; hours have none, since a range is of whole days. */
function narrowing(buckets, grain, {time_zone: zone, to}) {
  if (!['day', 'week', 'month'].includes(grain) || buckets.length < 2) return undefined;
  return buckets.map((one, at) => {
    const end = buckets[at + 1]?.start ?? to;
    const last = dateOf(new Date(Date.parse(end) - 1).toISOString(), zone);
    return state.link(location.pathname, {range: null, from: dateOf(one.start, zone), to: last});
  });
}
