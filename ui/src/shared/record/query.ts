/** Asks for records by what a person typed. */
import type { RecordQuery } from '$ipc';
import { decimalOf } from '../basics/format';

/** Two decimals make it an amount: a number without them is one of a record or a voucher. */
const AMOUNT = /[.,]\d{2}$/;

/** Returns the amount that a search text is, as a decimal with a point; `null` where it is words or a number. */
export function amountIn(text: string): string | null {
  const typed = text.replace(/^kr\b|\bkr$/i, '').trim();
  return AMOUNT.test(typed) ? decimalOf(typed) : null;
}

/** Returns a query for any record, in which an amount among the words is searched for as an amount. */
export function recordQuery(some: Partial<RecordQuery>): RecordQuery {
  const any: RecordQuery = {
    text: null,
    states: [],
    payee: null,
    period: { from: null, to: null },
    amountFrom: null,
    amountTo: null,
  };
  const exactly = some.text ? amountIn(some.text) : null;
  if (exactly === null || some.amountFrom || some.amountTo) return { ...any, ...some };
  return { ...any, ...some, text: null, amountFrom: exactly, amountTo: exactly };
}

/** Returns the query, and the one for the same words where they look like an amount. */
export function recordQueries(
  some: Partial<RecordQuery>,
): [query: RecordQuery, otherwise: RecordQuery | null] {
  const query = recordQuery(some);
  const text = some.text ?? null;
  return [query, query.text === text ? null : { ...query, text, amountFrom: null, amountTo: null }];
}
