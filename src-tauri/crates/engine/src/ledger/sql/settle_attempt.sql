UPDATE attempt
SET state = :state, settled_at = :settled_at, settled_run = :settled_run, found = :found,
    voucher_id = :voucher, voucher_number = :number, reason = :reason,
    last_sent_at = CASE WHEN :state = 'unknown' THEN :now ELSE last_sent_at END
WHERE attempt_id = :attempt AND reference = :reference AND generation = :generation
    AND state IN ('claimed', 'staged', 'unknown')
