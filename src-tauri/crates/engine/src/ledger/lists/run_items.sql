SELECT i.position, i.record_id, i.file, i.line, coalesce(a.generation, i.generation) AS generation, i.result, i.reason,
       r.payee_name, coalesce(a.date, r.date) AS date, coalesce(a.currency, r.currency) AS currency,
       coalesce(a.exponent, r.exponent) AS exponent, coalesce(a.minor, r.minor) AS minor,
       a.reference, a.voucher_id, a.voucher_number, a.settled_at, a.sent, a.made_at, a.made_by, settled.run_id AS earlier_run,
       (SELECT o.record_id FROM record o
        WHERE o.date = r.date AND o.minor = r.minor AND o.payee_id = r.payee_id
            AND o.currency = r.currency AND o.text = r.text AND o.seq <> r.seq
            AND (o.reading_id = (SELECT latest_reading FROM ledger) OR EXISTS (
                SELECT 1 FROM attempt
                WHERE attempt.record_id = o.record_id AND state NOT IN ('refused', 'not_sent')))
        ORDER BY o.seq LIMIT 1) AS look_alike
FROM run_item i
LEFT JOIN record r ON r.record_id = i.record_id
LEFT JOIN attempt a ON a.attempt_id = i.attempt_id
LEFT JOIN run settled ON settled.run_number = a.settled_run
