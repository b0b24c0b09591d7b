-- A record stays forgotten while its content is the same.
INSERT INTO record (record_id, id_form, content_hash, date, currency, exponent, minor, payee_id, payee_name, category, text,
                    department, project, detail, receipts, version, approved_at, file, line, first_seen_at, reading_id, conflict)
SELECT a.record_id, a.id_form, a.content_hash, a.date, a.currency, a.exponent, a.minor, a.payee_id, a.payee_name, a.category,
       a.text, a.department, a.project, a.detail, a.receipts, a.version, a.approved_at, a.file, a.line, a.seen_at, a.reading_id,
       EXISTS (SELECT 1 FROM repeat p WHERE p.reading_id = a.reading_id AND p.record_id = a.record_id AND p.same = 0)
           OR EXISTS (SELECT 1 FROM flaw f WHERE f.record_id = a.record_id AND f.reading_id = a.reading_id)
FROM arrival a
WHERE a.reading_id = :reading AND a.arrival_id > :after AND a.arrival_id <= :last
ORDER BY a.arrival_id
ON CONFLICT (record_id) DO UPDATE SET
    id_form = excluded.id_form, date = excluded.date, currency = excluded.currency,
    exponent = excluded.exponent, minor = excluded.minor,
    payee_id = iif(forgotten_at IS NOT NULL AND content_hash = excluded.content_hash, payee_id, excluded.payee_id),
    payee_name = iif(forgotten_at IS NOT NULL AND content_hash = excluded.content_hash, payee_name, excluded.payee_name),
    text = iif(forgotten_at IS NOT NULL AND content_hash = excluded.content_hash, text, excluded.text),
    detail = iif(forgotten_at IS NOT NULL AND content_hash = excluded.content_hash, detail, excluded.detail),
    receipts = iif(forgotten_at IS NOT NULL AND content_hash = excluded.content_hash, receipts, excluded.receipts),
    forgotten_at = iif(content_hash = excluded.content_hash, forgotten_at, NULL), content_hash = excluded.content_hash,
    category = excluded.category, department = excluded.department, project = excluded.project,
    version = excluded.version, approved_at = excluded.approved_at, file = excluded.file, line = excluded.line,
    reading_id = excluded.reading_id, conflict = excluded.conflict
