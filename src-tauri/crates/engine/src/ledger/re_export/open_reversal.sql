SELECT reversal_id, key, voucher_id, reference, date, reason
FROM reversal
WHERE voucher_id = :voucher AND state IN ('claimed', 'unknown', 'posted')
