SELECT position, kind, record_id, generation, reference, voucher_id, detail
FROM comparison_difference
WHERE comparison_id = :comparison AND position > :after
ORDER BY position
LIMIT :limit
