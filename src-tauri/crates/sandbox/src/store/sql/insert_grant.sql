INSERT INTO grants (
    token, user_name, holder_user, holder_host, holder_run_id, operation, acquired_at, renewed_at, expires_at
) VALUES (
    :token, :user_name, :holder_user, :holder_host, :holder_run_id, :operation, :now, :now, :expires_at
)
