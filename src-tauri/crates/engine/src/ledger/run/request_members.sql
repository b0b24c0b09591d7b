SELECT attempt_id, record_id, generation, reference, member, date, currency, exponent, minor, sent, content_hash, draft_id, last_sent_at, evidence,
       settled_at IS NULL AND state <> 'handed_over' AS open
FROM attempt
WHERE request_id = :request
ORDER BY member
