SELECT number
FROM sealed_file f
WHERE state = 'sealed' AND sealed_at < :before
    AND EXISTS (SELECT 1 FROM attempt a WHERE a.request_id = f.request_id AND a.state = 'handed_over')
ORDER BY number
