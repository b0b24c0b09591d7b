WHERE r.date BETWEEN :from AND :to
    AND (:payee IS NULL OR r.payee_id = :payee OR holds(r.payee_name, :payee_folded))
    AND (:least IS NULL OR r.minor * CASE r.exponent
             WHEN 0 THEN 10000 WHEN 1 THEN 1000 WHEN 2 THEN 100 WHEN 3 THEN 10 ELSE 1 END >= :least)
    AND (:most IS NULL OR r.minor * CASE r.exponent
             WHEN 0 THEN 10000 WHEN 1 THEN 1000 WHEN 2 THEN 100 WHEN 3 THEN 10 ELSE 1 END <= :most)
    AND (:text IS NULL
         OR holds(r.record_id, :folded) OR holds(r.payee_name, :folded) OR holds(r.text, :folded)
         OR holds(r.category, :folded) OR r.payee_id = :text
         OR r.record_id IN (
             SELECT record_id FROM attempt WHERE voucher_id >= :text AND voucher_id < :behind
             UNION SELECT record_id FROM attempt WHERE voucher_number >= :text AND voucher_number < :behind
             UNION SELECT record_id FROM reversal JOIN attempt USING (attempt_id)
                   WHERE counter_voucher_id >= :text AND counter_voucher_id < :behind
                       OR counter_number >= :text AND counter_number < :behind
             UNION SELECT record_id FROM attempt
                   WHERE reference = :text AND state NOT IN ('refused', 'not_sent')))
    AND (:near IS NULL OR CASE :near
             WHEN 'never_sent' THEN NOT EXISTS (
                 SELECT 1 FROM attempt
                 WHERE attempt.record_id = r.record_id AND state NOT IN ('refused', 'not_sent', 'withdrawn'))
             WHEN 'open' THEN r.record_id IN (
                 SELECT record_id FROM attempt WHERE settled_at IS NULL)
             WHEN 'alarmed' THEN r.record_id IN (
                 SELECT record_id FROM alarm JOIN attempt USING (attempt_id) WHERE cleared_at IS NULL)
             WHEN 'other_content' THEN EXISTS (
                 SELECT 1 FROM attempt
                 WHERE attempt.record_id = r.record_id AND attempt.content_hash <> r.content_hash
                     AND state NOT IN ('refused', 'not_sent'))
             END)
