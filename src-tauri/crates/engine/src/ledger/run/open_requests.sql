SELECT request_id, key, keyed_at, body, kind, fence
FROM request
WHERE request_id > :after
    AND request_id IN (SELECT request_id FROM attempt WHERE settled_at IS NULL AND state <> 'handed_over')
ORDER BY request_id
LIMIT :limit
