INSERT INTO receipt (attempt_id, position, place, name, state, sent_at, fence)
SELECT :attempt, named.key + 1, named.value ->> '$.place', named.value ->> '$.name', :state, :sent_at, :fence
FROM run
JOIN record ON record.record_id = :record
JOIN json_each(record.receipts) named
WHERE run.run_number = :run AND run.takes_attachments = 1
ORDER BY named.key
