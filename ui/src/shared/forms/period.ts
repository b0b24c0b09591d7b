/**
 * Handles days and periods as they are typed: a day is `YYYY-MM-DD`, nothing, or a text that is no day yet, which stays
 * what it is until it can be read.
 */
import * as m from '$messages';
import type { Period } from '$ipc';
import { calendarOf } from '../state/zone.svelte';

export type PeriodChoice = 'everything' | 'this-month' | 'last-month' | 'this-year' | 'own';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Says whether a text is a day that could be read. */
export function isDay(text: string): boolean {
  return DAY.test(text);
}

/** Returns the fault of a period as a sentence; nothing where it has none. */
export function periodFault(from: string, to: string): string {
  const unreadable = [from, to].some((day) => day !== '' && !isDay(day));
  if (unreadable) return m.day_unreadable();
  return from !== '' && to !== '' && to < from ? m.period_reversed() : '';
}

export function isWrongPeriod(from: string, to: string): boolean {
  return periodFault(from, to) !== '';
}

/** Returns a month of the calendar, so many before or after this one. */
export function month(offset: number, now: Date = new Date()): Period {
  const present = calendarOf(now);
  const first = new Date(present.year, present.month - 1 + offset, 1);
  const last = new Date(present.year, present.month + offset, 0);
  return { from: plain(first), to: plain(last) };
}

export function year(now: Date = new Date()): Period {
  const present = calendarOf(now);
  return { from: `${present.year}-01-01`, to: `${present.year}-12-31` };
}

/** Returns the days that a choice means; `null` where a person types them. */
export function periodOf(choice: PeriodChoice, now: Date = new Date()): Period | null {
  switch (choice) {
    case 'everything':
      return { from: null, to: null };
    case 'this-month':
      return month(0, now);
    case 'last-month':
      return month(-1, now);
    case 'this-year':
      return year(now);
    case 'own':
      return null;
  }
}

export function choiceOf(period: Period, now: Date = new Date()): PeriodChoice {
  const known: PeriodChoice[] = ['everything', 'this-month', 'last-month', 'this-year'];
  const same = (other: Period | null) => other?.from === period.from && other.to === period.to;
  return known.find((choice) => same(periodOf(choice, now))) ?? 'own';
}

/** Reads a day as people type it: 3.11.2026, 03/11/26, 031126 or 2026-11-03; `null` where it is none. */
export function dayOf(typed: string): string | null {
  const text = typed.trim();
  const written =
    /^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(text);
  const plain = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const parts = plain
    ? [plain[1], plain[2], plain[3]]
    : written
      ? [written[3], written[2], written[1]]
      : null;
  if (!parts) return null;
  const [years = 0, months = 0, days = 0] = parts.map(Number);
  const full = years < 100 ? 2000 + years : years;
  const day = new Date(full, months - 1, days);
  // The 31st of a month with 30 days is none.
  return day.getMonth() === months - 1 && day.getDate() === days ? plainOf(full, months, days) : null;
}

/** Returns the fields of a date as a day, `YYYY-MM-DD`. */
function plain(day: Date): string {
  return plainOf(day.getFullYear(), day.getMonth() + 1, day.getDate());
}

function plainOf(year: number, month: number, day: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}`;
}
