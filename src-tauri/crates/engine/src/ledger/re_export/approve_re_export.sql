UPDATE re_export
SET approved_user = :user, approved_host = :host, approved_accounting = :accounting, approved_at = :now
WHERE re_export_id = :re_export AND attempt_id IS NULL AND withdrawn_at IS NULL AND needs_approval = 1
    AND approved_at IS NULL AND requested_accounting <> :accounting
