SELECT key1 AS run_number FROM row_digest
WHERE entry = 0 AND table_name = 'run' AND settled = 1
ORDER BY key1
