-- The record has its voucher again. An alarm of any kind goes if none of the vouchers that it saw under the earlier
-- reference still stands: gone and reversed ones do not, and one that was reversed from here no longer does. Any other
-- stands beside the new one, and stays an alarm until a look-up shows that it is gone.
UPDATE alarm SET cleared_at = :now, cleared_by = 'found_well'
WHERE cleared_at IS NULL
    AND attempt_id IN (SELECT attempt_id FROM attempt WHERE record_id = :record AND generation < :generation)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(alarm.evidence) AS seen
        WHERE json_extract(seen.value, '$.state') = 'posted' AND NOT EXISTS (
            SELECT 1 FROM reversal
            WHERE reversal.voucher_id = json_extract(seen.value, '$.acknowledgement.voucher_id')
                AND reversal.state = 'posted'))
