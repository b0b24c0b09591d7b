/** Adds up amounts. */
import type { Sum } from '$ipc';

/** Adds decimals with two digits or none, digit by digit: amounts never become floats. */
export function total(all: { sum: Sum }[], currency: string): Sum {
  const decimals = Math.max(...all.map(({ sum }) => sum.amount.split('.')[1]?.length ?? 0), 0);
  const minor = all.reduce((sum, { sum: { amount } }) => {
    const [whole = '0', part = ''] = amount.split('.');
    return sum + BigInt(whole + part.padEnd(decimals, '0'));
  }, 0n);
  const digits = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0');
  const amount = decimals > 0 ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
  return { currency, amount: minor < 0n ? `-${amount}` : amount };
}

/** Adds them up each currency by itself, in the order in which the currencies come. */
export function totals(all: { sum: Sum }[]): Sum[] {
  const currencies = [...new Set(all.map(({ sum }) => sum.currency))];
  return currencies.map((currency) =>
    total(
      all.filter(({ sum }) => sum.currency === currency),
      currency,
    ),
  );
}
