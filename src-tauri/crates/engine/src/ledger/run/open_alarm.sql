SELECT of.voucher_id, alarm.kind, alarm.evidence, alarm.raised_at,
       EXISTS (SELECT 1 FROM reversal
               WHERE reversal.attempt_id = alarm.attempt_id AND reversal.state = 'posted') AS is_ours,
       (SELECT refused.reason FROM attempt refused
        WHERE refused.record_id = of.record_id AND refused.generation > of.generation AND refused.state = 'refused'
        ORDER BY refused.attempt_id DESC LIMIT 1) AS refusal
FROM attempt of
JOIN alarm ON alarm.attempt_id = of.attempt_id AND alarm.cleared_at IS NULL
WHERE of.record_id = :record
ORDER BY of.generation DESC
