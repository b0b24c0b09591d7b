SELECT head_id, entries, head, public_key, signature, made_at, left_at
FROM audit_head
WHERE head_id >= :from
ORDER BY head_id
LIMIT :limit
