SELECT r.record_id, s.state, r.payee_id, r.payee_name, r.date, r.currency, r.exponent, r.minor, r.category, r.text,
       a.voucher_id, a.voucher_number, a.settled_at
FROM record r
CROSS JOIN record_state s ON s.seq = r.seq
LEFT JOIN attempt a ON a.attempt_id = s.guard_attempt
