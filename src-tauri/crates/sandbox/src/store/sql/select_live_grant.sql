SELECT fence, token, user_name, holder_user, holder_host, holder_run_id, operation,
       acquired_at, renewed_at, expires_at, progress_processed, progress_total
  FROM grants
 WHERE ended_at IS NULL
