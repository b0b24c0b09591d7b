INSERT OR IGNORE INTO alarm (attempt_id, kind, evidence, raised_at)
SELECT reversal.attempt_id, 'reversed', '[]', :now
FROM reversal
WHERE reversal.reversal_id = :reversal AND NOT EXISTS (
    SELECT 1 FROM attempt AS reversed JOIN attempt AS later ON later.record_id = reversed.record_id
    WHERE reversed.attempt_id = reversal.attempt_id AND later.generation > reversed.generation AND later.state = 'posted')
