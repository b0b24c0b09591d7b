INSERT INTO attempt (record_id, generation, reference, run_number, request_id, member, content_hash, date, currency,
                     exponent, minor, sent, state, claimed_at, last_sent_at, found)
VALUES (:record, :generation, :reference, :run, :request, :member, :hash, :date, :currency,
        :exponent, :minor, :sent, 'claimed', :now, :there, 1)
