SELECT s.state, r.currency, r.exponent, count(*) AS records, sum(r.minor) AS minor
FROM record r
JOIN record_state s USING (record_id)
WHERE r.date >= :from AND r.date < :to
GROUP BY s.state, r.currency
ORDER BY s.state, r.currency
