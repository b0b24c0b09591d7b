SELECT alarm_id, cleared_by, kind = :kind AND evidence = :evidence AS same
FROM alarm
WHERE attempt_id = :attempt
ORDER BY alarm_id DESC
LIMIT 1
