-- Says whether the ledger has this voucher from anywhere: acknowledged, reversed, or found under one of our references.
SELECT EXISTS (SELECT 1 FROM attempt WHERE voucher_id = :voucher)
    OR EXISTS (SELECT 1 FROM reversal WHERE voucher_id = :voucher OR counter_voucher_id = :voucher)
    OR EXISTS (SELECT 1
                 FROM attempt JOIN json_each(attempt.evidence) AS found
                WHERE attempt.evidence IS NOT NULL
                  AND json_extract(found.value, '$.acknowledgement.voucher_id') = :voucher)
    OR EXISTS (SELECT 1
                 FROM alarm JOIN json_each(alarm.evidence) AS found
                WHERE json_extract(found.value, '$.acknowledgement.voucher_id') = :voucher)
    AS known
