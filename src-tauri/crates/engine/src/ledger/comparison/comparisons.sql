SELECT c.comparison_id, run.run_id, c.period_from, c.period_to, c.organisation, c.address, c.actor_user, c.actor_host,
       c.accounting_user, c.started_at, c.finished_at, c.ledger_vouchers, c.accounting_vouchers, c.matched, c.waiting,
       c.reversed, c.differences, c.sums, c.unseen
FROM comparison c
LEFT JOIN run USING (run_number)
WHERE (:before IS NULL OR c.comparison_id < :before) AND (:only IS NULL OR c.comparison_id = :only)
    AND (:run IS NULL OR run.run_id = :run)
ORDER BY c.comparison_id DESC
LIMIT :limit
