SELECT a.attempt_id, a.reference
FROM attempt a JOIN request r ON r.request_id = a.request_id
WHERE a.attempt_id > :after AND r.kind = 'drafts' AND a.state = 'not_sent' AND a.last_sent_at > :since
    AND NOT EXISTS (SELECT 1 FROM attempt o WHERE o.reference = a.reference
                    AND o.settled_at IS NULL)
ORDER BY a.attempt_id
LIMIT :limit
