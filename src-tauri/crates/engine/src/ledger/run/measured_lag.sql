SELECT error
FROM run
WHERE outcome = 'failed' AND json_extract(error, '$.code') = 'search_lag_longer'
ORDER BY CAST(json_extract(error, '$.params.measured') AS INTEGER) DESC
LIMIT 1
