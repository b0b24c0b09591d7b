SELECT c.attempt_id, 0 AS position, c.record_id, c.generation, c.reference, c.state, c.date, c.currency,
       c.exponent, c.minor, c.sent, c.voucher_id, c.voucher_number, c.settled_at, c.last_sent_at, c.run_id, c.reversal,
       c.exported_again, f.number AS file, f.sealed_at
FROM compared_attempt c
JOIN attempt a ON a.attempt_id = c.attempt_id
LEFT JOIN sealed_file f ON f.request_id = a.request_id AND f.state <> 'void'
WHERE c.state NOT IN ('refused', 'not_sent')
ORDER BY c.attempt_id
