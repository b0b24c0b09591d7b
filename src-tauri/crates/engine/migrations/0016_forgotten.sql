-- The time at which payee and texts of a record were blanked after the period for which they are kept. What the guard needs
-- stays: ids, days, amounts, hashes, references, vouchers.
ALTER TABLE record ADD COLUMN forgotten_at TEXT;

DROP TRIGGER attempt_is_what_was_claimed;

CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

-- The content beyond day and amount may be forgotten once the attempt is settled, and never be another one.
CREATE TRIGGER attempt_content_is_kept_or_forgotten BEFORE UPDATE OF sent ON attempt
WHEN NEW.sent IS NOT NULL OR OLD.settled_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;
