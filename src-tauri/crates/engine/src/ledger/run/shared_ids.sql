-- Every content of an id: the one that counts if a person says so, and those that repeat it.
SELECT record_id, file, content_hash
FROM (SELECT record_id, file, content_hash, 1 AS place FROM repeat WHERE reading_id = :reading AND same = 0
      UNION ALL
      SELECT shared.record_id, coalesce(a.file, r.file), coalesce(a.content_hash, r.content_hash), 0
      FROM (SELECT DISTINCT record_id FROM repeat WHERE reading_id = :reading AND same = 0) AS shared
      LEFT JOIN record r ON r.record_id = shared.record_id
      LEFT JOIN arrival a ON a.record_id = shared.record_id AND a.reading_id = :reading)
ORDER BY record_id, place, content_hash
