INSERT INTO witnesses (ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at)
VALUES (:ledger_id, :entries, :head, :signature, :public_key, :user, :host, :now)
ON CONFLICT (ledger_id) DO UPDATE
   SET entries = excluded.entries,
       head = excluded.head,
       signature = excluded.signature,
       public_key = excluded.public_key,
       written_by_user = excluded.written_by_user,
       written_by_host = excluded.written_by_host,
       written_at = excluded.written_at
