SELECT r.re_export_id, r.record_id, r.generation, r.reason, r.reverse, r.requested_user, r.requested_host,
       r.requested_accounting, r.requested_at, r.needs_approval, r.approved_user, r.approved_host, r.approved_accounting,
       r.approved_at, earlier.voucher_id AS earlier_voucher_id
FROM re_export r
JOIN attempt earlier ON earlier.attempt_id = r.earlier_attempt
WHERE r.attempt_id = :attempt
