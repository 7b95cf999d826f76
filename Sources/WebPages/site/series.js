// Series of the API as charts take them: labels by grain and zone, the bucket that is not whole yet, values by name.

import {bucket, weekday} from './format.js';

/** Reads an answer with `buckets`, `grain`, `series`: `labels`, `titles`, `partial`, and `values(id)`. */
export function timeline({buckets, grain, series, range}) {
  const zone = range.time_zone;
  const last = buckets.length - 1;
  const find = (id) => series.find((one) => one.id === id);
  return {
    labels: buckets.map((one) => bucket(one.start, grain, zone)),
    titles: buckets.map((one) => grain === 'day' ? weekday(one.start, zone) : grain === 'week' ? `Week of ${bucket(one.start, 'day', zone)}` : bucket(one.start, grain, zone)),
    partial: buckets[last]?.is_partial ? last : -1,
    values: (id) => find(id)?.values,
    /** A chart of the series that there are among `entries` = `[id, name?, more?]`; `null` when nothing in them is known. */
    chart(kind, unit, entries, more = {}) {
      const known = entries.map(([id, name, extra]) => ({found: find(id), name, extra})).filter(({found}) => found && !found.unavailable)
        .map(({found, name, extra}) => ({name: name ?? found.title, values: found.values, unit: found.unit, ...extra}));
      if (!known.some((one) => one.values.some((value) => typeof value === 'number' && value !== 0))) return null;
      return {kind, unit, series: known, labels: this.labels, titles: this.titles, partial: this.partial, ...more};
    },
  };
}
