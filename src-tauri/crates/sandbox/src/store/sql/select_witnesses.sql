SELECT ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at
  FROM witnesses
