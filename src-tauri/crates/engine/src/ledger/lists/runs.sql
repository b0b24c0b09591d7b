SELECT run_number, run_id, trigger, actor_user, actor_host, period_from, period_to, fence, started_at, finished_at,
       outcome, error, read, posted, skipped, found, refused, held, in_doubt, left_out, handed_over
FROM run
WHERE :before IS NULL OR run_number < :before
ORDER BY run_number DESC
LIMIT :limit
