-- The time at which payee and texts of a record were blanked after the period for which they are kept. What the guard needs
-- stays: ids, days, amounts, hashes, references, vouchers.
ALTER TABLE record ADD COLUMN forgotten_at TEXT;

DROP TRIGGER attempt_is_what_was_claimed;

CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

-- The words of what was sent may be forgotten once the attempt is settled; accounts and lines stay, by which a look-up
-- knows the voucher.
CREATE TRIGGER attempt_content_is_kept_or_forgotten BEFORE UPDATE OF sent ON attempt
WHEN OLD.settled_at IS NULL
    OR NEW.sent IS NOT json_set(OLD.sent, '$.text', '', '$.payee', '', '$.is_forgotten', json('true'))
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;
