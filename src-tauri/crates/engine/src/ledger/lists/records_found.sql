SELECT r.currency, r.exponent, count(*) AS records, sum(r.minor) AS minor
FROM record r
