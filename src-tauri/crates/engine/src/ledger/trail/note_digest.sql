INSERT INTO row_digest (table_name, key1, key2, entry, digest, settled)
VALUES (:table, :key1, :key2, 0, :digest, :settled)
ON CONFLICT DO UPDATE SET digest = excluded.digest, settled = excluded.settled
