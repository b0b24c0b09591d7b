/** Says whether the books of a month were found to agree, and when. */
import * as m from '$messages';
import type { Comparison } from '$ipc';
import { counted, when } from '../basics/format';

/** `is` is true only where both sides agree, and nothing was left open. */
export type Reconciled = { is: boolean; says: string };

export function reconciled(comparison: Comparison | null, now: Date = new Date()): Reconciled {
  if (!comparison?.finishedAt) return { is: false, says: m.month_reconciled_not() };
  const { differences, equal, finishedAt, ledgerVouchers } = comparison;
  const at = when(finishedAt, now);
  if (differences > 0)
    return { is: false, says: m.month_reconciled_differs({ ...counted(differences), when: at }) };
  if (!equal) return { is: false, says: m.month_reconciled_new({ when: at }) };
  return { is: true, says: m.month_reconciled_done({ ...counted(ledgerVouchers), when: at }) };
}
