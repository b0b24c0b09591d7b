INSERT INTO arrival (record_id, reading_id, id_form, content_hash, date, currency, exponent, minor, payee_id, payee_name,
                     category, text, department, project, detail, receipts, version, approved_at, file, line, seen_at)
VALUES (:id, :reading, :form, :hash, :date, :currency, :exponent, :minor, :payee_id, :payee_name,
        :category, :text, :department, :project, :detail, :receipts, :version, :approved_at, :file, :line, :now)
