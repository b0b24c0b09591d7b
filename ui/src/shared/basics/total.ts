/** Adds up amounts of one currency. */
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
