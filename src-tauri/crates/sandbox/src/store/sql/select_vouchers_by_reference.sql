SELECT seq, reference, date, currency, total_minor, created_at, fence, state, reverses,
       (SELECT counter.seq FROM vouchers AS counter WHERE counter.reverses = original.seq),
       text, lines, created_by
  FROM vouchers AS original
 WHERE reference = :reference AND created_at <= :visible_until
 ORDER BY seq
