UPDATE row_digest AS d SET entry = :entry
WHERE table_name = :table AND key1 = :key1 AND key2 = :key2 AND entry = 0
RETURNING digest, settled
