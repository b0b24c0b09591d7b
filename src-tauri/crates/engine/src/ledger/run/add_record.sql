INSERT INTO record (record_id, id_form, content_hash, date, currency, exponent, minor, payee_id, payee_name, category, text,
                    department, project, version, approved_at, file, line, first_seen_at, reading_id)
VALUES (:id, :form, :hash, :date, :currency, :exponent, :minor, :payee_id, :payee_name, :category, :text,
        :department, :project, :version, :approved_at, :file, :line, :now, :reading)
