UPDATE attempt
SET state = 'withdrawn', settled_at = :now, settled_run = run_number
WHERE state = 'handed_over'
    AND request_id = (SELECT request_id FROM sealed_file WHERE number = :number AND state = 'withdrawn')
