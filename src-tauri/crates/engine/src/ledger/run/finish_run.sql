UPDATE run
SET finished_at = :now, outcome = :outcome, error = :error,
    posted = :posted, skipped = :skipped, found = :found, refused = :refused, held = :held, in_doubt = :in_doubt,
    left_out = :left_out, handed_over = :handed_over
WHERE run_number = :run AND finished_at IS NULL
