SELECT count(*),
       count(DISTINCT reference),
       count(*) FILTER (WHERE state = 'voided'),
       count(*) FILTER (WHERE reverses IS NOT NULL)
  FROM vouchers
