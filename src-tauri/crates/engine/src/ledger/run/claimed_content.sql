SELECT r.content_hash, r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text, r.department,
       r.project, r.detail, r.version, r.approved_at
FROM record r
WHERE r.record_id = :record AND EXISTS (SELECT 1 FROM attempt a WHERE a.record_id = r.record_id)
