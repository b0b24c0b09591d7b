SELECT seq, reference, date, currency, total_minor, created_at, fence, state, reverses,
       (SELECT counter.seq FROM vouchers AS counter WHERE counter.reverses = original.seq),
       text, lines, created_by
  FROM vouchers AS original
 WHERE seq > :after AND created_at BETWEEN :from AND :to
 ORDER BY seq
 LIMIT :limit
