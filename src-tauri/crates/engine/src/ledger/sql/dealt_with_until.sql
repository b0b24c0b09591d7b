-- By its own text, not the newest of all: while the file is edited, one program may still keep to the schedule before.
SELECT max(seen_at, coalesce((SELECT max(scheduled_for) FROM scheduled_time WHERE scheduled_for <= :now), '')) AS until
FROM (SELECT max(seen_at) AS seen_at FROM schedule_seen
      WHERE cron = :cron AND time_zone = :time_zone AND seen_at <= :now)
WHERE seen_at IS NOT NULL
