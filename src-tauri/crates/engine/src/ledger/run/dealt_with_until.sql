-- The mark is read by the schedule's own text, not as the newest of all: while the file is edited, one program may
-- still keep to the schedule before. If a clock was set back, times between this mark and now may have been dealt with
-- from there already: no mark then.
SELECT until
FROM (SELECT max(seen_at, coalesce((SELECT max(scheduled_for) FROM scheduled_time WHERE scheduled_for <= :now), '')) AS until
      FROM (SELECT max(seen_at) AS seen_at FROM schedule_seen
            WHERE cron = :cron AND time_zone = :time_zone AND seen_at <= :now))
WHERE until IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM scheduled_time WHERE since = until AND scheduled_for > :now)
