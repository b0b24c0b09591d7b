SELECT item.position, item.record_id
FROM run_item item
JOIN run ON run.run_number = item.run_number
WHERE run.run_id = :run AND run.locks_records = 1 AND item.position > :after
    AND item.generation IS NOT NULL AND item.record_id IS NOT NULL
    AND item.result IN ('refused', 'held', 'not_sent')
ORDER BY item.position
LIMIT :limit
