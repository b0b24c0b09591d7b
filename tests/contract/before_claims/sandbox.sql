PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('practice_newest','2026-11-30');
INSERT INTO settings VALUES('reference_scheme','{"prefixes":["hlf"],"rules":[{"ascii_only":false,"folds_case":false,"length_max":64}]}');
CREATE TABLE grants (
    fence              INTEGER PRIMARY KEY AUTOINCREMENT,
    token              TEXT    NOT NULL UNIQUE,
    user_name          TEXT    NOT NULL,
    holder_user        TEXT    NOT NULL,
    holder_host        TEXT    NOT NULL,
    holder_run_id      TEXT    NOT NULL,
    operation          TEXT    NOT NULL,
    acquired_at        INTEGER NOT NULL,
    renewed_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    progress_processed INTEGER,
    progress_total     INTEGER,
    ended_at           INTEGER,
    ended_by           TEXT CHECK (ended_by IN ('released', 'taken over', 'broken')),
    break_reason       TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((ended_by IS 'broken') = (break_reason IS NOT NULL))
) STRICT;
INSERT INTO grants VALUES(1,'lock-01a22e6c-6e96-7358-9e22-a932d522cea3','Kari Nordmann','root','vm','01a22e6c-6dce-72f3-bb6a-9e995b9517b7','sync',1796075187862,1796075187862,1796075247862,NULL,NULL,1796075187907,'released',NULL);
INSERT INTO grants VALUES(2,'lock-01a22e6c-6f11-77c9-a920-6c0e37ae90f6','Kari Nordmann','root','vm','01a22e6c-6ef6-736b-a979-abc5a9305299','sync',1796075187985,1796075187985,1796075247985,NULL,NULL,1796075188280,'released',NULL);
CREATE TABLE vouchers (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    reference       TEXT    NOT NULL,
    content_hash    BLOB    NOT NULL,
    date            TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    lines           TEXT    NOT NULL,
    total_minor     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    fence           INTEGER NOT NULL,
    state           TEXT    NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'voided')),
    reverses        INTEGER UNIQUE REFERENCES vouchers (seq),
    reversal_reason TEXT,
    CHECK ((reverses IS NULL) = (reversal_reason IS NULL))
) STRICT;
INSERT INTO vouchers VALUES(1,'hlf:R-1',X'e894fb66765aab677b8fba8cf28818b0df0ec907462ffe10bb6f78fc39fbc27c','2026-10-05','NOK','Tog til Bodø','[{"account":"7140","amount":"412.00","dimensions":{"department":"Nord","project":"P7"}},{"account":"2930","amount":"-412.00","party":"PM-0001"}]',41200,1796075187889,'kari',1,'posted',NULL,NULL);
INSERT INTO vouchers VALUES(2,'hlf:R-2',X'dbe6fdb36ed99239bf3b0398391ec8442f3a472c22d81c09dd828705473cd274','2026-10-06','NOK','Lunsj, seks personer','[{"account":"6860","amount":"1204.50"},{"account":"2930","amount":"-1204.50","party":"PM-0002"}]',120450,1796075187889,'kari',1,'posted',NULL,NULL);
INSERT INTO vouchers VALUES(3,'hlf:R-3',X'5c9eca7d0c08c3c4c1e07b723a407c8c4bfdadf515a1194638b19621985c3431','2026-10-07','NOK','Refundert billett','[{"account":"7140","amount":"-88.00","dimensions":{"department":"Nord"}},{"account":"2930","amount":"88.00","party":"PM-0001"}]',8800,1796075187889,'kari',1,'posted',NULL,NULL);
INSERT INTO vouchers VALUES(4,'hlf:R-4',X'0eafc5351afb6aeb56d7024a9aa9b4154f601204e0a5536023b4a72b5885eebe','2026-10-08','NOK','Skruer','[{"account":"7790","amount":"99.90","dimensions":{"project":"P9"}},{"account":"2930","amount":"-99.90","party":"PM-0003"}]',9990,1796075187889,'kari',1,'posted',NULL,NULL);
INSERT INTO vouchers VALUES(5,'hlf:R-5',X'b34ff0a212ec7f7b64fc227aad0b1e64aea11af088740aabe020ddb7f8fc3c9c','2026-12-31','NOK','Ferje','[{"account":"7140","amount":"300.00","dimensions":{"department":"Sør"}},{"account":"2930","amount":"-300.00","party":"PM-0002"}]',30000,1796075187889,'kari',1,'posted',NULL,NULL);
CREATE TABLE idempotency_keys (
    key          TEXT PRIMARY KEY NOT NULL,
    request_hash BLOB    NOT NULL,
    body         TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
INSERT INTO idempotency_keys VALUES('01a22e6c-6eb0-71ef-a5d5-a50c919e2d0b',X'307a0f31e164e592b7d126100cc39b5ae5bc69597aa3960ea3d9adf67a611afc','{"results":[{"reference":"hlf:R-1","status":"created","voucher_id":"V-90001","number":"10001"},{"reference":"hlf:R-2","status":"created","voucher_id":"V-90002","number":"10002"},{"reference":"hlf:R-3","status":"created","voucher_id":"V-90003","number":"10003"},{"reference":"hlf:R-4","status":"created","voucher_id":"V-90004","number":"10004"},{"reference":"hlf:R-5","status":"created","voucher_id":"V-90005","number":"10005"}]}',1796161587889);
CREATE TABLE witnesses (
    ledger_id       TEXT PRIMARY KEY NOT NULL,
    entries         INTEGER NOT NULL,
    head            TEXT    NOT NULL,
    written_by_user TEXT    NOT NULL,
    written_by_host TEXT    NOT NULL,
    written_at      INTEGER NOT NULL
, signature TEXT, public_key TEXT) STRICT;
INSERT INTO witnesses VALUES('01a22e6c-6d05-75c7-a57d-3d92f218b2fe',5,'sha256:2bcb60cc52ca3275f033f4d5cadb3c90e01c90b4b741666d0b4a87a0bfa79e01','root','vm',1796075188265,NULL,NULL);
CREATE TABLE journal (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    event  TEXT    NOT NULL,
    fence  INTEGER,
    caller TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;
INSERT INTO journal VALUES(1,1796075187862,'lock_granted',1,'kari','{"expires_at":"2026-11-30T21:47:27.862Z","host":"vm","run_id":"01a22e6c-6dce-72f3-bb6a-9e995b9517b7","user":"root"}');
INSERT INTO journal VALUES(2,1796075187872,'reference_scheme_written',1,'kari','{"prefixes":["hlf"]}');
INSERT INTO journal VALUES(3,1796075187889,'voucher_write',1,'kari','{"about":{"created":5,"exists":0,"refused":0},"arrived_at":"2026-11-30T21:46:27.889Z","key":"01a22e6c-6eb0-71ef-a5d5-a50c919e2d0b","replayed":false,"status":200}');
INSERT INTO journal VALUES(4,1796075187905,'witness_written',1,'kari','{"entries":3,"ledger_id":"01a22e6c-6d05-75c7-a57d-3d92f218b2fe"}');
INSERT INTO journal VALUES(5,1796075187907,'lock_released',1,'kari','{"host":"vm","run_id":"01a22e6c-6dce-72f3-bb6a-9e995b9517b7","user":"root"}');
INSERT INTO journal VALUES(6,1796075187985,'lock_granted',2,'kari','{"expires_at":"2026-11-30T21:47:27.985Z","host":"vm","run_id":"01a22e6c-6ef6-736b-a979-abc5a9305299","user":"root"}');
INSERT INTO journal VALUES(7,1796075188265,'witness_written',2,'kari','{"entries":5,"ledger_id":"01a22e6c-6d05-75c7-a57d-3d92f218b2fe"}');
INSERT INTO journal VALUES(8,1796075188280,'lock_released',2,'kari','{"host":"vm","run_id":"01a22e6c-6ef6-736b-a979-abc5a9305299","user":"root"}');
CREATE TABLE drafts (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    reference    TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    date         TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    lines        TEXT    NOT NULL,
    total_minor  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    fence        INTEGER NOT NULL
) STRICT;
CREATE TABLE committed_drafts (
    seq       INTEGER PRIMARY KEY NOT NULL,
    reference TEXT    NOT NULL,
    voucher   INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TABLE labels (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    code       TEXT    NOT NULL UNIQUE,
    text       TEXT    NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE TABLE witness_history (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    ledger_id       TEXT    NOT NULL,
    entries         INTEGER NOT NULL,
    head            TEXT    NOT NULL,
    signature       TEXT,
    public_key      TEXT,
    written_by_user TEXT    NOT NULL,
    written_by_host TEXT    NOT NULL,
    written_at      INTEGER NOT NULL
) STRICT;
INSERT INTO witness_history VALUES(1,'01a22e6c-6d05-75c7-a57d-3d92f218b2fe',3,'sha256:e29d2ea3fe77fb4d0fa88f0304a56fc22859de6b6c9669a531969e1ba64b7cbe',NULL,NULL,'root','vm',1796075187905);
INSERT INTO witness_history VALUES(2,'01a22e6c-6d05-75c7-a57d-3d92f218b2fe',5,'sha256:2bcb60cc52ca3275f033f4d5cadb3c90e01c90b4b741666d0b4a87a0bfa79e01',NULL,NULL,'root','vm',1796075188265);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('witness_history',2);
INSERT INTO sqlite_sequence VALUES('grants',2);
INSERT INTO sqlite_sequence VALUES('journal',8);
INSERT INTO sqlite_sequence VALUES('vouchers',5);
CREATE UNIQUE INDEX one_grant_alive ON grants ((1)) WHERE ended_at IS NULL;
CREATE INDEX vouchers_by_reference ON vouchers (reference);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
CREATE INDEX drafts_by_reference ON drafts (reference);
CREATE INDEX vouchers_by_date ON vouchers (date, seq);
CREATE INDEX witness_history_ledger ON witness_history (ledger_id, seq);
COMMIT;
