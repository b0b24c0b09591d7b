PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE ledger (
    only           INTEGER PRIMARY KEY CHECK (only = 1),
    ledger_id      TEXT    NOT NULL CHECK (ledger_id <> ''),
    created_at     TEXT    NOT NULL,
    writes         INTEGER NOT NULL CHECK (writes >= 0),
    latest_reading INTEGER REFERENCES reading (reading_id)
) STRICT;
INSERT INTO ledger VALUES(1,'01a22e6c-6d05-75c7-a57d-3d92f218b2fe','2026-11-30T21:46:27.461Z',35,2);
CREATE TABLE reading (
    reading_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at  TEXT NOT NULL,
    finished_at TEXT
) STRICT;
INSERT INTO reading VALUES(1,'2026-11-30T21:46:27.876Z','2026-11-30T21:46:27.878Z');
INSERT INTO reading VALUES(2,'2026-11-30T21:46:28.009Z','2026-11-30T21:46:28.032Z');
CREATE TABLE record (
    seq           INTEGER PRIMARY KEY,
    record_id     TEXT    NOT NULL UNIQUE CHECK (record_id <> ''),
    content_hash  BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date          TEXT    NOT NULL,
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    exponent      INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
    minor         INTEGER NOT NULL,
    payee_id      TEXT    NOT NULL,
    payee_name    TEXT    NOT NULL,
    category      TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    department    TEXT,
    project       TEXT,
    version       INTEGER,
    approved_at   TEXT,
    file          TEXT    NOT NULL,
    line          INTEGER NOT NULL,
    first_seen_at TEXT    NOT NULL,
    reading_id    INTEGER NOT NULL REFERENCES reading (reading_id),
    conflict      INTEGER NOT NULL DEFAULT 0 CHECK (conflict IN (0, 1)),
    held_reason   TEXT    CHECK (held_reason IS NULL OR json_valid(held_reason)),
    held_since    TEXT, id_form TEXT,
    CHECK ((held_reason IS NULL) = (held_since IS NULL))
) STRICT;
INSERT INTO record VALUES(1,'R-1',X'8c0db3a9d6418af76cb9f18b552170ab55bd66c6e28c0f4331faa936f8862c8e','2026-10-05','NOK',2,41200,'PM-0001','PM-0001','Reise','Tog til Bodø','Nord','P7',NULL,NULL,'records.csv',2,'2026-11-30T21:46:27.876Z',2,0,NULL,NULL,'r-1');
INSERT INTO record VALUES(2,'R-2',X'774205c2b91a531ad91567737cf08df5a7260b7b64c3a9c23f287d7ad2347087','2026-10-06','NOK',2,120450,'PM-0002','PM-0002','Bevertning','Lunsj, seks personer',NULL,NULL,NULL,NULL,'records.csv',3,'2026-11-30T21:46:27.876Z',2,0,NULL,NULL,'r-2');
INSERT INTO record VALUES(3,'R-3',X'd7ae94e6038dee05693ffcd12b3a90c06d9f18424ed4717ebbe50f831a86fd51','2026-10-07','NOK',2,-8800,'PM-0001','PM-0001','Reise','Refundert billett','Nord',NULL,NULL,NULL,'records.csv',4,'2026-11-30T21:46:27.876Z',2,0,NULL,NULL,'r-3');
INSERT INTO record VALUES(4,'R-4',X'912be2eae3f19704f98f383a77425a56ca591a60ec59d33176efed1a4705eef8','2026-10-08','NOK',2,9990,'PM-0003','PM-0003','Annet','Skruer',NULL,'P9',NULL,NULL,'records.csv',5,'2026-11-30T21:46:27.876Z',2,0,NULL,NULL,'r-4');
INSERT INTO record VALUES(5,'R-5',X'06eeeacb122e50853996580fa955c03806b96510e3dc05c6d7ef648461f59776','2026-12-31','NOK',2,30000,'PM-0002','PM-0002','Reise','Ferje','Sør',NULL,NULL,NULL,'records.csv',6,'2026-11-30T21:46:27.876Z',2,0,NULL,NULL,'r-5');
CREATE TABLE flaw (
    flaw_id    INTEGER PRIMARY KEY,
    reading_id INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id  TEXT,
    file       TEXT    NOT NULL,
    line       INTEGER NOT NULL,
    reason     TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse    TEXT    NOT NULL
) STRICT;
INSERT INTO flaw VALUES(2,2,'R-6','records.csv',7,'{"code":"date_invalid","found":"x","expected":"%d.%m.%Y"}','R-6;x;10,00;PM-0002;Reise;Drosje;NOK;;');
CREATE TABLE run (
    run_number  INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id      TEXT    NOT NULL UNIQUE CHECK (run_id <> ''),
    trigger     TEXT    NOT NULL CHECK (trigger IN ('manual', 'scheduled', 're-export')),
    actor_user  TEXT    NOT NULL,
    actor_host  TEXT    NOT NULL,
    period_from TEXT,
    period_to   TEXT,
    -- Whose books it went into. Once something was attempted, no later run goes into anybody else's.
    organisation TEXT   NOT NULL CHECK (organisation <> ''),
    protection  TEXT    NOT NULL CHECK (protection IN ('enforced', 'fenced', 'staged', 'observed')),
    fence       INTEGER NOT NULL,
    program     TEXT    NOT NULL,
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    outcome     TEXT    CHECK (outcome IN ('completed', 'stopped', 'lease_lost', 'failed', 'interrupted')),
    error       TEXT    CHECK (error IS NULL OR json_valid(error)),
    read        INTEGER NOT NULL DEFAULT 0 CHECK (read >= 0),
    posted      INTEGER NOT NULL DEFAULT 0 CHECK (posted >= 0),
    skipped     INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    refused     INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0),
    held        INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    in_doubt    INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt >= 0), accounting_user TEXT, left_out INTEGER NOT NULL DEFAULT 0 CHECK (left_out >= 0), found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT;
