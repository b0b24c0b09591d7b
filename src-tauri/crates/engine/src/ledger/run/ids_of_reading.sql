SELECT (SELECT count(*) FROM record WHERE reading_id = :reading)
       + (SELECT count(*) FROM arrival WHERE reading_id = :reading) AS ids
