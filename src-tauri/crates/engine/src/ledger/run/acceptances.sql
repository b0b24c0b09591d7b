SELECT alarm.kind, a.reason, a.actor_user, a.actor_host, a.accepted_at
FROM acceptance a
LEFT JOIN alarm USING (alarm_id)
WHERE a.record_id = :record
ORDER BY a.acceptance_id
