INSERT INTO drafts (
    reference, content_hash, date, currency, text, lines, total_minor, created_at, created_by, fence
) VALUES (
    :reference, :content_hash, :date, :currency, :text, :lines, :total_minor, :created_at, :created_by, :fence
)
