SELECT original.seq, original.reference, original.date, original.currency, original.text, original.lines,
       original.total_minor, original.created_at, original.created_by, original.fence, original.state,
       original.reverses, counter.seq
  FROM vouchers AS original
  LEFT JOIN vouchers AS counter ON counter.reverses = original.seq
 WHERE original.seq = :seq
