SELECT draft.reference, draft.voucher, voucher.state
  FROM committed_drafts AS draft
  LEFT JOIN vouchers AS voucher ON voucher.seq = draft.voucher
 WHERE draft.seq = :seq
