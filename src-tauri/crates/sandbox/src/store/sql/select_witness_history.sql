SELECT ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at, seq
  FROM witness_history
 WHERE ledger_id = :ledger_id AND seq > :after
 ORDER BY seq
 LIMIT :limit
