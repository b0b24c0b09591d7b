SELECT reference, count(*)
  FROM vouchers
 WHERE state = 'posted'
 GROUP BY reference
HAVING count(*) > 1
 ORDER BY reference
