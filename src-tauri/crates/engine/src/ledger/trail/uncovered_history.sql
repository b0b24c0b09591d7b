SELECT EXISTS (SELECT 1 FROM audit) AND NOT EXISTS
    (SELECT 1 FROM row_digest WHERE table_name = 'ledger' AND entry > 0) AS uncovered
