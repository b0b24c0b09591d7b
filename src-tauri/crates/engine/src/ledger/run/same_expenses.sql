SELECT count(*) AS same
FROM (SELECT record_id FROM record WHERE reading_id = :reading AND file = :file
      UNION ALL
      SELECT a.record_id FROM arrival a JOIN record r USING (record_id)
      WHERE a.reading_id = :reading AND a.file = :file AND a.content_hash = r.content_hash) AS seen
WHERE EXISTS (SELECT 1 FROM attempt
              WHERE attempt.record_id = seen.record_id AND state NOT IN ('refused', 'not_sent'))
