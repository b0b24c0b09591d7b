SELECT file, line FROM (
    SELECT file, line FROM record WHERE record_id = :id AND reading_id = :reading
    UNION SELECT file, line FROM repeat WHERE record_id = :id AND reading_id = :reading
    UNION SELECT file, line FROM flaw WHERE record_id = :id AND reading_id = :reading
) ORDER BY file, line LIMIT 8
