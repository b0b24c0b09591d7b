-- The time at which a voucher that was found in the books was made there, and the name of the person who made it: for
-- people, who see an export that was made on another machine.
ALTER TABLE attempt ADD COLUMN made_at TEXT;

ALTER TABLE attempt ADD COLUMN made_by TEXT;
