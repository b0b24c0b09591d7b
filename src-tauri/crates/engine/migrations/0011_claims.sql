-- A record may be a claim of several lines, with dimensions and VAT: everything beyond a plain expense, as JSON.
ALTER TABLE record ADD COLUMN detail TEXT CHECK (detail IS NULL OR json_valid(detail));

ALTER TABLE arrival ADD COLUMN detail TEXT CHECK (detail IS NULL OR json_valid(detail));
