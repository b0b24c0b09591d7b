SELECT file, line FROM (
    SELECT file, line, reading_id FROM record WHERE record_id = :id
    UNION SELECT file, line, reading_id FROM repeat WHERE record_id = :id
    UNION SELECT file, line, reading_id FROM flaw WHERE record_id = :id
)
WHERE reading_id = (SELECT reading_id FROM record WHERE record_id = :id)
ORDER BY file, line LIMIT 8
