/** Chooses the month that a person most likely wants to close. */
import type { MonthRecords } from '$ipc';
import { month } from '../forms/period';

/** Returns the newest month with records that is over, or else the newest; `null` where there are none. */
export function firstChoice(months: MonthRecords[], now: Date = new Date()): string | null {
  const present = month(0, now).from ?? '';
  const over = months.find((each) => each.month < present);
  return (over ?? months[0])?.month ?? null;
}
