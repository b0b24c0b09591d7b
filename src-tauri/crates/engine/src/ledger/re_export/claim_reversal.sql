INSERT INTO reversal (re_export_id, attempt_id, voucher_id, reference, key, date, reason, run_number, state, claimed_at)
VALUES (:re_export, :attempt, :voucher, :reference, :key, :date, :reason, :run, 'claimed', :now)
