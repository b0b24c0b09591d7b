SELECT currency, count(*), sum(total_minor)
  FROM vouchers
 WHERE state = 'posted' AND reverses IS NULL
 GROUP BY currency
 ORDER BY currency
