SELECT attempt_id, record_id, generation, reference, date, currency, exponent, minor, sent, content_hash
FROM attempt
WHERE attempt_id = :attempt AND settled_at IS NULL
