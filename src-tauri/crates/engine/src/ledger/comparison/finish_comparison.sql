UPDATE comparison
SET run_number = :run, finished_at = :now, ledger_vouchers = :ledger, accounting_vouchers = :accounting,
    matched = :matched, waiting = :waiting, reversed = :reversed, differences = :differences, sums = :sums, unseen = :unseen
WHERE comparison_id = :comparison AND finished_at IS NULL
