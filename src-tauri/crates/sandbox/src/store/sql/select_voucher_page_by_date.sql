WITH place AS (
    SELECT date, seq
      FROM vouchers
     WHERE date = :after_date AND date <= :date_to AND seq > :after AND created_at BETWEEN :from AND :to
     UNION ALL
    SELECT date, seq
      FROM vouchers
     WHERE date > :after_date AND date <= :date_to AND created_at BETWEEN :from AND :to
     ORDER BY date, seq
     LIMIT :limit
)
SELECT original.seq, reference, original.date, currency, total_minor, created_at, fence, state, reverses,
       (SELECT counter.seq FROM vouchers AS counter WHERE counter.reverses = original.seq),
       text, lines, created_by
  FROM place
  JOIN vouchers AS original ON original.seq = place.seq
 ORDER BY original.date, original.seq
