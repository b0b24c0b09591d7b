UPDATE grants
   SET ended_at = :now, ended_by = :ended_by, break_reason = :break_reason
 WHERE fence = :fence AND ended_at IS NULL
