SELECT substr(a.date, 1, 7) AS month, a.currency, a.exponent, count(*) AS records, sum(a.minor) AS minor
FROM attempt a
WHERE a.state = 'posted' AND a.date >= :from
    AND NOT EXISTS (
        SELECT 1 FROM reversal
        WHERE reversal.voucher_id = a.voucher_id AND state IN ('claimed', 'unknown', 'posted') AND state = 'posted')
GROUP BY month, a.currency
ORDER BY month, a.currency
LIMIT :limit
