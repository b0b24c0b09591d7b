-- Sees a record as it was. Whatever is more than that waits in `arrival` for the end of the reading.
UPDATE record SET
    reading_id = :reading, id_form = :form, payee_name = :payee_name, version = :version, approved_at = :approved_at,
    file = :file, line = :line
WHERE record_id = :id
