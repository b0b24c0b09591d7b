UPDATE alarm SET cleared_at = :now, cleared_by = 'found_well'
WHERE cleared_at IS NULL AND attempt_id IN (
    SELECT attempt_id FROM attempt WHERE record_id = :record AND generation < :generation)
