/** Holds the periods that the menu offers. */
import type { Period } from '$ipc';

export type PeriodChoice = 'everything' | 'this-month' | 'last-month' | 'own';

export function month(offset: number, now: Date = new Date()): Period {
  const first = new Date(now.getFullYear(), now.getMonth() + offset, 1);
  const last = new Date(now.getFullYear(), now.getMonth() + offset + 1, 0);
  return { from: plain(first), to: plain(last) };
}

export function choiceOf(period: Period, now: Date = new Date()): PeriodChoice {
  if (!period.from && !period.to) return 'everything';
  const same = (other: Period) => other.from === period.from && other.to === period.to;
  if (same(month(0, now))) return 'this-month';
  return same(month(-1, now)) ? 'last-month' : 'own';
}

/** Returns the day of the local calendar, `YYYY-MM-DD`. */
function plain(day: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
