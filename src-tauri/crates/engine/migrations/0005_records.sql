-- Lists of records go by their day, newest first: a page begins where the last one ended.
CREATE INDEX record_date ON record (date);

-- The number that people know a voucher by.
CREATE INDEX attempt_voucher_number ON attempt (voucher_number) WHERE voucher_number IS NOT NULL;

-- The runs in which something became of a record. Being left out as exported already is in every run, and never asked for.
CREATE INDEX run_item_record ON run_item (record_id, run_number)
    WHERE record_id IS NOT NULL AND result IS NOT 'skipped_already_exported';
