SELECT run_number, run_id, trigger, actor_user, actor_host, period_from, period_to, fence, started_at, finished_at,
       outcome, error, read, posted, skipped, found, refused, held, in_doubt, left_out, handed_over
FROM run
WHERE (:before IS NULL OR run_number < :before)
    AND (:outcomes IS NULL OR coalesce(outcome, 'running') IN (SELECT value FROM json_each(:outcomes)))
    AND (:actor IS NULL OR holds(actor_user, :actor) OR holds(accounting_user, :actor))
    AND (:trigger IS NULL OR trigger = :trigger)
    AND (:from IS NULL OR started_at >= :from)
    AND (:to IS NULL OR started_at < :to)
    AND (:text IS NULL OR run_id = :text OR run_number IN (
        SELECT run_number FROM run_item
        WHERE record_id >= :text AND record_id < :behind AND result IS NOT 'skipped_already_exported'
        UNION SELECT run_number FROM reversal
              WHERE counter_voucher_id >= :text AND counter_voucher_id < :behind
                  OR counter_number >= :text AND counter_number < :behind
        UNION SELECT run_number FROM attempt WHERE voucher_id >= :text AND voucher_id < :behind
        UNION SELECT settled_run FROM attempt WHERE voucher_id >= :text AND voucher_id < :behind
        UNION SELECT run_number FROM attempt WHERE voucher_number >= :text AND voucher_number < :behind
        UNION SELECT settled_run FROM attempt WHERE voucher_number >= :text AND voucher_number < :behind))
ORDER BY run_number DESC
LIMIT :limit
