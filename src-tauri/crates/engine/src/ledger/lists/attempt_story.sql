SELECT a.attempt_id, a.generation, a.state, a.reference, claimed.run_id, claimed.trigger, claimed.actor_user, claimed.actor_host,
       a.claimed_at, a.last_sent_at, a.settled_at, settled.run_id AS settled_by, settled.actor_user AS settled_user,
       settled.actor_host AS settled_host, a.found, a.voucher_id, a.voucher_number, a.reason, a.evidence,
       a.made_at, a.made_by, a.date, a.currency, a.exponent, a.minor, a.sent,
       (SELECT label FROM sealed_file f WHERE f.request_id = a.request_id AND f.state <> 'void') AS file
FROM attempt a
JOIN run claimed ON claimed.run_number = a.run_number
LEFT JOIN run settled ON settled.run_number = a.settled_run
WHERE a.record_id = :record
ORDER BY a.attempt_id
