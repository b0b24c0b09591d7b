SELECT a.attempt_id, a.generation, a.reference, a.voucher_id, a.voucher_number, a.currency, a.exponent, a.minor, a.date,
       a.settled_at, a.last_sent_at, run.run_id, run.actor_user, run.actor_host,
       (SELECT counter_voucher_id FROM reversal
        WHERE reversal.voucher_id = a.voucher_id AND reversal.state = 'posted') AS counter_voucher_id
FROM attempt a
JOIN run ON run.run_number = a.settled_run
WHERE a.record_id = :record AND a.state = 'posted'
ORDER BY a.generation DESC
LIMIT 1
