UPDATE grants
   SET renewed_at = :now,
       expires_at = :expires_at,
       progress_processed = coalesce(:processed, progress_processed),
       progress_total = coalesce(:total, progress_total)
 WHERE token = :token AND ended_at IS NULL
