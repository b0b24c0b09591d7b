SELECT r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text, r.department,
       r.project, r.detail, r.version, r.approved_at,
       s.content AS exported, s.replaced_at
FROM record r
JOIN attempt a ON a.attempt_id = :attempt
LEFT JOIN superseded s ON s.record_id = r.record_id AND s.content_hash = a.content_hash
WHERE r.record_id = :record AND a.content_hash <> r.content_hash
