-- Sees a record as it was: what was forgotten of it stays so. Whatever is more than that waits in `arrival` for the end of the reading.
UPDATE record SET
    reading_id = :reading, id_form = :form,
    receipts = CASE WHEN forgotten_at IS NULL THEN :receipts ELSE receipts END,
    payee_name = CASE WHEN forgotten_at IS NULL THEN :payee_name ELSE payee_name END, version = :version,
    approved_at = :approved_at, file = :file, line = :line
WHERE record_id = :id
