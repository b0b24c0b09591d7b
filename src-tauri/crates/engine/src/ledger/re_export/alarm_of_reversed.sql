INSERT OR IGNORE INTO alarm (attempt_id, kind, evidence, raised_at)
SELECT reversal.attempt_id, 'reversed', '[]', :now
FROM reversal
WHERE reversal.re_export_id = :re_export AND reversal.state = 'posted'
