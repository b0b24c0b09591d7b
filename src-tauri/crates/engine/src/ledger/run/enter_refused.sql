INSERT INTO run (run_id, trigger, actor_user, actor_host, period_from, period_to, organisation, protection, fence, program,
                 started_at, finished_at, outcome, error)
VALUES (:run, :trigger, :user, :host, :from, :to,
        coalesce((SELECT organisation FROM run ORDER BY run_number DESC LIMIT 1), :organisation),
        coalesce((SELECT protection FROM run ORDER BY run_number DESC LIMIT 1), :protection),
        0, :program, :now, :now, :outcome, :error)
