-- The newest breaking after which nothing was claimed here: whoever held that lock may go on for as long as it lived.
SELECT json_extract(broken.detail, '$.life_seconds') AS seconds
FROM audit AS broken
WHERE broken.act = 'lock_broken'
    AND NOT EXISTS (SELECT 1
                    FROM audit AS began
                    JOIN run ON run.run_id = began.run_id
                    JOIN request ON request.run_number = run.run_number
                    WHERE began.act = 'sync_started' AND began.entry > broken.entry)
ORDER BY broken.entry DESC
LIMIT 1
