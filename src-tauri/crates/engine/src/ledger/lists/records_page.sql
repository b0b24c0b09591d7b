    AND (r.date, r.seq) < (:before_date, :before_seq)
ORDER BY r.date DESC, r.seq DESC
LIMIT :limit
