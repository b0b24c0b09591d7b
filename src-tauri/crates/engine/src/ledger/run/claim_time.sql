INSERT INTO scheduled_time (scheduled_for, since, missed, dealt_with_at, how, run_id)
VALUES (:scheduled_for, :since, :missed, :now, :how, :run)
ON CONFLICT (scheduled_for) DO NOTHING