INSERT INTO run VALUES(1,'01a22e6c-6dce-72f3-bb6a-9e995b9517b7','manual','root','vm',NULL,NULL,'hlf','enforced',1,'0.1.0','2026-11-30T21:46:27.864Z','2026-11-30T21:46:27.903Z','completed',NULL,6,5,0,0,1,0,'kari',0,0);
INSERT INTO run VALUES(2,'01a22e6c-6ef6-736b-a979-abc5a9305299','manual','root','vm',NULL,NULL,'hlf','enforced',2,'0.1.0','2026-11-30T21:46:27.987Z','2026-11-30T21:46:28.246Z','completed',NULL,6,0,5,0,1,0,'kari',0,0);
CREATE TABLE run_sum (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    currency   TEXT    NOT NULL,
    exponent   INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    PRIMARY KEY (run_number, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO run_sum VALUES(1,'NOK',2,192840);
CREATE TABLE request (
    request_id INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE CHECK (key <> ''),
    keyed_at   TEXT    NOT NULL,
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    fence      INTEGER NOT NULL,
    body       BLOB,
    body_hash  BLOB    NOT NULL CHECK (length(body_hash) = 32)
, kind TEXT NOT NULL DEFAULT 'vouchers' CHECK (kind IN ('vouchers', 'drafts', 'found'))) STRICT;
INSERT INTO request VALUES(1,'01a22e6c-6eb0-71ef-a5d5-a50c919e2d0b','2026-11-30T21:46:27.887Z',1,1,NULL,X'68885df5484d4880f5744a076576cf6160def52d453641f47c581587e7832420','vouchers');
CREATE TABLE attempt (
    attempt_id     INTEGER PRIMARY KEY,
    record_id      TEXT    NOT NULL REFERENCES record (record_id),
    generation     INTEGER NOT NULL CHECK (generation >= 1),
    reference      TEXT    NOT NULL CHECK (reference <> ''),
    run_number     INTEGER NOT NULL REFERENCES run (run_number),
    request_id     INTEGER NOT NULL REFERENCES request (request_id),
    member         INTEGER NOT NULL CHECK (member >= 0),
    content_hash   BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date           TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    exponent       INTEGER NOT NULL,
    minor          INTEGER NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('claimed', 'staged', 'posted', 'refused', 'not_sent', 'unknown')),
    claimed_at     TEXT    NOT NULL,
    last_sent_at   TEXT    NOT NULL,
    settled_at     TEXT,
    settled_run    INTEGER REFERENCES run (run_number),
    found          INTEGER NOT NULL DEFAULT 0 CHECK (found IN (0, 1)),
    voucher_id     TEXT,
    voucher_number TEXT,
    reason         TEXT    CHECK (reason IS NULL OR json_valid(reason)), draft_id TEXT CHECK (state <> 'staged' OR coalesce(draft_id, '') <> ''), evidence TEXT CHECK (evidence IS NULL OR json_valid(evidence)), sent TEXT CHECK (sent IS NULL OR json_valid(sent)), shares_voucher INTEGER NOT NULL DEFAULT 0 CHECK (shares_voucher IN (0, 1)),
    UNIQUE (request_id, member),
    CHECK (state <> 'posted' OR coalesce(voucher_id, '') <> ''),
    CHECK (state NOT IN ('refused', 'unknown') OR reason IS NOT NULL),
    CHECK ((state IN ('claimed', 'staged', 'unknown')) = (settled_at IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_run IS NULL))
) STRICT;
INSERT INTO attempt VALUES(1,'R-1',1,'hlf:R-1',1,1,0,X'8c0db3a9d6418af76cb9f18b552170ab55bd66c6e28c0f4331faa936f8862c8e','2026-10-05','NOK',2,41200,'posted','2026-11-30T21:46:27.888Z','2026-11-30T21:46:27.887Z','2026-11-30T21:46:27.891Z',1,0,'V-90001','10001',NULL,NULL,NULL,'{"text":"Tog til Bodø","payee":"PM-0001","expense_account":"7140","payable_account":"2930"}',0);
INSERT INTO attempt VALUES(2,'R-2',1,'hlf:R-2',1,1,1,X'774205c2b91a531ad91567737cf08df5a7260b7b64c3a9c23f287d7ad2347087','2026-10-06','NOK',2,120450,'posted','2026-11-30T21:46:27.888Z','2026-11-30T21:46:27.887Z','2026-11-30T21:46:27.891Z',1,0,'V-90002','10002',NULL,NULL,NULL,'{"text":"Lunsj, seks personer","payee":"PM-0002","expense_account":"6860","payable_account":"2930"}',0);
INSERT INTO attempt VALUES(3,'R-3',1,'hlf:R-3',1,1,2,X'd7ae94e6038dee05693ffcd12b3a90c06d9f18424ed4717ebbe50f831a86fd51','2026-10-07','NOK',2,-8800,'posted','2026-11-30T21:46:27.888Z','2026-11-30T21:46:27.887Z','2026-11-30T21:46:27.891Z',1,0,'V-90003','10003',NULL,NULL,NULL,'{"text":"Refundert billett","payee":"PM-0001","expense_account":"7140","payable_account":"2930"}',0);
INSERT INTO attempt VALUES(4,'R-4',1,'hlf:R-4',1,1,3,X'912be2eae3f19704f98f383a77425a56ca591a60ec59d33176efed1a4705eef8','2026-10-08','NOK',2,9990,'posted','2026-11-30T21:46:27.888Z','2026-11-30T21:46:27.887Z','2026-11-30T21:46:27.891Z',1,0,'V-90004','10004',NULL,NULL,NULL,'{"text":"Skruer","payee":"PM-0003","expense_account":"7790","payable_account":"2930"}',0);
INSERT INTO attempt VALUES(5,'R-5',1,'hlf:R-5',1,1,4,X'06eeeacb122e50853996580fa955c03806b96510e3dc05c6d7ef648461f59776','2026-12-31','NOK',2,30000,'posted','2026-11-30T21:46:27.888Z','2026-11-30T21:46:27.887Z','2026-11-30T21:46:27.891Z',1,0,'V-90005','10005',NULL,NULL,NULL,'{"text":"Ferje","payee":"PM-0002","expense_account":"7140","payable_account":"2930"}',0);
CREATE TABLE superseded (
    record_id    TEXT NOT NULL REFERENCES record (record_id),
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    content      TEXT NOT NULL CHECK (json_valid(content)),
    replaced_at  TEXT NOT NULL,
    PRIMARY KEY (record_id, content_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE re_export (
    re_export_id             INTEGER PRIMARY KEY,
    record_id                TEXT    NOT NULL REFERENCES record (record_id),
    generation               INTEGER NOT NULL CHECK (generation >= 2),
    earlier_attempt          INTEGER NOT NULL REFERENCES attempt (attempt_id),
    reason                   TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    reverse                  INTEGER NOT NULL CHECK (reverse IN (0, 1)),
    requested_user           TEXT    NOT NULL CHECK (requested_user <> ''),
    requested_host           TEXT    NOT NULL,
    requested_accounting     TEXT    NOT NULL,
    requested_at             TEXT    NOT NULL,
    needs_approval           INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),
    approved_user            TEXT,
    approved_host            TEXT,
    approved_accounting      TEXT,
    approved_at              TEXT,
    withdrawn_at             TEXT,
    attempt_id               INTEGER REFERENCES attempt (attempt_id),
    CHECK ((approved_user IS NULL) = (approved_at IS NULL)),
    CHECK ((approved_user IS NULL) = (approved_accounting IS NULL)),
    -- Nobody approves what they asked for: another user of the operating system, or another one of the accounting system.
    CHECK (approved_user IS NULL OR approved_user <> requested_user OR approved_accounting <> requested_accounting),
    CHECK (attempt_id IS NULL OR withdrawn_at IS NULL),
    CHECK (attempt_id IS NULL OR needs_approval = 0 OR approved_at IS NOT NULL)
) STRICT;
CREATE TABLE reversal (
    reversal_id        INTEGER PRIMARY KEY,
    re_export_id       INTEGER NOT NULL REFERENCES re_export (re_export_id),
    attempt_id         INTEGER NOT NULL REFERENCES attempt (attempt_id),
    voucher_id         TEXT    NOT NULL CHECK (voucher_id <> ''),
    reference          TEXT    NOT NULL CHECK (reference <> ''),
    key                TEXT    NOT NULL UNIQUE,
    date               TEXT    NOT NULL,
    reason             TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    run_number         INTEGER NOT NULL REFERENCES run (run_number),
    state              TEXT    NOT NULL CHECK (state IN ('claimed', 'unknown', 'posted', 'refused', 'not_sent')),
    claimed_at         TEXT    NOT NULL,
    settled_at         TEXT,
    counter_voucher_id TEXT,
    counter_number     TEXT,
    problem            TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    CHECK (state <> 'posted' OR coalesce(counter_voucher_id, '') <> ''),
    CHECK ((state IN ('claimed', 'unknown')) = (settled_at IS NULL))
) STRICT;
CREATE TABLE audit (
    entry              INTEGER PRIMARY KEY CHECK (entry >= 1),
    at                 TEXT    NOT NULL CHECK (at <> ''),
    actor_user         TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host         TEXT    NOT NULL,
    accounting_user    TEXT,
    act                TEXT    NOT NULL CHECK (act <> ''),
    record_id          TEXT,
    generation         INTEGER,
    run_id             TEXT,
    voucher_id         TEXT,
    earlier_voucher_id TEXT,
    reason             TEXT,
    detail             TEXT    NOT NULL CHECK (json_valid(detail)),
    previous           BLOB    NOT NULL CHECK (length(previous) = 32),
    hash               BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- A reason is data: these acts have none without one.
    CHECK (act NOT IN ('re_export_requested', 're_export_approved', 're_export_claimed', 'reversal_claimed', 'resolved',
                       'accepted', 'lock_broken')
           OR length(trim(coalesce(reason, ''))) >= 10)
) STRICT;
INSERT INTO audit VALUES(1,'2026-11-30T21:46:27.864Z','root','vm','kari','sync_started',NULL,NULL,'01a22e6c-6dce-72f3-bb6a-9e995b9517b7',NULL,NULL,NULL,'{"fence":1,"from":null,"program":"0.1.0","protection":"enforced","rows":{"count":2,"root":"0e9f3e5d00eb17b0a50ce5298d8b9ca0b7dcce03ca6e1bb3ed061e8730c0dae9"},"settings":{"books":null,"categories":{"Bevertning":"6860","Reise":"7140"},"compare_after_run":true,"default_account":"7790","lease_seconds":60,"organisation":"hlf","payable_account":"2930","requests_in_flight":4,"second_approval":false,"source":{"ids":{"columns.id":"Id","kind":"file"},"reading":{"columns.amount":"Beløp","columns.category":"Kategori","columns.currency":"Valuta","columns.date":"Dato","columns.department":"Avdeling","columns.payee":"Likeperson","columns.project":"Prosjekt","columns.text":"Tekst","date_format":"%d.%m.%Y","decimal_separator":",","delimiter":";","path":"records.csv"}},"time_zone":"Europe/Oslo","vouchers_per_request":100,"when_still_unknown":"hold"},"to":null,"trigger":"manual"}',X'0000000000000000000000000000000000000000000000000000000000000000',X'b113521d293edcc6a760785c23b25c1eb7112d0b246ab81b789b4cef1651eb87');
INSERT INTO audit VALUES(2,'2026-11-30T21:46:27.902Z','root','vm','kari','compared',NULL,NULL,'01a22e6c-6dce-72f3-bb6a-9e995b9517b7',NULL,NULL,NULL,'{"accounting":5,"comparison":1,"differences":0,"ledger":5,"matched":5,"rows":{"count":1,"root":"6b45ef2d4a525ded4dc10513f4805d92ea925685a94940f98388ee3e29eee32d"},"sums":[{"accounting":"1928.40","currency":"NOK","ledger":"1928.40"}],"waiting":0}',X'b113521d293edcc6a760785c23b25c1eb7112d0b246ab81b789b4cef1651eb87',X'e66405c7b41985732cd8818e30798527c08e631354383ab84285506d9571f4d9');
INSERT INTO audit VALUES(3,'2026-11-30T21:46:27.903Z','root','vm','kari','sync_ended',NULL,NULL,'01a22e6c-6dce-72f3-bb6a-9e995b9517b7',NULL,NULL,NULL,'{"counts":{"found":0,"held":1,"in_doubt":0,"left_out":0,"posted":5,"read":6,"refused":0,"skipped":0},"error":null,"outcome":"completed","rows":{"count":24,"root":"c1cdba61bc4be952d8d5f6fd32da96fdb4f984077b1c37017ccee2216f7bd235","runs":[[1,1]]}}',X'e66405c7b41985732cd8818e30798527c08e631354383ab84285506d9571f4d9',X'e29d2ea3fe77fb4d0fa88f0304a56fc22859de6b6c9669a531969e1ba64b7cbe');
INSERT INTO audit VALUES(4,'2026-11-30T21:46:27.987Z','root','vm','kari','sync_started',NULL,NULL,'01a22e6c-6ef6-736b-a979-abc5a9305299',NULL,NULL,NULL,'{"fence":2,"from":null,"program":"0.1.0","protection":"enforced","rows":{"count":1,"root":"761572ada97f3750b233bbe520c2c06f0e99dab8758a8d42181e5ab453087834"},"settings":{"books":null,"categories":{"Bevertning":"6860","Reise":"7140"},"compare_after_run":true,"default_account":"7790","lease_seconds":60,"organisation":"hlf","payable_account":"2930","requests_in_flight":4,"second_approval":false,"source":{"ids":{"columns.id":"Id","kind":"file"},"reading":{"columns.amount":"Beløp","columns.category":"Kategori","columns.currency":"Valuta","columns.date":"Dato","columns.department":"Avdeling","columns.payee":"Likeperson","columns.project":"Prosjekt","columns.text":"Tekst","date_format":"%d.%m.%Y","decimal_separator":",","delimiter":";","path":"records.csv"}},"time_zone":"Europe/Oslo","vouchers_per_request":100,"when_still_unknown":"hold"},"to":null,"trigger":"manual"}',X'e29d2ea3fe77fb4d0fa88f0304a56fc22859de6b6c9669a531969e1ba64b7cbe',X'67102669ef23a516310b8d9bd427bb314386702a003671483b68fb46b5ef5e4b');
INSERT INTO audit VALUES(5,'2026-11-30T21:46:28.246Z','root','vm','kari','sync_ended',NULL,NULL,'01a22e6c-6ef6-736b-a979-abc5a9305299',NULL,NULL,NULL,'{"counts":{"found":0,"held":1,"in_doubt":0,"left_out":0,"posted":0,"read":6,"refused":0,"skipped":5},"error":null,"outcome":"completed","rows":{"count":8,"root":"e10f3cec04aa799cdd27affed890fd7445eaf68ad9e6ca10d6bbea9bc2612d24","runs":[[2,2]]}}',X'67102669ef23a516310b8d9bd427bb314386702a003671483b68fb46b5ef5e4b',X'2bcb60cc52ca3275f033f4d5cadb3c90e01c90b4b741666d0b4a87a0bfa79e01');
CREATE TABLE audit_head (
    head_id    INTEGER PRIMARY KEY,
    entries    INTEGER NOT NULL CHECK (entries >= 0),
    head       BLOB    NOT NULL CHECK (length(head) = 32),
    public_key TEXT,
    signature  TEXT,
    made_at    TEXT    NOT NULL,
    -- When the accounting side took it as witness.
    left_at    TEXT,
    CHECK ((public_key IS NULL) = (signature IS NULL))
) STRICT;
INSERT INTO audit_head VALUES(1,1,X'b113521d293edcc6a760785c23b25c1eb7112d0b246ab81b789b4cef1651eb87',NULL,NULL,'2026-11-30T21:46:27.864Z',NULL);
INSERT INTO audit_head VALUES(2,2,X'e66405c7b41985732cd8818e30798527c08e631354383ab84285506d9571f4d9',NULL,NULL,'2026-11-30T21:46:27.902Z',NULL);
INSERT INTO audit_head VALUES(3,3,X'e29d2ea3fe77fb4d0fa88f0304a56fc22859de6b6c9669a531969e1ba64b7cbe',NULL,NULL,'2026-11-30T21:46:27.903Z','2026-11-30T21:46:27.904Z');
INSERT INTO audit_head VALUES(4,4,X'67102669ef23a516310b8d9bd427bb314386702a003671483b68fb46b5ef5e4b',NULL,NULL,'2026-11-30T21:46:27.987Z',NULL);
INSERT INTO audit_head VALUES(5,5,X'2bcb60cc52ca3275f033f4d5cadb3c90e01c90b4b741666d0b4a87a0bfa79e01',NULL,NULL,'2026-11-30T21:46:28.246Z','2026-11-30T21:46:28.263Z');
CREATE TABLE comparison (
    comparison_id       INTEGER PRIMARY KEY,
    run_number          INTEGER UNIQUE REFERENCES run (run_number),
    period_from         TEXT,
    period_to           TEXT,
    organisation        TEXT    NOT NULL,
    address             TEXT    NOT NULL,
    actor_user          TEXT    NOT NULL,
    actor_host          TEXT    NOT NULL,
    accounting_user     TEXT,
    started_at          TEXT    NOT NULL,
    finished_at         TEXT,
    ledger_vouchers     INTEGER NOT NULL DEFAULT 0,
    accounting_vouchers INTEGER NOT NULL DEFAULT 0,
    matched             INTEGER NOT NULL DEFAULT 0,
    waiting             INTEGER NOT NULL DEFAULT 0,
    reversed            INTEGER NOT NULL DEFAULT 0,
    differences         INTEGER NOT NULL DEFAULT 0,
    -- [{"currency", "ledger", "accounting"}], decimals.
    sums                TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(sums))
, unseen TEXT CHECK (unseen IS NULL OR json_valid(unseen))) STRICT;
INSERT INTO comparison VALUES(1,1,NULL,NULL,'hlf','http://127.0.0.1:4999','root','vm','kari','2026-11-30T21:46:27.899Z','2026-11-30T21:46:27.902Z',5,5,5,0,0,0,'[{"currency":"NOK","ledger":"1928.40","accounting":"1928.40"}]','[]');
CREATE TABLE comparison_difference (
    comparison_id INTEGER NOT NULL REFERENCES comparison (comparison_id),
    position      INTEGER NOT NULL CHECK (position >= 1),
    kind          TEXT    NOT NULL CHECK (kind IN ('missing_in_accounting', 'reversed', 'several', 'other_content',
                                                   'other_voucher', 'unknown_to_ledger', 'in_doubt_found', 'draft_left')),
    record_id     TEXT,
    generation    INTEGER,
    reference     TEXT    NOT NULL,
    voucher_id    TEXT,
    -- {"ledger": {…} | null, "accounting": [{…}]}: both sides as they were seen.
    detail        TEXT    NOT NULL CHECK (json_valid(detail)),
    PRIMARY KEY (comparison_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm (
    alarm_id   INTEGER PRIMARY KEY,
    attempt_id INTEGER NOT NULL REFERENCES attempt (attempt_id),
    kind       TEXT    NOT NULL CHECK (kind IN ('gone', 'reversed', 'several', 'other_content')),
    evidence   TEXT    NOT NULL CHECK (json_valid(evidence)),
    raised_at  TEXT    NOT NULL,
    cleared_at TEXT,
    cleared_by TEXT    CHECK (cleared_by IN ('found_well', 'accepted')),
    CHECK ((cleared_at IS NULL) = (cleared_by IS NULL))
) STRICT;
CREATE TABLE acceptance (
    acceptance_id   INTEGER PRIMARY KEY,
    record_id       TEXT    NOT NULL REFERENCES record (record_id),
    attempt_id      INTEGER NOT NULL REFERENCES attempt (attempt_id),
    content_hash    BLOB    CHECK (length(content_hash) = 32),
    alarm_id        INTEGER REFERENCES alarm (alarm_id),
    reason          TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    actor_user      TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host      TEXT    NOT NULL,
    accepted_at     TEXT    NOT NULL,
    CHECK ((content_hash IS NULL) <> (alarm_id IS NULL))
) STRICT;
CREATE TABLE schedule_seen (
    seen_id   INTEGER PRIMARY KEY,
    cron      TEXT NOT NULL CHECK (cron <> ''),
    time_zone TEXT NOT NULL CHECK (time_zone <> ''),
    seen_at   TEXT NOT NULL
) STRICT;
CREATE TABLE scheduled_time (
    time_id       INTEGER PRIMARY KEY,
    scheduled_for TEXT    NOT NULL UNIQUE CHECK (scheduled_for <> ''),
    -- Up to when times had been dealt with before: those between are dealt with by this one.
    since         TEXT    NOT NULL,
    missed        INTEGER NOT NULL CHECK (missed >= 0),
    dealt_with_at TEXT    NOT NULL,
    -- `claimed`: its program has not said yet what came of it, or died before it could.
    how           TEXT    NOT NULL CHECK (how IN ('claimed', 'ran', 'skipped', 'missed')),
    -- No reference: a claim comes before its run, and one whose program died has none.
    run_id        TEXT,
    CHECK ((how = 'missed') = (run_id IS NULL))
) STRICT;
CREATE TABLE row_digest (
    table_name TEXT    NOT NULL CHECK (table_name <> ''),
    key1       ANY     NOT NULL,
    key2       ANY     NOT NULL,
    entry      INTEGER NOT NULL CHECK (entry >= 0),
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    -- True if the row never changes again.
    settled    INTEGER NOT NULL CHECK (settled IN (0, 1)),
    PRIMARY KEY (table_name, key1, key2, entry)
) STRICT, WITHOUT ROWID;
INSERT INTO row_digest VALUES('attempt',1,0,3,X'5d2bda5b7ab6139e9791610edd234c0323347c6a25e4c5a9caad50ba1b915826',1);
INSERT INTO row_digest VALUES('attempt',2,0,3,X'898ccd831d5eea45c8c9d502d929a4e9c83fc0718262efd12afe2bd7e5b325f6',1);
INSERT INTO row_digest VALUES('attempt',3,0,3,X'08eaea165a975a96ea04b20702347042319369878cc9207964afde04ae76fb93',1);
INSERT INTO row_digest VALUES('attempt',4,0,3,X'718ad4daf64588bd35573cfa6b91a82e7a3217a4e7d6a7d5ed3b2f798a5fc512',1);
INSERT INTO row_digest VALUES('attempt',5,0,3,X'300c9302af6d5923579719c56fda1746d65e536bbf8380341c52e7fa7c3d9e93',1);
INSERT INTO row_digest VALUES('comparison',1,0,2,X'599842f5d3c7c9c47197dedfd8e6cbdac795ff0962bec943372a64dd36bdc3d9',1);
INSERT INTO row_digest VALUES('ledger',1,0,1,X'0a0dade99e32e05040e55dae25f685a6fb1e5d31a591939b7dba30055d9e59e5',0);
INSERT INTO row_digest VALUES('pin',1,0,3,X'5d1da3ac22bf8bba925ae30d50bf060062b889595968a4c18636e5da68fd28d8',1);
INSERT INTO row_digest VALUES('pin',2,0,3,X'fe521562826eb542a8050b950735f20f063483da1c99ed5b724a184cb0958d5a',1);
INSERT INTO row_digest VALUES('pin',3,0,3,X'2b7b8c423d05d34526ec9272ffba37397ce8c865d762b64cc3fcde72718e0c2a',1);
INSERT INTO row_digest VALUES('pin',4,0,3,X'42b5cc4747b255b337131d12f9f70a838aaed43ef247591e3d33968234949a8e',1);
INSERT INTO row_digest VALUES('reading',1,0,3,X'2bbf92181c5947f519233d90c9d96ef076e66cca217726e0f1f9be0adf2ad324',1);
INSERT INTO row_digest VALUES('reading',2,0,5,X'b79aa0a5fa3d10ed17d7a3ad7a01264fe92b96ac7abe9615111e76ce99f74a62',1);
INSERT INTO row_digest VALUES('record',1,0,3,X'3ca85224fc438fb4a313e9265538c7d51869848774489e5dd9f37bc8c0817c79',0);
INSERT INTO row_digest VALUES('record',2,0,3,X'9e2a0f75b317fe470c96462898847bf5b086b68dada31eff00336d5a306a0f3d',0);
INSERT INTO row_digest VALUES('record',3,0,3,X'9475e055ea7bdb8f3ce4d66a0813d31f46accb02563752eb5c4cba969594c093',0);
INSERT INTO row_digest VALUES('record',4,0,3,X'485c6673ed4db7ce04585232aca4676321f854b9a9cd8a81b1d6c8e8d3ded53f',0);
INSERT INTO row_digest VALUES('record',5,0,3,X'6bb2bc47bc8a2e0436ffb3db30a71fe1b5d4b19502a10f83ddb8bbd057305cfd',0);
INSERT INTO row_digest VALUES('request',1,0,3,X'c4338c1713559189a3d2dd28e27b92d14eae47de10fde525c2b0ebf7bd9d47b4',0);
INSERT INTO row_digest VALUES('run',1,0,1,X'f4540ca84331b88407860c391618b5c89af34e9540f3ee75e3775b7cd1f512c3',0);
INSERT INTO row_digest VALUES('run',1,0,3,X'068cbbeb5f7f56f83f8d9ca473fc29efdfdfd4f9b1d7a10e5f7eb9abedd1a878',1);
INSERT INTO row_digest VALUES('run',2,0,4,X'12b7460e2fa70d997b7722f53fcd8966480386c5fee153354f50ee4afe18bbd2',0);
INSERT INTO row_digest VALUES('run',2,0,5,X'0f2656ac11bbf3725d0d2814b034030eb0069fb83cd80435065bcdd5b57d010b',1);
INSERT INTO row_digest VALUES('run_sum',1,'NOK',3,X'38c74fbee60f1b2a82822047dcde7ffb029b8dd6b953567cc187297bacd2e981',1);
CREATE TABLE left_out (
    left_out_id INTEGER PRIMARY KEY,
    reading_id  INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id   TEXT,
    file        TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    reason      TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse     TEXT    NOT NULL
, content_hash BLOB CHECK (length(content_hash) = 32)) STRICT;
CREATE TABLE IF NOT EXISTS "run_item" (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    position   INTEGER NOT NULL CHECK (position >= 1),
    record_id  TEXT,
    file       TEXT,
    line       INTEGER,
    generation INTEGER,
    result     TEXT CHECK (result IN ('posted', 'skipped_already_exported', 'skipped_found_in_accounting',
                                      'skipped_repeated_in_source', 'left_out', 'refused', 'held', 'in_doubt', 'not_sent')),
    attempt_id INTEGER REFERENCES attempt (attempt_id),
    reason     TEXT CHECK (reason IS NULL OR json_valid(reason)),
    -- The beginning of the row's digest, so that a changed row can be named; what proves it is the root in the run's entry.
    mark       BLOB CHECK (mark IS NULL OR length(mark) = 8),
    PRIMARY KEY (run_number, position),
    CHECK (result <> 'posted' OR attempt_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO run_item VALUES(1,1,'R-1','records.csv',2,1,'posted',1,NULL,X'b1dfbf40c5547f27');
INSERT INTO run_item VALUES(1,2,'R-2','records.csv',3,1,'posted',2,NULL,X'1d368513949eea18');
INSERT INTO run_item VALUES(1,3,'R-3','records.csv',4,1,'posted',3,NULL,X'02b125158ad22fef');
INSERT INTO run_item VALUES(1,4,'R-4','records.csv',5,1,'posted',4,NULL,X'673b234af743a4f7');
INSERT INTO run_item VALUES(1,5,'R-5','records.csv',6,1,'posted',5,NULL,X'5546e14c93e72ab7');
INSERT INTO run_item VALUES(1,6,'R-6','records.csv',7,NULL,'held',NULL,'{"held":{"code":"date_invalid","found":"x","expected":"%d.%m.%Y"}}',X'0b0e0eaac9e3db07');
INSERT INTO run_item VALUES(2,1,'R-1','records.csv',2,NULL,'skipped_already_exported',1,NULL,X'0caaa25953a2d613');
INSERT INTO run_item VALUES(2,2,'R-2','records.csv',3,NULL,'skipped_already_exported',2,NULL,X'8ef8922d192bcc5a');
INSERT INTO run_item VALUES(2,3,'R-3','records.csv',4,NULL,'skipped_already_exported',3,NULL,X'8c55a33d7fd75d66');
INSERT INTO run_item VALUES(2,4,'R-4','records.csv',5,NULL,'skipped_already_exported',4,NULL,X'cce3a641883f773e');
INSERT INTO run_item VALUES(2,5,'R-5','records.csv',6,NULL,'skipped_already_exported',5,NULL,X'705e573d47daffdc');
INSERT INTO run_item VALUES(2,6,'R-6','records.csv',7,NULL,'held',NULL,'{"held":{"code":"date_invalid","found":"x","expected":"%d.%m.%Y"}}',X'4cc3848776a96079');
CREATE TABLE set_aside (
    set_aside_id INTEGER PRIMARY KEY,
    record_id    TEXT    NOT NULL CHECK (record_id <> ''),
    -- The reading that it was last seen in.
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    reason       TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    actor_user   TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host   TEXT    NOT NULL,
    set_aside_at TEXT    NOT NULL,
    UNIQUE (record_id, reading_id)
) STRICT;
CREATE TABLE pin (
    pin_id    INTEGER PRIMARY KEY,
    topic     TEXT    NOT NULL CHECK (topic IN ('books', 'prefix', 'source', 'rules')),
    value     TEXT    NOT NULL CHECK (json_valid(value)),
    pinned_at TEXT    NOT NULL,
    -- It comes from the ledger that stood here before this one was rebuilt.
    carried   INTEGER NOT NULL CHECK (carried IN (0, 1))
) STRICT;
INSERT INTO pin VALUES(1,'rules','[{"length_max":64,"folds_case":false,"ascii_only":false}]','2026-11-30T21:46:27.872Z',0);
INSERT INTO pin VALUES(2,'books','{"address":"http://127.0.0.1:4999","organisation":"hlf"}','2026-11-30T21:46:27.886Z',0);
INSERT INTO pin VALUES(3,'prefix','"hlf"','2026-11-30T21:46:27.886Z',0);
INSERT INTO pin VALUES(4,'source','{"columns.id":"Id","kind":"file"}','2026-11-30T21:46:27.886Z',0);
CREATE TABLE question (
    question_id  INTEGER PRIMARY KEY,
    topic        TEXT    NOT NULL CHECK (topic IN ('books', 'prefix', 'source', 'ids', 'look_alikes', 'look_alike_id')),
    about        TEXT    NOT NULL CHECK (json_valid(about)),
    problem      TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    asked_at     TEXT    NOT NULL,
    withdrawn_at TEXT,
    answered_at  TEXT,
    reason       TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user   TEXT,
    actor_host   TEXT,
    CHECK (answered_at IS NULL OR withdrawn_at IS NULL),
    CHECK ((answered_at IS NULL) = (reason IS NULL)),
    CHECK ((answered_at IS NULL) = (actor_user IS NULL))
) STRICT;
CREATE TABLE arrival (
    arrival_id   INTEGER PRIMARY KEY,
    record_id    TEXT    NOT NULL UNIQUE CHECK (record_id <> ''),
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    id_form      TEXT    NOT NULL,
    content_hash BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date         TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    exponent     INTEGER NOT NULL,
    minor        INTEGER NOT NULL,
    payee_id     TEXT    NOT NULL,
    payee_name   TEXT    NOT NULL,
    category     TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    department   TEXT,
    project      TEXT,
    version      INTEGER,
    approved_at  TEXT,
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL,
    seen_at      TEXT    NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "repeat" (
    repeat_id    INTEGER PRIMARY KEY,
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id    TEXT    NOT NULL CHECK (record_id <> ''),
    same         INTEGER NOT NULL CHECK (same IN (0, 1)),
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL,
    content_hash BLOB    CHECK (length(content_hash) = 32)
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('run',2);
INSERT INTO sqlite_sequence VALUES('reading',2);
CREATE INDEX flaw_reading ON flaw (reading_id);
CREATE UNIQUE INDEX attempt_guard ON attempt (record_id, generation)
    WHERE state IN ('claimed', 'staged', 'unknown', 'posted');
CREATE UNIQUE INDEX attempt_guard_reference ON attempt (reference)
    WHERE state IN ('claimed', 'staged', 'unknown', 'posted');
CREATE INDEX attempt_open ON attempt (request_id) WHERE state IN ('claimed', 'staged', 'unknown');
CREATE INDEX attempt_record ON attempt (record_id, attempt_id);
CREATE INDEX attempt_voucher ON attempt (voucher_id) WHERE voucher_id IS NOT NULL;
CREATE TRIGGER attempt_is_kept BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;
CREATE TRIGGER request_is_kept BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;
CREATE TRIGGER run_is_kept BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;
CREATE TRIGGER record_is_kept BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
CREATE TRIGGER attempt_settles_once BEFORE UPDATE OF state, voucher_id, settled_at ON attempt
WHEN OLD.state IN ('posted', 'refused', 'not_sent')
BEGIN SELECT RAISE(ABORT, 'a settled attempt is never settled again'); END;
CREATE TRIGGER attempt_never_goes_back BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'claimed'
BEGIN SELECT RAISE(ABORT, 'an attempt never goes back to claimed'); END;
CREATE INDEX attempt_draft ON attempt (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX attempt_posted_date ON attempt (date, attempt_id) WHERE state = 'posted';
CREATE TRIGGER attempt_has_one_draft BEFORE UPDATE OF draft_id ON attempt
WHEN OLD.draft_id IS NOT NULL AND NEW.draft_id IS NOT OLD.draft_id
BEGIN SELECT RAISE(ABORT, 'an attempt commits one draft, ever'); END;
CREATE INDEX record_look_alike ON record (date, minor, payee_id);
CREATE UNIQUE INDEX re_export_open ON re_export (record_id) WHERE attempt_id IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX re_export_attempt ON re_export (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE TRIGGER re_export_is_kept BEFORE DELETE ON re_export
BEGIN SELECT RAISE(ABORT, 'a re-export is never deleted'); END;
CREATE TRIGGER re_export_is_what_was_asked
BEFORE UPDATE OF record_id, generation, earlier_attempt, reason, reverse, requested_user, requested_host,
                 requested_accounting, requested_at, needs_approval ON re_export
BEGIN SELECT RAISE(ABORT, 'what was asked for is never rewritten'); END;
CREATE TRIGGER attempt_was_asked_for BEFORE INSERT ON attempt
WHEN NEW.generation > 1 AND NEW.found = 0 AND NOT EXISTS (
    SELECT 1 FROM re_export
    WHERE record_id = NEW.record_id AND generation = NEW.generation AND attempt_id IS NULL AND withdrawn_at IS NULL
        AND (needs_approval = 0 OR approved_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'nobody asked for this generation'); END;
CREATE UNIQUE INDEX reversal_guard ON reversal (voucher_id) WHERE state IN ('claimed', 'unknown', 'posted');
CREATE TRIGGER reversal_is_kept BEFORE DELETE ON reversal
BEGIN SELECT RAISE(ABORT, 'a reversal is never deleted'); END;
CREATE INDEX audit_record ON audit (record_id, entry) WHERE record_id IS NOT NULL;
CREATE INDEX audit_run ON audit (run_id, entry) WHERE run_id IS NOT NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;
CREATE TRIGGER audit_goes_on_from_its_head BEFORE INSERT ON audit
WHEN NEW.entry <> (SELECT coalesce(max(entry), 0) + 1 FROM audit)
    OR NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY entry DESC LIMIT 1), zeroblob(32))
BEGIN SELECT RAISE(ABORT, 'an audit entry goes on from the one before'); END;
CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'a head of the audit trail is never deleted'); END;
CREATE TRIGGER audit_head_is_never_changed BEFORE UPDATE OF entries, head, public_key, signature, made_at ON audit_head
BEGIN SELECT RAISE(ABORT, 'a head of the audit trail is never changed'); END;
CREATE TRIGGER comparison_is_kept BEFORE DELETE ON comparison
BEGIN SELECT RAISE(ABORT, 'a comparison is never deleted'); END;
CREATE TRIGGER comparison_difference_is_kept BEFORE DELETE ON comparison_difference
BEGIN SELECT RAISE(ABORT, 'a difference is never deleted'); END;
CREATE UNIQUE INDEX alarm_open ON alarm (attempt_id) WHERE cleared_at IS NULL;
CREATE TRIGGER alarm_is_kept BEFORE DELETE ON alarm
BEGIN SELECT RAISE(ABORT, 'an alarm is never deleted'); END;
CREATE INDEX acceptance_record ON acceptance (record_id);
CREATE TRIGGER acceptance_is_kept BEFORE DELETE ON acceptance
BEGIN SELECT RAISE(ABORT, 'an acceptance is never deleted'); END;
CREATE TRIGGER scheduled_time_is_kept BEFORE DELETE ON scheduled_time
BEGIN SELECT RAISE(ABORT, 'a scheduled time is never deleted'); END;
CREATE TRIGGER scheduled_time_is_settled_once BEFORE UPDATE ON scheduled_time
WHEN OLD.how <> 'claimed' OR NEW.scheduled_for <> OLD.scheduled_for OR NEW.run_id IS NOT OLD.run_id
BEGIN SELECT RAISE(ABORT, 'a scheduled time that was dealt with stays so'); END;
CREATE INDEX record_date ON record (date);
CREATE INDEX attempt_voucher_number ON attempt (voucher_number) WHERE voucher_number IS NOT NULL;
CREATE INDEX row_digest_open ON row_digest (table_name, key1, key2) WHERE entry = 0;
CREATE TRIGGER row_digest_is_kept BEFORE DELETE ON row_digest
BEGIN SELECT RAISE(ABORT, 'a digest is never deleted'); END;
CREATE TRIGGER row_digest_is_covered_once BEFORE UPDATE ON row_digest
WHEN OLD.entry <> 0
BEGIN SELECT RAISE(ABORT, 'a digest that an entry covers is never changed'); END;
CREATE TRIGGER run_item_is_kept BEFORE DELETE ON run_item
BEGIN SELECT RAISE(ABORT, 'a row of a run is never deleted'); END;
CREATE INDEX run_item_attempt ON run_item (attempt_id, run_number)
    WHERE attempt_id IS NOT NULL AND result IS NOT 'skipped_already_exported';
CREATE INDEX run_item_record ON run_item (record_id, run_number)
    WHERE record_id IS NOT NULL AND result IS NOT 'skipped_already_exported';
CREATE UNIQUE INDEX attempt_acknowledgement ON attempt (voucher_id) WHERE state = 'posted' AND shares_voucher = 0;
CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at, sent ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;
CREATE VIEW compared_attempt AS
SELECT a.attempt_id, a.record_id, a.generation, a.reference, a.state, a.date, a.currency, a.exponent, a.minor, a.sent,
       a.voucher_id, a.voucher_number, a.settled_at, a.last_sent_at,
       coalesce(settled.run_id, claimed.run_id) AS run_id,
       (SELECT state FROM reversal
        WHERE reversal.voucher_id = a.voucher_id AND state IN ('claimed', 'unknown', 'posted')) AS reversal,
       EXISTS (SELECT 1 FROM attempt later
               WHERE later.record_id = a.record_id AND later.generation > a.generation AND later.state = 'posted')
           AS exported_again
FROM attempt a
JOIN run claimed ON claimed.run_number = a.run_number
LEFT JOIN run settled ON settled.run_number = a.settled_run;
CREATE INDEX record_id_form ON record (id_form) WHERE id_form IS NOT NULL;
CREATE INDEX flaw_record ON flaw (record_id, reading_id) WHERE record_id IS NOT NULL;
CREATE TRIGGER set_aside_is_kept BEFORE DELETE ON set_aside
BEGIN SELECT RAISE(ABORT, 'a word on what left the source is never deleted'); END;
CREATE INDEX pin_topic ON pin (topic, pin_id);
CREATE TRIGGER pin_is_kept BEFORE DELETE ON pin
BEGIN SELECT RAISE(ABORT, 'a pin is never deleted'); END;
CREATE UNIQUE INDEX question_open ON question (topic) WHERE answered_at IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX question_answered ON question (topic, about) WHERE answered_at IS NOT NULL;
CREATE TRIGGER question_is_kept BEFORE DELETE ON question
BEGIN SELECT RAISE(ABORT, 'a question is never deleted'); END;
CREATE TRIGGER question_is_answered_once BEFORE UPDATE ON question
WHEN OLD.answered_at IS NOT NULL OR NEW.topic <> OLD.topic OR NEW.about <> OLD.about
BEGIN SELECT RAISE(ABORT, 'an answer is never rewritten'); END;
CREATE VIEW record_state AS
SELECT r.seq, r.record_id, guard.attempt_id AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND EXISTS (
            SELECT 1 FROM attempt any_of JOIN alarm ON alarm.attempt_id = any_of.attempt_id AND alarm.cleared_at IS NULL
            WHERE any_of.record_id = r.record_id) THEN 'vanished'
        WHEN guard.state = 'posted' AND guard.content_hash <> r.content_hash AND NOT EXISTS (
            SELECT 1 FROM acceptance a
            WHERE a.record_id = r.record_id AND a.attempt_id = guard.attempt_id AND a.content_hash = r.content_hash)
            THEN 'changed'
        WHEN guard.state = 'posted' THEN 'posted'
        WHEN guard.state = 'unknown' THEN 'in_doubt'
        WHEN guard.state IN ('claimed', 'staged') AND run.finished_at IS NULL THEN 'sending'
        WHEN guard.state IN ('claimed', 'staged') THEN 'in_doubt'
        WHEN r.reading_id < (SELECT latest_reading FROM ledger) THEN CASE
            WHEN EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = r.record_id AND s.reading_id = r.reading_id)
                THEN 'set_aside'
            ELSE 'gone' END
        WHEN r.held_reason IS NOT NULL THEN 'held'
        WHEN last.state = 'refused' THEN 'refused'
        ELSE 'eligible'
    END AS state
FROM record r
LEFT JOIN attempt guard ON guard.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = r.record_id AND state IN ('claimed', 'staged', 'unknown', 'posted')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN attempt last ON guard.attempt_id IS NULL AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;
CREATE INDEX repeat_reading ON repeat (reading_id, record_id);
CREATE INDEX left_out_record ON left_out (record_id, reading_id) WHERE record_id IS NOT NULL;
CREATE INDEX request_fence ON request (fence);
CREATE INDEX request_claimed ON request (fence) WHERE kind <> 'found';
CREATE INDEX request_run ON request (run_number);
CREATE INDEX run_fence ON run (fence);
CREATE INDEX audit_lock_broken ON audit (entry) WHERE act = 'lock_broken';
CREATE INDEX audit_sync_started ON audit (entry) WHERE act = 'sync_started';
COMMIT;
