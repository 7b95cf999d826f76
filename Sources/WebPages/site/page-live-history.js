// What the counters counted in the seconds of the last minutes, as far as this page has seen or been told.

const KEPT_SECONDS = 600;

/** Counts by second of each counter. The service tells the last 60 seconds; older ones are what was told before. */
export function liveHistory() {
  const counters = new Map();
  let knownFrom = null;

  return {
    /** Takes `per_second` of the counters in `data`; the last number is of the second of `as_of`. */
    take(data) {
      const now = Math.floor(Date.parse(data.as_of) / 1_000);
      for (const [name, {per_second: numbers}] of Object.entries(data.counters ?? {})) {
        if (!Array.isArray(numbers)) continue;
        if (!counters.has(name)) counters.set(name, new Map());
        const seconds = counters.get(name);
        const first = now - numbers.length + 1;
        knownFrom = Math.min(knownFrom ?? first, first);
        numbers.forEach((count, index) => { if (count || seconds.has(first + index)) seconds.set(first + index, count); });
        for (const second of seconds.keys()) if (second < now - KEPT_SECONDS) seconds.delete(second);
      }
    },
    /** Nothing is known of the time between what was told and `data`, which begins anew: the gap stays empty. */
    sums(name, {end, bucket, buckets}) {
      const seconds = counters.get(name) ?? new Map();
      const last = Math.floor(end / bucket) * bucket;
      return Array.from({length: buckets}, (_, index) => {
        const from = last - (buckets - 1 - index) * bucket;
        if (knownFrom === null || from + bucket <= knownFrom) return null;
        let sum = 0;
        for (let second = from; second < from + bucket; second += 1) sum += seconds.get(second) ?? 0;
        return sum;
      });
    },
  };
}
