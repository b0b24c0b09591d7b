-- One row or two of every table that the audit trail covers, written as the program writes.
INSERT INTO reading (reading_id, started_at, finished_at) VALUES (1, '2026-11-02T09:00:00.000Z', '2026-11-02T09:00:01.000Z');
INSERT INTO record (seq, record_id, content_hash, date, currency, exponent, minor, payee_id, payee_name, category, text,
                    department, project, version, approved_at, file, line, first_seen_at, reading_id, held_reason, held_since)
VALUES (1, 'PM-1', zeroblob(32), '2026-10-30', 'NOK', 2, 41250, 'p-7', 'Åse', 'travel', 'Tog til Oslo', 'D1', 'P1', 2,
        '2026-10-31T08:00:00.000Z', 'records.csv', 2, '2026-11-02T09:00:00.000Z', 1, NULL, NULL);
INSERT INTO run (run_number, run_id, trigger, actor_user, actor_host, period_from, period_to, organisation, protection,
                 fence, program, started_at, read, posted, skipped, refused, held, in_doubt, accounting_user)
VALUES (1, 'run-1', 'manual', 'kari', 'HLF-PC-12', '2026-10-01', '2026-10-31', 'hlf', 'enforced', 4, '1.0.0',
        '2026-11-02T09:00:00.000Z', 2, 1, 1, 0, 0, 0, 'api-7');
INSERT INTO request (request_id, key, keyed_at, run_number, fence, body_hash) VALUES (1, 'key-1', '2026-11-02T09:00:02.000Z', 1, 4, zeroblob(32));
INSERT INTO attempt (attempt_id, record_id, generation, reference, run_number, request_id, member, content_hash, date,
                     currency, exponent, minor, state, claimed_at, last_sent_at)
VALUES (1, 'PM-1', 1, 'hlf:PM-1', 1, 1, 0, zeroblob(32), '2026-10-30', 'NOK', 2, 41250, 'claimed', '2026-11-02T09:00:02.000Z',
        '2026-11-02T09:00:02.000Z');
UPDATE attempt SET state = 'posted', settled_at = '2026-11-02T09:00:03.000Z', settled_run = 1, voucher_id = 'v-1', voucher_number = '2026-17';
INSERT INTO run_item (run_number, position, record_id, file, line, generation, result, attempt_id)
VALUES (1, 1, 'PM-1', 'records.csv', 2, 1, 'posted', 1), (1, 2, NULL, 'records.csv', 3, NULL, 'held', NULL);
INSERT INTO run_sum (run_number, currency, exponent, minor) VALUES (1, 'NOK', 2, 41250);
INSERT INTO superseded (record_id, content_hash, content, replaced_at) VALUES ('PM-1', zeroblob(32), '{}', '2026-11-03T09:00:00.000Z');
INSERT INTO re_export (re_export_id, record_id, generation, earlier_attempt, reason, reverse, requested_user, requested_host,
                       requested_accounting, requested_at, needs_approval, approved_user, approved_host, approved_accounting, approved_at)
VALUES (1, 'PM-1', 2, 1, 'ført på feil år', 1, 'kari', 'HLF-PC-12', 'api-7', '2026-11-03T09:00:00.000Z', 1, 'ola', 'HLF-PC-13',
        'api-8', '2026-11-03T10:00:00.000Z');
INSERT INTO reversal (reversal_id, re_export_id, attempt_id, voucher_id, reference, key, date, reason, run_number, state, claimed_at,
                      settled_at, counter_voucher_id, counter_number)
VALUES (1, 1, 1, 'v-1', 'hlf:PM-1:r', 'key-2', '2026-11-03', 'ført på feil år', 1, 'posted', '2026-11-03T09:00:00.000Z',
        '2026-11-03T09:00:01.000Z', 'v-2', '2026-18');
INSERT INTO comparison (comparison_id, run_number, period_from, period_to, organisation, address, actor_user, actor_host,
                        accounting_user, started_at, finished_at, ledger_vouchers, accounting_vouchers, matched, differences)
VALUES (1, 1, '2026-10-01', '2026-10-31', 'hlf', 'http://books', 'kari', 'HLF-PC-12', 'api-7', '2026-11-02T09:00:04.000Z',
        '2026-11-02T09:00:05.000Z', 1, 1, 1, 0);
