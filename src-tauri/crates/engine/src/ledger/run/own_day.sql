SELECT coalesce(
    (SELECT instead_of FROM other_day
     WHERE record_id = :record AND day = :date
     ORDER BY other_day_id DESC LIMIT 1), :date) AS own
