-- Times between `since` and a claimed one are made up for by its run.
SELECT max(seen_at, coalesce((SELECT max(scheduled_for) FROM scheduled_time
                              WHERE scheduled_for <= :now AND how <> 'missed'), '')) AS until
FROM (SELECT max(seen_at) AS seen_at FROM schedule_seen
      WHERE cron = :cron AND time_zone = :time_zone AND seen_at <= :now)
