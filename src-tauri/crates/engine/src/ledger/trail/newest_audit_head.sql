SELECT h.head_id, h.entries, h.head, h.public_key, h.signature, h.made_at, h.left_at, a.hash AS chain
FROM audit_head h
LEFT JOIN audit a ON a.entry = h.entries
ORDER BY h.entries DESC, h.head_id DESC
LIMIT 1
