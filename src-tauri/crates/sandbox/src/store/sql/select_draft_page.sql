SELECT seq, reference, date, currency, total_minor, created_at, fence, text, lines
  FROM drafts
 WHERE seq > :after AND created_at <= :visible_until
 ORDER BY seq
 LIMIT :limit
