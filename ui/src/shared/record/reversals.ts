/**
 * Finds the counter-vouchers of earlier vouchers. The audit trail enters the answer to a reversal under its run and its
 * vouchers, and not under the record.
 */
import { ipc, type AuditEntryFull } from '$ipc';

const ENTRIES_MAX = 500;

/** Returns the answers to the reversals of these vouchers, the newest first. */
export async function reversalsOf(vouchers: readonly string[]): Promise<AuditEntryFull[]> {
  const found = await Promise.all(
    [...new Set(vouchers)].map(async (voucher) => {
      const entries = await reversalsWith(voucher, ENTRIES_MAX);
      return entries.filter((entry) => entry.earlierVoucherId === voucher);
    }),
  );
  return found.flat().sort((a, b) => b.entry - a.entry);
}

/** Returns the answers to reversals in which a text stands, the newest first. */
export function reversalsWith(text: string, limit: number): Promise<AuditEntryFull[]> {
  return ipc.audit({ act: 'reversal_settled', actor: null, from: null, to: null, text }, null, limit);
}
