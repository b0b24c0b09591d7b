SELECT digest, settled FROM row_digest WHERE entry = 0 ORDER BY table_name, key1, key2
