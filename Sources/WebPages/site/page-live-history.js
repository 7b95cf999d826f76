// What the counters counted in the seconds of the last minutes, as far as this page has seen or been told.

const KEPT_SECONDS = 600;
const LONGEST_STEP = 20;

/**
 * Counts by second of each counter. The service tells the last 60 seconds, older ones are what was told before. Seconds of
 * which nothing is known, as while the page was out of sight, are told apart from those in which nothing happened.
 */
export function liveHistory() {
  const counters = new Map();
  const known = new Set();
  let last = null;

  function forget(now) {
    for (const seconds of [...counters.values(), known]) for (const second of seconds.keys()) if (second < now - KEPT_SECONDS) seconds.delete(second);
  }

  return {
    /** Takes `per_second` of the counters in `data`; the last number is of the second of `as_of`. */
    take(data) {
      const now = Math.floor(Date.parse(data.as_of) / 1_000);
      for (const [name, {per_second: numbers}] of Object.entries(data.counters ?? {})) {
        if (!Array.isArray(numbers)) continue;
        if (!counters.has(name)) counters.set(name, new Map());
        const seconds = counters.get(name);
        numbers.forEach((count, index) => {
          const second = now - numbers.length + 1 + index;
          known.add(second);
          if (count || seconds.has(second)) seconds.set(second, count);
        });
      }
      last = Math.max(last ?? now, now);
      forget(now);
    },
    /** Says that the stream is alive at `now`: where it told nothing, nothing happened. */
    alive(now) {
      const second = Math.floor(now);
      if (last !== null && second - last <= LONGEST_STEP) for (let one = last; one <= second; one += 1) known.add(one);
      last = Math.max(last ?? second, second);
    },
    /** Sums of `buckets` runs of `bucket` seconds up to `end`; null where nothing is known. */
    sums(name, {end, bucket, buckets}) {
      const seconds = counters.get(name) ?? new Map();
      const newest = Math.floor(end / bucket) * bucket;
      return Array.from({length: buckets}, (_, index) => {
        const from = newest - (buckets - 1 - index) * bucket;
        let sum = null;
        for (let second = from; second < from + bucket; second += 1) if (known.has(second)) sum = (sum ?? 0) + (seconds.get(second) ?? 0);
        return sum;
      });
    },
  };
}
