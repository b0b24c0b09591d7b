INSERT INTO sealed_file (number, label, file_name, format, request_id, run_number, digest, predecessor, bytes, vouchers,
                         first_voucher, sums, state, rendered_at)
VALUES (:number, :label, :file_name, :format, :request, :run, :digest, :predecessor, :bytes, :vouchers,
        :first, :sums, 'rendered', :now)
