SELECT entry, at, actor_user, actor_host, accounting_user, act, record_id, generation, run_id, voucher_id,
    earlier_voucher_id, reason, detail
FROM audit
WHERE entry < :before
    AND (:act IS NULL OR act = :act)
    AND (:record IS NULL OR record_id = :record)
    AND (:run IS NULL OR run_id = :run)
    AND (:actor IS NULL OR actor_user = :actor OR accounting_user = :actor)
    AND (:from IS NULL OR at >= :from)
    AND (:to IS NULL OR at < :to)
    AND (:text IS NULL
         OR reason LIKE :text ESCAPE '\'
         OR record_id LIKE :text ESCAPE '\'
         OR voucher_id LIKE :text ESCAPE '\'
         OR earlier_voucher_id LIKE :text ESCAPE '\'
         OR run_id LIKE :text ESCAPE '\'
         OR actor_user LIKE :text ESCAPE '\'
         OR actor_host LIKE :text ESCAPE '\'
         OR accounting_user LIKE :text ESCAPE '\'
         OR detail LIKE :text ESCAPE '\')
ORDER BY entry DESC
LIMIT :limit
