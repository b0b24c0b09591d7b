SELECT a.attempt_id, a.record_id, a.generation, a.reference, a.date, a.currency, a.exponent, a.minor, a.sent, a.content_hash, a.draft_id,
       a.last_sent_at, a.request_id, request.kind, request.fence
FROM attempt a
JOIN request USING (request_id)
WHERE a.record_id = :record AND a.settled_at IS NULL
ORDER BY a.generation DESC
LIMIT 1
