SELECT nullif(r.project, '') AS project, r.currency, r.exponent, count(*) AS records, sum(r.minor) AS minor
FROM record r
JOIN record_state s USING (record_id)
WHERE r.date >= :from AND r.date < :to AND s.state = 'posted'
GROUP BY nullif(r.project, ''), r.currency
ORDER BY project IS NULL, project, r.currency
