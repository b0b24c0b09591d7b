/**
 * Prepares the figures month by month for the chart: one currency, and every month of the span in its place. A page is
 * twelve months; the first is the newest.
 */
import { ipc, type Month, type MonthRecords, type Period, type RecordState, type Sum } from '$ipc';
import { month as monthOf } from '$shared/forms/period';
import { recordQuery } from '$shared/record/query';
import { calendarOf, startOf } from '$shared/state/zone.svelte';

export const MONTHS_SHOWN = 12;
/** The ledger adds up the newest months by itself; earlier ones are asked for one by one. */
const PAGES_ADDED_UP = 2;
/** The states in which a record has its voucher. */
const EXPORTED: RecordState[] = ['posted', 'changed', 'vanished'];

export type Bar = { month: string; records: number; sum: Sum; share: number };

/** Returns the currency of most vouchers; `null` where there are none. */
export function mainCurrency(figures: Month[]): string | null {
  const records = new Map<string, number>();
  for (const { sum, records: more } of figures)
    records.set(sum.currency, (records.get(sum.currency) ?? 0) + more);
  return [...records].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Returns the first days of the months of a page, oldest first. */
export function monthsOf(page: number, now: Date = new Date()): string[] {
  const present = calendarOf(now);
  return Array.from({ length: MONTHS_SHOWN }, (_, place) => {
    const back = (page + 1) * MONTHS_SHOWN - 1 - place;
    const first = new Date(present.year, present.month - 1 - back, 1);
    return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}-01`;
  });
}

/** Returns the page of a month; a month to come is on the first. */
export function pageOf(month: string, now: Date = new Date()): number {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const present = calendarOf(now);
  const back = (present.year - year) * 12 + present.month - number;
  return Math.max(0, Math.floor(back / MONTHS_SHOWN));
}

export function daysOf(month: string): Period {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return monthOf(0, startOf({ year, month: number, date: 1 }));
}

/** Returns the figures of a page; `known` are the months that have records. */
export async function figuresOf(page: number, known: MonthRecords[]): Promise<Month[]> {
  const months = monthsOf(page);
  if (page < PAGES_ADDED_UP) {
    const all = await ipc.exportedByMonth((page + 1) * MONTHS_SHOWN);
    return all.filter(({ month }) => months.includes(month));
  }
  const asked = months.filter((month) => known.some((each) => each.month === month));
  const found = await Promise.all(
    asked.map(async (month) => {
      const query = recordQuery({ states: EXPORTED, period: daysOf(month) });
      const { records, sums } = await ipc.recordsFound(query);
      return sums.map((sum): Month => ({ month, records, sum }));
    }),
  );
  return found.flat();
}

/** Returns a bar for each month of a page, oldest first. `share` is its height from 0 to 1, and no amount. */
export function bars(figures: Month[], currency: string, now: Date = new Date(), page = 0): Bar[] {
  const all = monthsOf(page, now).map((month) => {
    const found = figures.find((each) => each.month === month && each.sum.currency === currency);
    const sum = found?.sum ?? { currency, amount: '0.00' };
    return { month, records: found?.records ?? 0, sum, share: 0 };
  });
  const highest = Math.max(...all.map((bar) => Number(bar.sum.amount)), 0);
  return all.map((bar) => ({
    ...bar,
    share: highest > 0 ? Math.max(0, Number(bar.sum.amount) / highest) : 0,
  }));
}
