SELECT max(comparison_id) AS comparison_id
FROM comparison
WHERE run_number IS NULL AND finished_at IS NOT NULL
    AND (period_from IS NULL OR period_from <= :first) AND (period_to IS NULL OR period_to >= :last)
    AND (:settled IS NULL OR started_at > :settled)
