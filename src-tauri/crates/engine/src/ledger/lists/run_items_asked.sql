FROM run_item i
WHERE i.run_number = :run
    AND (:results IS NULL OR i.result IN (SELECT value FROM json_each(:results)))
    AND (:text IS NULL
         OR holds(i.record_id, :folded)
         OR EXISTS (SELECT 1 FROM record r WHERE r.record_id = i.record_id AND holds(r.payee_name, :folded))
         OR EXISTS (SELECT 1 FROM attempt a
                    WHERE a.attempt_id = i.attempt_id
                        AND (a.voucher_id >= :text AND a.voucher_id < :behind
                             OR a.voucher_number >= :text AND a.voucher_number < :behind)))
