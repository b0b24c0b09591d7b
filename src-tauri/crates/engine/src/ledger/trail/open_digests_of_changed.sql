SELECT d.digest, d.settled
FROM changed_row c
CROSS JOIN row_digest d ON d.table_name = c.table_name AND d.key1 = c.key1 AND d.key2 = c.key2 AND d.entry = 0
ORDER BY c.table_name, c.key1, c.key2
