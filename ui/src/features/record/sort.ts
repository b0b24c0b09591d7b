/** Puts records in the order of a column. */
import type { RecordRow } from '$ipc';
import type { RecordColumn } from '$shared/record/RecordHeads.svelte';
import { recordStates } from '$shared/record/states';

/** `down` begins with the last, the newest or the largest. */
export type Sort = { column: RecordColumn; down: boolean };

type Key = (row: RecordRow) => string | number;
/** The columns of the list that have an order. */
const keys: Partial<Record<RecordColumn, Key>> = {
  record: (row) => row.recordId,
  payee: (row) => row.payee || row.payeeId,
  date: (row) => row.date,
  amount: (row) => Number(row.amount.amount),
  state: (row) => recordStates[row.state].word(),
  voucher: (row) => row.voucherNumber ?? row.voucherId ?? '',
  category: (row) => row.category,
};
export const SORTED_BY = Object.keys(keys) as RecordColumn[];

/** Returns the order after a click on a column: up, down, and then the list's own again. */
export function turned(now: Sort | null, column: RecordColumn): Sort | null {
  if (now?.column !== column) return { column, down: false };
  return now.down ? null : { column, down: true };
}

/** Returns the rows in that order; those that are equal keep theirs. Amounts of several currencies stay apart. */
export function sorted(rows: RecordRow[], { column, down }: Sort, language: string): RecordRow[] {
  const key = keys[column];
  if (!key) return rows;
  const collator = new Intl.Collator(language, { numeric: true });
  const compare = (a: RecordRow, b: RecordRow): number => {
    const [one, other] = [key(a), key(b)];
    if (typeof one === 'number' && typeof other === 'number')
      return collator.compare(a.amount.currency, b.amount.currency) || one - other;
    return collator.compare(String(one), String(other));
  };
  return [...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
}
