SELECT r.record_id, s.state, r.payee_id, r.payee_name, r.date, r.currency, r.exponent, r.minor, r.category, r.text,
       r.file, r.line, r.first_seen_at, r.held_reason, s.guard_attempt
FROM record r
JOIN record_state s USING (seq)
WHERE r.record_id = :record
