/** Writes numbers, amounts, days and times in the language of the screen. */
import * as m from '$messages';
import type { Period, Sum } from '$ipc';
import { preferences, type Locale } from '../state/preferences.svelte';
import { calendarOf, startOf, zone } from '../state/zone.svelte';

const TAG: Record<Locale, string> = { en: 'en-GB', nb: 'nb-NO' };
const formats = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = preferences.locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(TAG[preferences.locale], options)));
  return format;
}

/** Writes moments as the clocks of the organisation show them. */
function moments(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dates(zone.name === null ? options : { ...options, timeZone: zone.name });
}

/** Writes days of a calendar, which are the same in every zone; {@link noon} is a moment of one. */
function days(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dates({ ...options, timeZone: 'UTC' });
}
const noon = (plain: string): Date => new Date(`${plain}T12:00:00Z`);

export function number(value: number): string {
  return new Intl.NumberFormat(TAG[preferences.locale]).format(value);
}

/** Returns the parameters of a counted sentence: `count` chooses singular or plural, `n` is what the sentence shows. */
export function counted(value: number): { count: number; n: string } {
  return { count: value, n: number(value) };
}

/** Writes an amount with all its decimals, digit by digit: it never becomes a float. */
export function amount({ currency, amount: decimal }: Sum): string {
  const decimals = decimal.split('.')[1]?.length ?? 0;
  const digits = new Intl.NumberFormat(TAG[preferences.locale], {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(decimal as Intl.StringNumericLiteral);
  return `${currency === 'NOK' ? 'kr' : currency}\u00a0${digits}`;
}

/** Writes sums of several currencies: "kr 100,00 and EUR 5,00". No sum at all is a dash. */
export function sums(all: Sum[]): string {
  const [first, ...rest] = all.map(amount);
  if (first === undefined) return '–';
  return rest.reduce((sentence, next) => m.sum_and({ first: sentence, second: next }), first);
}

/** Writes a time: `14:03`, in Norwegian `14.03`. */
export function time(at: Date | string): string {
  const text = moments({ hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(at));
  return preferences.locale === 'nb' ? text.replace(':', '.') : text;
}

/** An earlier year stands in no books of today. */
const YEAR_MIN = 1900;

/** Writes a day of the calendar, `2026-11-03` or a moment: `3 November 2026`. */
export function day(at: Date | string, style: 'long' | 'short' = 'short'): string {
  const isPlain = typeof at === 'string' && at.length === 10;
  const moment = isPlain ? noon(at) : new Date(at);
  // A year of the Middle Ages is a fault of typing, which shows only as it stands there.
  if (Number.isNaN(moment.getTime()) || moment.getFullYear() < YEAR_MIN) return String(at);
  return (isPlain ? days : moments)({ day: 'numeric', month: style, year: 'numeric' }).format(moment);
}

/** Writes a day in figures, as it stands in books: `03.11.2026`, in English `03/11/2026`. */
export function numericDay(at: string): string {
  const [year, month, date] = at.split('-');
  if (at.length !== 10 || !year || !month || !date) return at;
  return [date, month, year].join(preferences.locale === 'nb' ? '.' : '/');
}

/** Writes a moment: "today at 09:14", "yesterday at 16:20", "3 November at 09:14". */
export function when(at: Date | string, now: Date = new Date()): string {
  const moment = new Date(at);
  const today = calendarOf(now);
  const yesterday = startOf({ ...today, date: today.date - 1 });
  if (moment >= startOf(today)) return m.when_today({ time: time(moment) });
  if (moment >= yesterday) return m.when_yesterday({ time: time(moment) });
  return m.when_date({ date: dayAndMonth(moment, today.year), time: time(moment) });
}

/** Writes a day without its year, where that is the present one. */
function dayAndMonth(moment: Date, presentYear: number): string {
  const isPresent = calendarOf(moment).year === presentYear;
  return isPresent ? moments({ day: 'numeric', month: 'long' }).format(moment) : day(moment, 'long');
}

export function duration(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 1) return m.duration_short();
  if (seconds < 60) return m.duration_seconds({ n: number(seconds) });
  return m.duration_minutes({ minutes: number(Math.floor(seconds / 60)), seconds: number(seconds % 60) });
}

/** Returns how long ago something was by the clock of somebody else. */
export function secondsAgo(seconds: number): string {
  if (seconds < 1) return m.just_now();
  return seconds < 90 ? m.seconds_ago(counted(seconds)) : m.minutes_ago(counted(Math.round(seconds / 60)));
}

export function period({ from, to }: Period): string {
  if (from && to) return m.period_range({ from: day(from), to: day(to) });
  if (from) return m.period_from({ from: day(from) });
  if (to) return m.period_until({ to: day(to) });
  return m.period_everything();
}

/**
 * Reads an amount as a person types it, "1 249,50" or "1,249.50", as a decimal with a point; `null` where it is none.
 */
export function decimalOf(typed: string): string | null {
  const text = typed.replace(/[\s\u00a0\u202f]|kr/g, '').replace('−', '-');
  // Groups of three, all divided by one sign; after another sign, or without groups, one or two decimals.
  const grouped = /^(-?\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?$/.exec(text);
  const plain = /^(-?\d+)(?:[.,](\d{1,2}))?$/.exec(text);
  const whole = (grouped ?? plain)?.[1]?.replace(/[.,]/g, '');
  const part = grouped ? grouped[3] : plain?.[2];
  return whole ? whole + (part ? `.${part}` : '') : null;
}

/** Writes a month by its first day, `2026-11-01`: `November 2026`, or `Nov` below a bar. */
export function month(first: string, style: 'long' | 'short'): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'long' ? { month: 'long', year: 'numeric' } : { month: 'short' };
  return days(options).format(noon(first));
}

/** The night ends at the first hour; the evening begins at the second. */
const NIGHT_ENDS_HOUR = 6;
const EVENING_HOUR = 18;

/** Writes a moment to come: "tonight at 02:00", "tomorrow at 10:00", "3 November at 02:00". */
export function upcoming(at: Date | string, now: Date = new Date()): string {
  const moment = new Date(at);
  const today = calendarOf(now);
  const after = (later: number) => startOf({ ...today, date: today.date + later });
  const clock = { time: time(moment) };
  const { hour } = calendarOf(moment);
  if (moment < after(1)) {
    if (hour >= EVENING_HOUR) return m.when_this_evening(clock);
    return hour < NIGHT_ENDS_HOUR ? m.when_tonight(clock) : m.when_today(clock);
  }
  if (moment < after(2)) return hour < NIGHT_ENDS_HOUR ? m.when_tonight(clock) : m.when_tomorrow(clock);
  return m.when_date({ date: dayAndMonth(moment, today.year), ...clock });
}

const letters: Record<string, () => string> = {
  d: m.date_day,
  m: m.date_month,
  Y: m.date_year,
  y: m.date_year_short,
  B: m.date_month_name,
};
const dayNumbers: Record<string, () => string> = {
  'spreadsheet-1900': m.date_number_1900,
  'spreadsheet-1904': m.date_number_1904,
};

/** Writes a date format as people do: `%d.%m.%Y` is dd.mm.yyyy. */
export function dateFormat(pattern: string): string {
  const dayNumber = dayNumbers[pattern];
  if (dayNumber) return dayNumber();
  return pattern.replace(/%([a-zA-Z])/g, (all, letter: string) => letters[letter]?.() ?? all);
}
