INSERT INTO comparison (period_from, period_to, organisation, address, actor_user, actor_host, accounting_user,
                        started_at)
VALUES (:from, :to, :organisation, :address, :user, :host, :accounting_user, :now)
