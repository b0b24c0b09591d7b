SELECT r.seq, r.record_id, r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text,
       r.department, r.project, r.detail, r.version, r.approved_at, r.file, r.line, r.conflict, r.held_reason,
       NULL AS attempt_id, NULL AS state, NULL AS settled_run
FROM record r
WHERE r.record_id = :record
