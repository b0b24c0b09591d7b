SELECT seq, reference, date, currency, total_minor, created_at, fence, state, reverses
  FROM vouchers
 WHERE seq > :after AND created_at BETWEEN :from AND :to
 ORDER BY seq
 LIMIT :limit
