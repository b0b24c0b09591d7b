SELECT c.attempt_id, 0 AS position, c.record_id, c.generation, c.reference, c.state, c.date, c.currency,
       c.exponent, c.minor, c.sent, c.voucher_id, c.voucher_number, c.settled_at, c.last_sent_at, c.run_id, c.reversal,
       c.exported_again
FROM compared_attempt c
WHERE c.reference = :reference AND c.state NOT IN ('refused', 'not_sent')
