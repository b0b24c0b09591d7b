SELECT alarm_id, cleared_by, kind = :kind AND evidence IN (:evidence, CASE WHEN cleared_by = 'accepted' THEN :unmarked ELSE :evidence END) AS same
FROM alarm
WHERE attempt_id = :attempt
ORDER BY alarm_id DESC
LIMIT 1
