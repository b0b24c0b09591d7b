SELECT line FROM (
    SELECT line FROM record WHERE record_id = :id AND reading_id = :reading
    UNION SELECT line FROM repeat WHERE record_id = :id AND reading_id = :reading
    UNION SELECT line FROM flaw WHERE record_id = :id AND reading_id = :reading
) ORDER BY line LIMIT 8
