// Numbers, times and amounts in the reader's own locale. `null` is "no data", never 0.

export const NO_DATA = '–';

const formats = new Map();
function number(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(undefined, options));
  return formats.get(key);
}
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** 12,345 or 1.5: all of it, for tables. */
export const full = (value, digits = 2) => isNumber(value) ? number({maximumFractionDigits: digits}).format(value) : NO_DATA;

/** 12.3K: for where there is little room. Below 10,000 all digits stand. */
export function compact(value) {
  if (!isNumber(value)) return NO_DATA;
  if (Math.abs(value) < 10_000) return full(value, Math.abs(value) < 100 ? 1 : 0);
  // Some locales write a small m for millions, which beside minutes and metres is read wrong.
  return number({notation: 'compact', maximumFractionDigits: 1}).formatToParts(value).map((part) => part.type === 'compact' && part.value === 'm' ? 'M' : part.value).join('');
}

/** 0.1234 as 12.3 %. */
export const percent = (ratio, digits = 1) =>
  isNumber(ratio) && ratio > 0 && ratio < 0.5 / 10 ** (digits + 2) ? `<${percent(1 / 10 ** (digits + 2), digits)}` : isNumber(ratio) ? number({style: 'percent', minimumFractionDigits: Math.abs(ratio) < 0.9995 ? digits : 0, maximumFractionDigits: digits}).format(ratio) : NO_DATA;

/** Milliseconds as ms, s, min or h, with three digits. */
export function milliseconds(value) {
  if (!isNumber(value)) return NO_DATA;
  const size = Math.abs(value);
  if (size < 1_000) return `${full(value, size < 10 ? 1 : 0)} ms`;
  if (size < 120_000) return `${full(value / 1_000, size < 10_000 ? 2 : 1)} s`;
  if (size < 3_600_000) return `${full(value / 60_000, 1)} min`;
  return `${full(value / 3_600_000, 1)} h`;
}

