INSERT INTO audit (
    entry, at, actor_user, actor_host, accounting_user, act, record_id, generation, run_id, voucher_id,
    earlier_voucher_id, reason, detail, previous, hash)
VALUES (
    :entry, :at, :actor_user, :actor_host, :accounting_user, :act, :record_id, :generation, :run_id, :voucher_id,
    :earlier_voucher_id, :reason, :detail, :previous, :hash)
