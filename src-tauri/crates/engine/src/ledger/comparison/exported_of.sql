SELECT c.attempt_id, i.position AS position, c.record_id, c.generation, c.reference, c.state, c.date, c.currency,
       c.exponent, c.minor, c.sent, c.voucher_id, c.voucher_number, c.settled_at, c.last_sent_at, c.run_id, c.reversal,
       c.exported_again
FROM run_item i
JOIN compared_attempt c ON c.attempt_id = i.attempt_id
WHERE i.run_number = :run AND i.position > :after AND i.result = 'posted' AND c.state = 'posted'
ORDER BY i.position
LIMIT :limit
