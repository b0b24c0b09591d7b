SELECT CASE s.state
           WHEN 'in_doubt' THEN 1 WHEN 'sending' THEN 1 WHEN 'vanished' THEN 2 WHEN 'changed' THEN 3 WHEN 'refused' THEN 4
           WHEN 'held' THEN 5 ELSE 8
       END AS urgency,
       s.seq AS sequence, CASE s.state WHEN 'sending' THEN 'in_doubt' ELSE s.state END AS state,
       s.state = 'sending' AS interrupted, s.record_id, r.file, r.line, NULL AS glimpse, r.payee_name, r.date, r.currency,
       r.exponent, r.minor, CASE WHEN s.state IN ('held', 'gone') THEN r.held_reason END AS held_reason, a.reason AS attempt_reason,
       a.attempt_id, a.reference, a.voucher_id,
       CASE s.state WHEN 'in_doubt' THEN a.evidence END AS evidence,
       CASE s.state
           WHEN 'held' THEN r.held_since
           WHEN 'gone' THEN (SELECT finished_at FROM reading
                             WHERE reading_id > r.reading_id AND finished_at IS NOT NULL ORDER BY reading_id LIMIT 1)
           ELSE coalesce(a.settled_at, a.claimed_at)
       END AS since,
       CASE s.state WHEN 'held' THEN NULL ELSE coalesce(settled.run_id, claimed.run_id) END AS run_id
FROM record_state s
JOIN record r ON r.seq = s.seq
LEFT JOIN attempt a ON a.attempt_id = coalesce(s.guard_attempt, s.last_attempt)
LEFT JOIN run claimed ON claimed.run_number = a.run_number
LEFT JOIN run settled ON settled.run_number = a.settled_run
WHERE s.state IN ('in_doubt', 'vanished', 'refused', 'changed', 'held', 'gone') OR (:left AND s.state = 'sending')
UNION ALL
SELECT 6, p.repeat_id, 'held', 0, p.record_id, p.file, p.line, NULL, r.payee_name, NULL, NULL, NULL, NULL,
       json_object('code', 'id_repeated', 'lines',
           iif(p.file = r.file, min(p.line, r.line) || ', ' || max(p.line, r.line),
               r.file || ' ' || r.line || ', ' || p.file || ' ' || p.line)), NULL, NULL, NULL,
       NULL, NULL, g.started_at, NULL
FROM repeat p
JOIN record r USING (record_id)
JOIN reading g ON g.reading_id = p.reading_id
WHERE p.same = 0 AND p.reading_id = (SELECT latest_reading FROM ledger)
UNION ALL
SELECT 7, f.flaw_id, 'held', 0, f.record_id, f.file, f.line, f.glimpse, NULL, NULL, NULL, NULL, NULL, f.reason, NULL, NULL,
       NULL, NULL, NULL, g.started_at, NULL
FROM flaw f
JOIN reading g USING (reading_id)
WHERE f.reading_id = (SELECT latest_reading FROM ledger)
UNION ALL
SELECT 9, f.flaw_id, 'gone', 0, f.record_id, f.file, f.line, f.glimpse, NULL, NULL, NULL, NULL, NULL, f.reason, NULL, NULL,
       NULL, NULL, NULL, g.started_at, NULL
FROM flaw f
JOIN reading g USING (reading_id)
WHERE f.reading_id < (SELECT latest_reading FROM ledger)
    AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = f.record_id AND s.reading_id = f.reading_id)
ORDER BY urgency, sequence
LIMIT :limit OFFSET :offset
