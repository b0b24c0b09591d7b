INSERT INTO acceptance (record_id, attempt_id, content_hash, alarm_id, reason, actor_user, actor_host, accepted_at)
VALUES (:record, :attempt, :content, :alarm, :reason, :user, :host, :now)
