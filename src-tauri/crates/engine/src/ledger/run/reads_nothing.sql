SELECT NOT EXISTS (SELECT 1 FROM record WHERE reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM arrival WHERE reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM flaw WHERE reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM left_out WHERE reading_id = :reading) AS is_empty
