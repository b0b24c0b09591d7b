UPDATE attempt
SET state = :state, settled_at = :settled_at, settled_run = :settled_run, found = :found,
    voucher_id = :voucher, voucher_number = :number, reason = :reason, evidence = :evidence,
    draft_id = coalesce(:draft, draft_id), made_at = :made_at, made_by = :made_by,
    last_sent_at = CASE WHEN :sent_by IS NULL THEN last_sent_at ELSE :sent_by END
WHERE attempt_id = :attempt AND reference = :reference AND generation = :generation
    AND settled_at IS NULL
