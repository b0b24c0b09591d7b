SELECT c.attempt_id, i.position AS position, c.record_id, c.generation, c.reference, c.state, c.date, c.currency,
       c.exponent, c.minor, c.sent, c.voucher_id, c.voucher_number, c.settled_at, c.last_sent_at, c.run_id, c.reversal,
       c.exported_again
FROM run_item i
JOIN compared_attempt c ON c.record_id = i.record_id AND c.state = 'posted'
WHERE i.run_number = :run AND i.position >= :after_position
    AND (i.position, c.attempt_id) > (:after_position, :after_attempt)
    AND ((:all AND i.result IN ('skipped_already_exported', 'skipped_found_in_accounting')) OR i.generation > 1
         OR (NOT :all AND (c.generation > 1 OR c.exported_again)))
ORDER BY i.position, c.attempt_id
LIMIT :limit
