INSERT INTO arrival (record_id, reading_id, content_hash, date, currency, exponent, minor, payee_id, payee_name, category,
                     text, department, project, version, approved_at, file, line)
VALUES (:id, :reading, :hash, :date, :currency, :exponent, :minor, :payee_id, :payee_name, :category,
        :text, :department, :project, :version, :approved_at, :file, :line)
ON CONFLICT (record_id) DO UPDATE SET
    reading_id = excluded.reading_id, content_hash = excluded.content_hash, date = excluded.date,
    currency = excluded.currency, exponent = excluded.exponent, minor = excluded.minor, payee_id = excluded.payee_id,
    payee_name = excluded.payee_name, category = excluded.category, text = excluded.text,
    department = excluded.department, project = excluded.project, version = excluded.version,
    approved_at = excluded.approved_at, file = excluded.file, line = excluded.line
