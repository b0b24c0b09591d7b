INSERT INTO re_export (record_id, generation, earlier_attempt, reason, reverse, requested_user, requested_host,
                       requested_accounting, requested_at, needs_approval)
VALUES (:record, :generation, :earlier, :reason, :reverse, :user, :host, :accounting, :now, :needs_approval)
