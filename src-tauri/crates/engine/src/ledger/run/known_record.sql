-- `in_place`: the newest whole reading has seen it, with one content; to see it again as it was changes nothing of it.
SELECT r.reading_id, r.content_hash, a.content_hash AS arrived,
       r.conflict = 0 AND r.reading_id >= coalesce((SELECT latest_reading FROM ledger), 0) AS in_place
FROM (SELECT :id AS record_id) AS asked
LEFT JOIN record r ON r.record_id = asked.record_id
LEFT JOIN arrival a ON a.record_id = asked.record_id AND a.reading_id = :reading
WHERE r.record_id IS NOT NULL OR a.record_id IS NOT NULL
