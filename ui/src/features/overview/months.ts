/** Prepares the figures month by month for the chart: one currency, and every month of the span in its place. */
import type { Month, Sum } from '$ipc';

export const MONTHS_SHOWN = 12;

export type Bar = { month: string; records: number; sum: Sum; share: number };

/** Returns the currency of most vouchers; `null` where there are none. */
export function mainCurrency(figures: Month[]): string | null {
  const records = new Map<string, number>();
  for (const { sum, records: more } of figures)
    records.set(sum.currency, (records.get(sum.currency) ?? 0) + more);
  return [...records].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Returns the months up to this one, oldest first. `share` is the height of a bar from 0 to 1, and no amount. */
export function bars(figures: Month[], currency: string, now: Date = new Date()): Bar[] {
  const all = Array.from({ length: MONTHS_SHOWN }, (_, place) => {
    const first = new Date(now.getFullYear(), now.getMonth() - (MONTHS_SHOWN - 1) + place, 1);
    const month = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}-01`;
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