INSERT INTO comparison_difference (comparison_id, position, kind, record_id, generation, reference, voucher_id, detail)
VALUES (1, 1, 'reversed', 'PM-1', 1, 'hlf:PM-1', 'v-1', '{}');
INSERT INTO alarm (alarm_id, attempt_id, kind, evidence, raised_at, cleared_at, cleared_by)
VALUES (1, 1, 'gone', '[]', '2026-11-03T09:00:00.000Z', '2026-11-03T09:30:00.000Z', 'accepted');
INSERT INTO acceptance (acceptance_id, record_id, attempt_id, alarm_id, reason, actor_user, actor_host, accepted_at)
VALUES (1, 'PM-1', 1, 1, 'rettet for hånd', 'kari', 'HLF-PC-12', '2026-11-03T09:30:00.000Z');
INSERT INTO schedule_seen (seen_id, cron, time_zone, seen_at) VALUES (1, '0 2 * * *', 'Europe/Oslo', '2026-11-02T09:00:00.000Z');
INSERT INTO scheduled_time (time_id, scheduled_for, since, missed, dealt_with_at, how, run_id)
VALUES (1, '2026-11-02T02:00:00.000Z', '2026-11-01T02:00:00.000Z', 0, '2026-11-02T02:00:01.000Z', 'ran', 'run-1');
UPDATE run SET finished_at = '2026-11-02T09:00:06.000Z', outcome = 'completed';

INSERT INTO pin (pin_id, topic, value, pinned_at, carried)
VALUES (1, 'books', '{"address":"http://books","organisation":"hlf"}', '2026-11-03T09:14:03.000Z', 1);

INSERT INTO question (question_id, topic, about, problem, asked_at, withdrawn_at)
VALUES (1, 'source', '{"after":"Nr"}', '{"code":"source_ids_moved","params":{}}', '2026-11-03T09:14:03.000Z',
        '2026-11-03T09:15:03.000Z');

INSERT INTO question (question_id, topic, about, problem, asked_at, answered_at, reason, actor_user, actor_host)
VALUES (2, 'prefix', '{"prefix":"hlf"}', '{"code":"prefix_differs","params":{}}', '2026-11-03T09:14:03.000Z',
        '2026-11-03T09:15:03.000Z', 'Two clients of one bookkeeper', 'kari', 'HLF-PC-12');

INSERT INTO set_aside (set_aside_id, record_id, reading_id, reason, actor_user, actor_host, set_aside_at)
VALUES (1, 'PM-1', 1, 'Paid in cash on the same day', 'kari', 'HLF-PC-12', '2026-11-03T09:14:03.000Z');

INSERT INTO result_due (attempt_id, due_at, told_at) VALUES (1, '2026-11-02T09:00:03.000Z', '2026-11-02T09:00:07.000Z');

INSERT INTO other_day (other_day_id, record_id, attempt_id, instead_of, day, reason, actor_user, actor_host, chosen_at)
VALUES (1, 'PM-1', 1, '2026-10-28', '2026-11-01', 'October is closed already', 'kari', 'HLF-PC-12', '2026-11-03T09:14:03.000Z');

INSERT INTO other_day (other_day_id, record_id, attempt_id, instead_of, day, actor_user, actor_host, run_number, chosen_at)
VALUES (2, 'PM-1', 1, '2026-10-28', '2026-12-01', 'kari', 'HLF-PC-12', 1, '2026-11-03T09:14:04.000Z');

INSERT INTO sealed_file (sealed_file_id, number, label, file_name, format, request_id, run_number, digest, bytes, vouchers,
                         first_voucher, sums, state, rendered_at)
VALUES (1, 1, '2026-0001', 'hlf-2026-0001.csv', 'gbat10', 1, 1, zeroblob(32), 120, 1, 1, '[["NOK","412.50"]]', 'rendered',
        '2026-11-02T09:00:02.000Z');
UPDATE sealed_file SET state = 'sealed', sealed_at = '2026-11-02T09:00:03.000Z', sealed_run = 1;

INSERT INTO receipt (receipt_id, attempt_id, position, place, name, state) VALUES (1, 1, 1, 'bilag/tog.pdf', 'tog.pdf', 'planned');
UPDATE receipt SET state = 'sent', digest = zeroblob(32), bytes = 120, media_type = 'application/pdf',
                   sent_at = '2026-11-02T09:00:03.000Z', fence = 4;
UPDATE receipt SET state = 'attached', attachment_id = 'A-1', settled_at = '2026-11-02T09:00:04.000Z';
INSERT INTO receipt (receipt_id, attempt_id, position, place, name, state, problem, settled_at, reason, actor_user, actor_host)
VALUES (2, 1, 2, 'bilag/hotell.pdf', 'hotell.pdf', 'set_aside', '{"code":"receipt_missing","params":{"receipt":"bilag/hotell.pdf"}}',
        '2026-11-03T09:14:03.000Z', 'The hotel has lost its copy', 'kari', 'HLF-PC-12');
