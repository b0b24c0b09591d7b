-- Sees a known record in a reading. Another content waits for the end of the reading, with everything that belongs to it.
UPDATE record SET
    reading_id = :reading, conflict = 0, id_form = :form,
    payee_name = CASE WHEN :same THEN :payee_name ELSE payee_name END,
    version = CASE WHEN :same THEN :version ELSE version END,
    approved_at = CASE WHEN :same THEN :approved_at ELSE approved_at END,
    file = CASE WHEN :same THEN :file ELSE file END,
    line = CASE WHEN :same THEN :line ELSE line END
WHERE record_id = :id
