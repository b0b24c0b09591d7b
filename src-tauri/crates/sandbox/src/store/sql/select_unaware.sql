SELECT holder_run_id, expires_at - renewed_at
  FROM grants
 WHERE ended_by IN ('broken', 'taken over') AND ended_at + (expires_at - renewed_at) > :now
 ORDER BY fence
