INSERT INTO vouchers (
    reference, content_hash, date, currency, text, lines, total_minor, created_at, created_by, fence,
    reverses, reversal_reason
) VALUES (
    :reference, :content_hash, :date, :currency, :text, :lines, :total_minor, :created_at, :created_by, :fence,
    :reverses, :reversal_reason
)
