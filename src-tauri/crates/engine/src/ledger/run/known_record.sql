SELECT r.reading_id, coalesce(a.content_hash, r.content_hash) AS content_hash
FROM record r
LEFT JOIN arrival a ON a.record_id = r.record_id AND a.reading_id = :reading
WHERE r.record_id = :id