/** Dollars; less than a cent keeps its digits. */
export function money(value, {short = false} = {}) {
  if (!isNumber(value)) return NO_DATA;
  const size = Math.abs(value);
  if (size > 0 && size < 0.00005) return `<${money(0.0001)}`;
  if (short && size >= 10_000) return number({style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', notation: 'compact', maximumFractionDigits: 1}).format(value);
  const digits = size >= 1_000 && short ? 0 : size >= 0.01 || size === 0 ? 2 : 4;
  return number({style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value);
}

/** Bytes in binary units. */
export function bytes(value) {
  if (!isNumber(value)) return NO_DATA;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let step = 0;
  while (Math.abs(value) >= 1024 && step < units.length - 1) { value /= 1024; step += 1; }
  return `${full(value, step === 0 ? 0 : value < 10 ? 2 : 1)} ${units[step]}`;
}

/** Seconds as 45 s, 3 min, 2 h, 5 d. */
export function duration(seconds) {
  if (!isNumber(seconds)) return NO_DATA;
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(seconds)} s`;
  if (size < 5_400) return `${Math.round(seconds / 60)} min`;
  if (size < 172_800) return `${full(seconds / 3_600, 1)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const UNITS = {
  people: (value, short) => short ? compact(value) : full(value, 0),
  count: (value, short) => short ? compact(value) : full(value, 0),
  tokens: (value, short) => short ? compact(value) : full(value, 0),
  mean: (value) => full(value, 1),
  ratio: (value) => percent(value),
  milliseconds: (value) => milliseconds(value),
  hours: (value, short) => isNumber(value) && Math.abs(value) < 1 ? `${full(value * 60, 1)} min` : `${short ? compact(value) : full(value, 1)} h`,
  gigabytes: (value, short) => `${short ? compact(value) : full(value, 1)} GB`,
  gigabytes_per_day: (value) => `${full(value, 1)} GB/day`,
  stars: (value) => `${full(value, 2)} ★`,
  dollars: (value, short) => money(value, {short}),
  bytes: (value) => bytes(value),
  seconds: (value) => duration(value),
};

/** A value in its unit, as the catalogue of metrics names units; `short` where there is little room. */
export function format(value, unit, {short = false} = {}) {
  if (value === null || value === undefined) return NO_DATA;
  if (typeof value === 'string') return value;
  return (UNITS[unit] ?? ((one) => full(one)))(value, short);
}

/** How an axis up to `most` shows `unit`: one measure for all its ticks, no digits that say nothing. */
export function axisFormat(unit, most, step) {
  if (unit === 'milliseconds') {
    const [size, name] = most < 2_000 ? [1, 'ms'] : most < 600_000 ? [1_000, 's'] : most < 10_800_000 ? [60_000, 'min'] : [3_600_000, 'h'];
    return (value) => `${full(value / size, 1)} ${name}`;
  }
  if (unit === 'ratio') return (value) => percent(value, step < 0.01 ? 1 : 0);
  if (unit === 'dollars') return (value) => step >= 1 ? number({style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', notation: 'compact', maximumFractionDigits: 1, minimumFractionDigits: 0}).format(value) : money(value);
  return (value) => format(value, unit, {short: true});
}

/** A change of percent points or percent, with its sign: +5.5 %. */
export const signed = (value, digits = 1) =>
  isNumber(value) ? number({maximumFractionDigits: digits, signDisplay: 'exceptZero'}).format(value) : NO_DATA;

const times = new Map();
let zoneOfTimes;
/** The zone of times whose answer names none. */
export const useTimeZone = (zone) => { zoneOfTimes = zone; };

function time(text, options, zone) {
  if (text === null || text === undefined) return NO_DATA;
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? text + 'T00:00:00Z' : text);
  if (Number.isNaN(date.getTime())) return NO_DATA;
  const timeZone = /^\d{4}-\d\d-\d\d$/.test(text) ? 'UTC' : zone ?? zoneOfTimes;
  const key = JSON.stringify([options, timeZone]);
  if (!times.has(key)) {
    try { times.set(key, new Intl.DateTimeFormat(undefined, {...options, timeZone})); }
    catch { times.set(key, new Intl.DateTimeFormat(undefined, options)); }
  }
  return times.get(key).format(date);
}

/** A day: 21 Nov; with the year where `year` says so. `text` is a date or an instant, `zone` that of the answer. */
export const day = (text, zone, {year = false} = {}) => time(text, {day: 'numeric', month: 'short', ...(year && {year: 'numeric'})}, zone);
export const weekday = (text, zone, {year = false} = {}) => time(text, {weekday: 'short', day: 'numeric', month: 'short', ...(year && {year: 'numeric'})}, zone);
export const month = (text, zone) => time(text, {month: 'short', year: 'numeric'}, zone);
/** Day and time to the minute, or to the second. */
export const moment = (text, zone, {seconds = false} = {}) =>
  time(text, {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds && {second: '2-digit'})}, zone);
export const clock = (text, zone) => time(text, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}, zone);

/** The name of a bucket of a series, by its grain; with the year where `year` says so. */
export function bucket(start, grain, zone, {year = false} = {}) {
  if (grain === 'hour') return time(start, {weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}, zone);
  return grain === 'month' ? month(start, zone) : day(start, zone, {year});
}

/** Whether times, in order, are of several years: then days are written with theirs. */
export const severalYears = (starts, zone) => starts.length > 0 && time(starts[0], {year: 'numeric'}, zone) !== time(starts[starts.length - 1], {year: 'numeric'}, zone);

/** Bounds of half-open `[from, to)` as people say them: 23 Oct – 21 Nov 2026; with times where they are no midnights. */
export function period(from, to, zone) {
  if (!clock(from, zone).startsWith('00:00') || !clock(to, zone).startsWith('00:00')) return `${moment(from, zone)} – ${moment(to, zone)}`;
  const last = new Date(Date.parse(to) - 1).toISOString();
  const [first, end] = [day(from, zone, {year: true}), day(last, zone, {year: true})];
  const sameYear = time(from, {year: 'numeric'}, zone) === time(last, {year: 'numeric'}, zone);
  return first === end ? first : `${sameYear ? day(from, zone) : first} – ${end}`;
}

/** How long ago, in words: 32 minutes ago. */
export function ago(text, now = Date.now()) {
  const seconds = (Date.parse(text) - now) / 1_000;
  if (!isNumber(seconds)) return NO_DATA;
  const relative = new Intl.RelativeTimeFormat(undefined, {numeric: 'auto'});
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(Math.trunc(seconds), 'second');
}

const ERRORS = {
  hyperloglog: (one) => `±${percent(one.relative_standard_error)} (HyperLogLog)`,
  't-digest': (one) => `±${percent(one.rank_error)} of the rank (t-digest)`,
};

/** How far off an estimate may be, as a receipt states it. */
export const estimateError = ({errors}) => (errors ?? []).map((one) => ERRORS[one.method]?.(one) ?? one.method).join(', ');

/** `internal_error` as "Internal error", for names that code gave. */
export function words(name) {
  if (typeof name !== 'string' || !name) return NO_DATA;
  const text = name.replace(/[_-]/g, ' ').replace(/\b(api|rag|xai|gpu|cpu|id|ip|http|llm|ui|ai|sql|csv|pdf)\b/g, (one) => one.toUpperCase());
  return text[0].toUpperCase() + text.slice(1);
}

/** The day of a time in a zone as 2026-11-21, for addresses. */
export const dateOf = (text, zone = 'UTC') => new Intl.DateTimeFormat('en-CA', {timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit'}).format(new Date(text));

let countries = null;
/** The name of a country in the reader's language, by its code; anything else stays as it is. */
export function country(code) {
  if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code)) return code ?? null;
  try {
    countries ??= new Intl.DisplayNames(undefined, {type: 'region'});
    return countries.of(code) ?? code;
  } catch { return code; }
}
