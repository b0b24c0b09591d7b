SELECT re_export_id, record_id, generation, reason, reverse, requested_user, requested_host, requested_accounting,
       requested_at, needs_approval, approved_user, approved_host, approved_accounting, approved_at
FROM re_export
WHERE record_id = :record AND attempt_id IS NULL AND withdrawn_at IS NULL
