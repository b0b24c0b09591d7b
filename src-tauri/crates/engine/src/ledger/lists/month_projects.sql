WITH part AS (
    SELECT r.record_id, r.currency, r.exponent, r.minor,
           coalesce(nullif(r.project, ''), nullif(json_extract(r.detail, '$.dimensions.grant'), '')) AS project
    FROM record r
    JOIN record_state s USING (record_id)
    WHERE r.date >= :from AND r.date < :to AND s.state = 'posted' AND json_extract(r.detail, '$.lines') IS NULL
    UNION ALL
    SELECT r.record_id, r.currency, r.exponent, json_extract(line.value, '$.minor'),
           coalesce(nullif(json_extract(line.value, '$.dimensions.project'), ''), nullif(r.project, ''),
                    nullif(json_extract(line.value, '$.dimensions.grant'), ''),
                    nullif(json_extract(r.detail, '$.dimensions.grant'), ''))
    FROM record r
    JOIN record_state s USING (record_id), json_each(r.detail, '$.lines') line
    WHERE r.date >= :from AND r.date < :to AND s.state = 'posted')
SELECT project, currency, exponent, count(DISTINCT record_id) AS records, sum(minor) AS minor
FROM part
GROUP BY project, currency
ORDER BY project IS NULL, project, currency
