UPDATE record SET
    content_hash = a.content_hash, date = a.date, currency = a.currency, exponent = a.exponent, minor = a.minor,
    payee_id = a.payee_id, payee_name = a.payee_name, category = a.category, text = a.text, department = a.department,
    project = a.project, version = a.version, approved_at = a.approved_at, file = a.file, line = a.line
FROM arrival a
WHERE a.record_id = record.record_id AND a.reading_id = :reading
