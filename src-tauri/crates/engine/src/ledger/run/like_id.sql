SELECT o.record_id, coalesce(a.voucher_number, a.voucher_id) AS voucher
FROM record o
JOIN record r ON r.record_id = :record
LEFT JOIN attempt a ON a.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = o.record_id AND state NOT IN ('refused', 'not_sent')
    ORDER BY generation DESC LIMIT 1)
WHERE o.id_form = :form AND o.seq <> r.seq
    AND ((coalesce(a.date, o.date) = :date AND coalesce(a.minor, o.minor) = :minor
            AND coalesce(a.currency, o.currency) = :currency)
        -- Exported, gone from the source, and corrected as well.
        OR (a.attempt_id IS NOT NULL AND o.reading_id < :reading AND o.payee_id = r.payee_id
            AND (o.date = r.date OR o.minor = r.minor)))
    AND (a.attempt_id IS NOT NULL OR (o.reading_id = :reading AND o.seq < r.seq))
    AND NOT EXISTS (
        SELECT 1 FROM question q
        WHERE q.topic = 'look_alike_id' AND q.answered_at IS NOT NULL
            AND q.about = json_object('like', o.record_id, 'record_id', r.record_id))
ORDER BY a.attempt_id IS NULL, o.seq
LIMIT 1
