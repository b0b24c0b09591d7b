SELECT r.re_export_id, r.record_id, r.generation, r.reason, r.reverse, r.requested_user, r.requested_host,
       r.requested_accounting, r.requested_at, r.needs_approval, r.approved_user, r.approved_host, r.approved_accounting,
       r.approved_at,
       EXISTS (SELECT 1 FROM reversal WHERE reversal.re_export_id = r.re_export_id AND reversal.state = 'posted')
           AS is_reversed
FROM re_export r
WHERE r.attempt_id IS NULL AND r.withdrawn_at IS NULL AND (r.needs_approval = 0 OR r.approved_at IS NOT NULL)
ORDER BY r.re_export_id
