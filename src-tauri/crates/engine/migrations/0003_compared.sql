-- An attempt as a comparison looks at it, whichever way it comes there.
CREATE VIEW compared_attempt AS
SELECT a.attempt_id, a.record_id, a.generation, a.reference, a.state, a.date, a.currency, a.exponent, a.minor,
       a.voucher_id, a.voucher_number, a.settled_at, a.last_sent_at,
       coalesce(settled.run_id, claimed.run_id) AS run_id,
       (SELECT state FROM reversal
        WHERE reversal.voucher_id = a.voucher_id AND state IN ('claimed', 'unknown', 'posted')) AS reversal,
       EXISTS (SELECT 1 FROM attempt later
               WHERE later.record_id = a.record_id AND later.generation > a.generation AND later.state = 'posted')
           AS exported_again
FROM attempt a
JOIN run claimed ON claimed.run_number = a.run_number
LEFT JOIN run settled ON settled.run_number = a.settled_run;
