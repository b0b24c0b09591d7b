SELECT count(*) AS approvals
FROM re_export
WHERE attempt_id IS NULL AND withdrawn_at IS NULL AND needs_approval = 1 AND approved_at IS NULL
