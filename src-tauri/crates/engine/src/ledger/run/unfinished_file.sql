SELECT f.file_name, (SELECT reason FROM attempt a WHERE a.request_id = f.request_id ORDER BY member LIMIT 1) AS reason
FROM sealed_file f
WHERE f.state = 'rendered'
LIMIT 1
