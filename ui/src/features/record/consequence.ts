/** Says in one sentence what a new export means for the books. */
import * as m from '$messages';
import type { ReExportPreview } from '$ipc';
import { amount, when } from '$shared/basics/format';

/** Returns whether the earlier voucher still counts, so that it can be reversed. */
export function earlierStands({ earlier, present }: ReExportPreview): boolean {
  return (
    earlier.reversedBy === null &&
    present.some((voucher) => voucher.voucherId === earlier.voucherId && voucher.state === 'posted')
  );
}

export function consequence(preview: ReExportPreview, reverse: boolean): string {
  const { earlier, present } = preview;
  const number = earlier.voucherNumber ?? earlier.voucherId;
  const now = amount(preview.amount);
  if (earlierStands(preview)) {
    if (reverse) return m.re_export_reversed_first({ number, amount: now });
    const known = { number, when: when(earlier.settledAt), user: earlier.user, amount: now };
    const before = amount(earlier.amount);
    return before === now ? m.re_export_twice(known) : m.re_export_both({ ...known, earlier: before });
  }
  const others = present.some((voucher) => voucher.state === 'posted' && !voucher.reverses);
  return others
    ? m.re_export_other_stands({ number, amount: now })
    : m.re_export_once({ number, amount: now });
}
