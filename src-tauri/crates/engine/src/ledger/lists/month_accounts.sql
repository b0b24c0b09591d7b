WITH booked AS (
    SELECT a.currency, a.exponent, a.minor, a.sent
    FROM record r
    JOIN record_state s USING (record_id)
    JOIN attempt a ON a.attempt_id = s.guard_attempt
    WHERE r.date >= :from AND r.date < :to AND s.state = 'posted' AND a.sent IS NOT NULL),
line AS (
    SELECT currency, exponent, json_extract(sent, '$.expense_account') AS account, minor
    FROM booked WHERE json_extract(sent, '$.lines') IS NULL
    UNION ALL
    SELECT currency, exponent, json_extract(sent, '$.payable_account'), -minor
    FROM booked WHERE json_extract(sent, '$.lines') IS NULL
    UNION ALL
    SELECT currency, exponent, json_extract(value, '$.account'), json_extract(value, '$.minor')
    FROM booked, json_each(booked.sent, '$.lines'))
SELECT account, currency, exponent, sum(max(minor, 0)) AS debit, sum(max(-minor, 0)) AS credit, count(*) AS lines
FROM line
GROUP BY account, currency
ORDER BY account, currency
