INSERT INTO comparison_difference (comparison_id, position, kind, record_id, generation, reference, voucher_id, detail)
VALUES (:comparison, :position, :kind, :record, :generation, :reference, :voucher, :detail)
