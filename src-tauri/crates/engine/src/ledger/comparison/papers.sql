SELECT l.ledger_id, coalesce(head.entry, 0) AS entries, lower(hex(head.hash)) AS head, run.protection, run.program
FROM ledger l
LEFT JOIN audit head ON head.entry = (SELECT max(entry) FROM audit)
LEFT JOIN run ON run.run_id = :run
