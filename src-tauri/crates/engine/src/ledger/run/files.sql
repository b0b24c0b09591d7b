SELECT f.number, f.label, f.file_name, f.format, f.state, f.digest, f.predecessor, f.bytes, f.vouchers, f.sums, run.run_id,
       f.rendered_at, f.sealed_at, f.withdrawn_at, f.reason,
       (SELECT count(*) FROM attempt a WHERE a.request_id = f.request_id AND a.state = 'handed_over') AS waiting,
       (SELECT count(*) FROM attempt a WHERE a.request_id = f.request_id AND a.state = 'posted') AS posted
FROM sealed_file f
JOIN run USING (run_number)
WHERE f.state <> 'void' AND (:before IS NULL OR f.number < :before)
    AND (:label IS NULL OR f.number = :number OR f.label = :label OR f.file_name = :label)
ORDER BY f.number DESC
LIMIT :limit
