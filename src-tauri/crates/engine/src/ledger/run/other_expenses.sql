SELECT file, record_id, content_hash, differs
FROM (SELECT a.file, a.record_id, a.content_hash,
             (r.forgotten_at IS NULL AND a.payee_id <> r.payee_id) + (a.minor <> r.minor OR a.currency <> r.currency)
                 + (r.forgotten_at IS NULL AND a.text <> r.text) AS differs
      FROM arrival a
      JOIN record r USING (record_id)
      WHERE a.reading_id = :reading AND a.date <> r.date
          AND EXISTS (SELECT 1 FROM attempt
                      WHERE attempt.record_id = a.record_id AND state NOT IN ('refused', 'not_sent')))
WHERE differs >= 1
ORDER BY file, record_id
