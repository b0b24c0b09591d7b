INSERT INTO witness_history (ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at)
VALUES (:ledger_id, :entries, :head, :signature, :public_key, :user, :host, :now)
