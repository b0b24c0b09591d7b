-- The whole schema, as the migrations add up to it. A test in `ledger/open.rs` compares the two.

CREATE TABLE ledger (
    only           INTEGER PRIMARY KEY CHECK (only = 1),
    ledger_id      TEXT    NOT NULL CHECK (ledger_id <> ''),
    created_at     TEXT    NOT NULL,
    writes         INTEGER NOT NULL CHECK (writes >= 0),
    latest_reading INTEGER REFERENCES reading (reading_id)
) STRICT;

CREATE TABLE reading (
    reading_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at  TEXT NOT NULL,
    finished_at TEXT
) STRICT;

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
    held_since    TEXT, id_form TEXT, detail TEXT CHECK (detail IS NULL OR json_valid(detail)), forgotten_at TEXT, receipts TEXT CHECK (receipts IS NULL OR json_valid(receipts)),
    CHECK ((held_reason IS NULL) = (held_since IS NULL))
) STRICT;

CREATE TABLE "repeat" (
    repeat_id    INTEGER PRIMARY KEY,
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id    TEXT    NOT NULL CHECK (record_id <> ''),
    same         INTEGER NOT NULL CHECK (same IN (0, 1)),
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL,
    content_hash BLOB    CHECK (length(content_hash) = 32)
) STRICT;

CREATE TABLE flaw (
    flaw_id    INTEGER PRIMARY KEY,
    reading_id INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id  TEXT,
    file       TEXT    NOT NULL,
    line       INTEGER NOT NULL,
    reason     TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse    TEXT    NOT NULL
) STRICT;

CREATE TABLE left_out (
    left_out_id INTEGER PRIMARY KEY,
    reading_id  INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id   TEXT,
    file        TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    reason      TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse     TEXT    NOT NULL
, content_hash BLOB CHECK (length(content_hash) = 32)) STRICT;

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
    in_doubt    INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt >= 0), accounting_user TEXT, left_out INTEGER NOT NULL DEFAULT 0 CHECK (left_out >= 0), found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0), takes_results INTEGER NOT NULL DEFAULT 0 CHECK (takes_results IN (0, 1)), locks_records INTEGER NOT NULL DEFAULT 0 CHECK (locks_records IN (0, 1)), handed_over INTEGER NOT NULL DEFAULT 0 CHECK (handed_over >= 0), takes_attachments INTEGER NOT NULL DEFAULT 0 CHECK (takes_attachments IN (0, 1)),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE run_sum (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    currency   TEXT    NOT NULL,
    exponent   INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    PRIMARY KEY (run_number, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    request_id INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE CHECK (key <> ''),
    keyed_at   TEXT    NOT NULL,
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    fence      INTEGER NOT NULL,
    body       BLOB,
    body_hash  BLOB    NOT NULL CHECK (length(body_hash) = 32)
, kind TEXT NOT NULL DEFAULT 'vouchers' CHECK (kind IN ('vouchers', 'drafts', 'found'))) STRICT;

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
    state          TEXT    NOT NULL CHECK (state = 'claimed' OR state = 'staged' OR state = 'posted' OR state = 'refused' OR state = 'not_sent' OR state = 'unknown' OR state = 'handed_over' OR state = 'withdrawn'),
    claimed_at     TEXT    NOT NULL,
    last_sent_at   TEXT    NOT NULL,
    settled_at     TEXT,
    settled_run    INTEGER REFERENCES run (run_number),
    found          INTEGER NOT NULL DEFAULT 0 CHECK (found IN (0, 1)),
    voucher_id     TEXT,
    voucher_number TEXT,
    reason         TEXT    CHECK (reason IS NULL OR json_valid(reason)), draft_id TEXT CHECK (state <> 'staged' OR coalesce(draft_id, '') <> ''), evidence TEXT CHECK (evidence IS NULL OR json_valid(evidence)), sent TEXT CHECK (sent IS NULL OR json_valid(sent)), shares_voucher INTEGER NOT NULL DEFAULT 0 CHECK (shares_voucher IN (0, 1)), made_at TEXT, made_by TEXT,
    UNIQUE (request_id, member),
    CHECK (state <> 'posted' OR coalesce(voucher_id, '') <> ''),
    CHECK (state NOT IN ('refused', 'unknown') OR reason IS NOT NULL),
    CHECK ((state = 'claimed' OR state = 'staged' OR state = 'unknown' OR state = 'handed_over') = (settled_at IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_run IS NULL))
) STRICT;

CREATE TABLE "run_item" (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    position   INTEGER NOT NULL CHECK (position >= 1),
    record_id  TEXT,
    file       TEXT,
    line       INTEGER,
    generation INTEGER,
    result     TEXT CHECK (result = 'posted' OR result = 'skipped_already_exported' OR result = 'skipped_found_in_accounting'
        OR result = 'skipped_repeated_in_source' OR result = 'left_out' OR result = 'refused' OR result = 'held'
        OR result = 'in_doubt' OR result = 'not_sent' OR result = 'handed_over' OR result = 'skipped_handed_over'),
    attempt_id INTEGER REFERENCES attempt (attempt_id),
    reason     TEXT CHECK (reason IS NULL OR json_valid(reason)),
    -- The beginning of the row's digest, so that a changed row can be named; what proves it is the root in the run's entry.
    mark       BLOB CHECK (mark IS NULL OR length(mark) = 8),
    PRIMARY KEY (run_number, position),
    CHECK (result <> 'posted' OR attempt_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE result_due (
    attempt_id INTEGER PRIMARY KEY REFERENCES attempt (attempt_id),
    due_at     TEXT NOT NULL,
    told_at    TEXT
) STRICT;

CREATE TABLE other_day (
    other_day_id INTEGER PRIMARY KEY,
    record_id    TEXT NOT NULL REFERENCES record (record_id),
    -- The attempt that was refused for its day.
    attempt_id   INTEGER NOT NULL REFERENCES attempt (attempt_id),
    instead_of   TEXT NOT NULL,
    day          TEXT NOT NULL,
    reason       TEXT CHECK (length(trim(reason)) >= 10),
    actor_user   TEXT NOT NULL CHECK (actor_user <> ''),
    actor_host   TEXT NOT NULL,
    run_number   INTEGER REFERENCES run (run_number),
    chosen_at    TEXT NOT NULL,
    CHECK (day > instead_of),
    CHECK ((reason IS NULL) <> (run_number IS NULL))
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
, detail TEXT CHECK (detail IS NULL OR json_valid(detail)), receipts TEXT CHECK (receipts IS NULL OR json_valid(receipts))) STRICT;

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

CREATE TABLE sealed_file (
    sealed_file_id INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL CHECK (number >= 1),
    label          TEXT    NOT NULL CHECK (label <> ''),
    file_name      TEXT    NOT NULL CHECK (file_name <> ''),
    format         TEXT    NOT NULL CHECK (format <> ''),
    -- The request whose body its bytes are: they are kept for ever.
    request_id     INTEGER NOT NULL UNIQUE REFERENCES request (request_id),
    run_number     INTEGER NOT NULL REFERENCES run (run_number),
    digest         BLOB    NOT NULL CHECK (length(digest) = 32),
    predecessor    BLOB    CHECK (length(predecessor) = 32),
    bytes          INTEGER NOT NULL CHECK (bytes > 0),
    vouchers       INTEGER NOT NULL CHECK (vouchers > 0),
    first_voucher  INTEGER NOT NULL CHECK (first_voucher >= 1),
    -- [{"currency", "amount"}], decimals.
    sums           TEXT    NOT NULL CHECK (json_valid(sums)),
    -- `rendered`: perhaps on its way. `void`: it provably never lay anywhere, and its number goes to the next one.
    state          TEXT    NOT NULL CHECK (state = 'rendered' OR state = 'sealed' OR state = 'withdrawn' OR state = 'void'),
    rendered_at    TEXT    NOT NULL,
    sealed_at      TEXT,
    -- The run that saw it lie where it is fetched from.
    sealed_run     INTEGER REFERENCES run (run_number),
    withdrawn_at   TEXT,
    reason         TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user     TEXT,
    actor_host     TEXT,
    CHECK ((state = 'sealed' OR state = 'withdrawn') = (sealed_at IS NOT NULL)),
    CHECK ((sealed_at IS NULL) = (sealed_run IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK ((withdrawn_at IS NULL) = (reason IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (actor_user IS NULL))
) STRICT;

CREATE INDEX repeat_reading ON repeat (reading_id, record_id);

CREATE INDEX flaw_reading ON flaw (reading_id);

CREATE UNIQUE INDEX attempt_guard ON attempt (record_id, generation) WHERE state NOT IN ('refused', 'not_sent');

CREATE UNIQUE INDEX attempt_guard_reference ON attempt (reference) WHERE state NOT IN ('refused', 'not_sent');

CREATE INDEX attempt_open ON attempt (request_id) WHERE settled_at IS NULL;

CREATE INDEX attempt_record ON attempt (record_id, attempt_id);

CREATE INDEX attempt_voucher ON attempt (voucher_id) WHERE voucher_id IS NOT NULL;

CREATE INDEX attempt_draft ON attempt (draft_id) WHERE draft_id IS NOT NULL;

CREATE INDEX attempt_posted_date ON attempt (date, attempt_id) WHERE state = 'posted';

CREATE INDEX record_look_alike ON record (date, minor, payee_id);

CREATE UNIQUE INDEX re_export_open ON re_export (record_id) WHERE attempt_id IS NULL AND withdrawn_at IS NULL;

CREATE UNIQUE INDEX re_export_attempt ON re_export (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE UNIQUE INDEX reversal_guard ON reversal (voucher_id) WHERE state IN ('claimed', 'unknown', 'posted');

CREATE INDEX audit_record ON audit (record_id, entry) WHERE record_id IS NOT NULL;

CREATE INDEX audit_run ON audit (run_id, entry) WHERE run_id IS NOT NULL;

CREATE UNIQUE INDEX alarm_open ON alarm (attempt_id) WHERE cleared_at IS NULL;

CREATE INDEX acceptance_record ON acceptance (record_id);

CREATE INDEX run_item_attempt ON run_item (attempt_id, run_number)
    WHERE attempt_id IS NOT NULL AND result IS NOT 'skipped_already_exported';

CREATE INDEX record_date ON record (date);

CREATE INDEX attempt_voucher_number ON attempt (voucher_number) WHERE voucher_number IS NOT NULL;

CREATE INDEX run_item_record ON run_item (record_id, run_number)
    WHERE record_id IS NOT NULL AND result IS NOT 'skipped_already_exported';

CREATE INDEX row_digest_open ON row_digest (table_name, key1, key2) WHERE entry = 0;
CREATE UNIQUE INDEX attempt_acknowledgement ON attempt (voucher_id) WHERE state = 'posted' AND shares_voucher = 0;

CREATE INDEX record_id_form ON record (id_form) WHERE id_form IS NOT NULL;

CREATE INDEX flaw_record ON flaw (record_id, reading_id) WHERE record_id IS NOT NULL;

CREATE INDEX pin_topic ON pin (topic, pin_id);

CREATE UNIQUE INDEX question_open ON question (topic) WHERE answered_at IS NULL AND withdrawn_at IS NULL;

CREATE UNIQUE INDEX question_answered ON question (topic, about) WHERE answered_at IS NOT NULL;

CREATE INDEX audit_lock_broken ON audit (entry) WHERE act = 'lock_broken';

CREATE INDEX audit_sync_started ON audit (entry) WHERE act = 'sync_started';

CREATE INDEX left_out_record ON left_out (record_id, reading_id) WHERE record_id IS NOT NULL;

CREATE INDEX request_claimed ON request (fence) WHERE kind <> 'found';

CREATE INDEX request_fence ON request (fence);

CREATE INDEX request_run ON request (run_number);

CREATE INDEX run_fence ON run (fence);

CREATE INDEX result_due_open ON result_due (attempt_id) WHERE told_at IS NULL;

CREATE UNIQUE INDEX sealed_file_number ON sealed_file (number) WHERE state <> 'void';

CREATE INDEX attempt_handed_over ON attempt (request_id) WHERE state = 'handed_over';

CREATE TRIGGER attempt_is_kept BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER request_is_kept BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;

CREATE TRIGGER run_is_kept BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;

CREATE TRIGGER run_item_is_kept BEFORE DELETE ON run_item
BEGIN SELECT RAISE(ABORT, 'a row of a run is never deleted'); END;

CREATE TRIGGER record_is_kept BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;

CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

CREATE TRIGGER attempt_content_is_kept_or_forgotten BEFORE UPDATE OF sent ON attempt
WHEN OLD.settled_at IS NULL
    OR NEW.sent IS NOT json_set(OLD.sent, '$.text', '', '$.payee', '', '$.is_forgotten', json('true'))
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

CREATE TRIGGER attempt_settles_once BEFORE UPDATE OF state, voucher_id, settled_at ON attempt
WHEN OLD.settled_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a settled attempt is never settled again'); END;

CREATE TRIGGER attempt_never_goes_back BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'claimed'
BEGIN SELECT RAISE(ABORT, 'an attempt never goes back to claimed'); END;

CREATE TRIGGER attempt_has_one_draft BEFORE UPDATE OF draft_id ON attempt
WHEN OLD.draft_id IS NOT NULL AND NEW.draft_id IS NOT OLD.draft_id
BEGIN SELECT RAISE(ABORT, 'an attempt commits one draft, ever'); END;

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
    AND NOT EXISTS (
    SELECT 1 FROM attempt
    WHERE record_id = NEW.record_id AND generation = NEW.generation - 1 AND state = 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'nobody asked for this generation'); END;

CREATE TRIGGER reversal_is_kept BEFORE DELETE ON reversal
BEGIN SELECT RAISE(ABORT, 'a reversal is never deleted'); END;

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

CREATE TRIGGER alarm_is_kept BEFORE DELETE ON alarm
BEGIN SELECT RAISE(ABORT, 'an alarm is never deleted'); END;

CREATE TRIGGER acceptance_is_kept BEFORE DELETE ON acceptance
BEGIN SELECT RAISE(ABORT, 'an acceptance is never deleted'); END;

CREATE TRIGGER scheduled_time_is_kept BEFORE DELETE ON scheduled_time
BEGIN SELECT RAISE(ABORT, 'a scheduled time is never deleted'); END;

CREATE TRIGGER scheduled_time_is_settled_once BEFORE UPDATE ON scheduled_time
WHEN OLD.how <> 'claimed' OR NEW.scheduled_for <> OLD.scheduled_for OR NEW.run_id IS NOT OLD.run_id
BEGIN SELECT RAISE(ABORT, 'a scheduled time that was dealt with stays so'); END;

CREATE TRIGGER set_aside_is_kept BEFORE DELETE ON set_aside
BEGIN SELECT RAISE(ABORT, 'a word on what left the source is never deleted'); END;

CREATE TRIGGER pin_is_kept BEFORE DELETE ON pin
BEGIN SELECT RAISE(ABORT, 'a pin is never deleted'); END;

CREATE TRIGGER question_is_kept BEFORE DELETE ON question
BEGIN SELECT RAISE(ABORT, 'a question is never deleted'); END;

CREATE TRIGGER question_is_answered_once BEFORE UPDATE ON question
WHEN OLD.answered_at IS NOT NULL OR NEW.topic <> OLD.topic OR NEW.about <> OLD.about
BEGIN SELECT RAISE(ABORT, 'an answer is never rewritten'); END;

CREATE TRIGGER row_digest_is_kept BEFORE DELETE ON row_digest
BEGIN SELECT RAISE(ABORT, 'a digest is never deleted'); END;

CREATE TRIGGER row_digest_is_covered_once BEFORE UPDATE ON row_digest
WHEN OLD.entry <> 0
BEGIN SELECT RAISE(ABORT, 'a digest that an entry covers is never changed'); END;

CREATE TRIGGER result_due_is_kept BEFORE DELETE ON result_due
BEGIN SELECT RAISE(ABORT, 'a result that is due is never deleted'); END;

CREATE TRIGGER result_due_is_told_once BEFORE UPDATE ON result_due
WHEN OLD.told_at IS NOT NULL OR NEW.attempt_id <> OLD.attempt_id OR NEW.due_at <> OLD.due_at
BEGIN SELECT RAISE(ABORT, 'a result that was told stays so'); END;

CREATE TRIGGER sealed_file_is_kept BEFORE DELETE ON sealed_file
BEGIN SELECT RAISE(ABORT, 'a file is never deleted'); END;

CREATE TRIGGER sealed_file_goes_on_from_the_last BEFORE INSERT ON sealed_file
WHEN NEW.state <> 'rendered'
    OR NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM sealed_file WHERE state <> 'void')
    OR NEW.predecessor IS NOT (SELECT digest FROM sealed_file WHERE state <> 'void' ORDER BY number DESC LIMIT 1)
    OR NEW.first_voucher < (SELECT coalesce(max(first_voucher + vouchers), 1) FROM sealed_file WHERE state <> 'void')
    OR EXISTS (SELECT 1 FROM sealed_file WHERE state = 'rendered')
BEGIN SELECT RAISE(ABORT, 'a file goes on from the one before'); END;

CREATE TRIGGER sealed_file_is_what_was_rendered
BEFORE UPDATE OF number, label, file_name, format, request_id, run_number, digest, predecessor, bytes, vouchers,
                 first_voucher, sums, rendered_at ON sealed_file
BEGIN SELECT RAISE(ABORT, 'a file is never rendered twice'); END;

CREATE TRIGGER sealed_file_goes_forward BEFORE UPDATE OF state ON sealed_file
WHEN NOT ((OLD.state = 'rendered' AND NEW.state IN ('sealed', 'void')) OR (OLD.state = 'sealed' AND NEW.state = 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'a file that lies somewhere stays so'); END;

CREATE TRIGGER sealed_file_is_void_of_claims BEFORE UPDATE OF state ON sealed_file
WHEN NEW.state = 'void' AND EXISTS (
    SELECT 1 FROM attempt WHERE request_id = OLD.request_id AND state NOT IN ('refused', 'not_sent'))
BEGIN SELECT RAISE(ABORT, 'a file with a claim is not void'); END;

CREATE TRIGGER sealed_file_was_never_imported BEFORE UPDATE OF state ON sealed_file
WHEN NEW.state = 'withdrawn' AND EXISTS (
    SELECT 1 FROM attempt WHERE request_id = OLD.request_id AND state <> 'handed_over')
BEGIN SELECT RAISE(ABORT, 'a file of which a record is settled is not withdrawn'); END;

CREATE TRIGGER attempt_is_in_a_sealed_file BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'handed_over'
    AND NOT EXISTS (SELECT 1 FROM sealed_file WHERE request_id = NEW.request_id AND state = 'sealed')
BEGIN SELECT RAISE(ABORT, 'what is handed over is in a sealed file'); END;

CREATE TRIGGER attempt_leaves_its_file_for_the_books BEFORE UPDATE OF state ON attempt
WHEN OLD.state = 'handed_over' AND NEW.state <> 'posted' AND NOT (NEW.state = 'withdrawn'
    AND EXISTS (SELECT 1 FROM sealed_file WHERE request_id = NEW.request_id AND state = 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'what is handed over is posted, or withdrawn with its file'); END;

CREATE TRIGGER attempt_is_withdrawn_from_a_file BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'withdrawn' AND OLD.state <> 'handed_over'
BEGIN SELECT RAISE(ABORT, 'only what was handed over is withdrawn'); END;

-- The beginning of the row's digest, so that a changed row can be named; what proves it is the root in the run's entry.
CREATE INDEX other_day_record ON other_day (record_id, other_day_id);

CREATE TRIGGER other_day_is_kept BEFORE DELETE ON other_day
BEGIN SELECT RAISE(ABORT, 'the choice of a day is never deleted'); END;

CREATE TRIGGER other_day_is_never_changed BEFORE UPDATE ON other_day
BEGIN SELECT RAISE(ABORT, 'the choice of a day is never changed'); END;

CREATE TABLE receipt (
    receipt_id    INTEGER PRIMARY KEY,
    attempt_id    INTEGER NOT NULL REFERENCES attempt (attempt_id),
    position      INTEGER NOT NULL CHECK (position >= 1),
    place         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state = 'planned' OR state = 'sent' OR state = 'attached' OR state = 'failed' OR state = 'set_aside'),
    -- SHA-256, size and type, from when it was fetched.
    digest        BLOB    CHECK (length(digest) = 32),
    bytes         INTEGER CHECK (bytes >= 0),
    media_type    TEXT,
    -- When it was last sent, by the accounting side's clock, at the latest, and the fence under which that was.
    sent_at       TEXT,
    fence         INTEGER,
    attachment_id TEXT,
    problem       TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    settled_at    TEXT,
    reason        TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user    TEXT,
    actor_host    TEXT,
    UNIQUE (attempt_id, position),
    CHECK ((state = 'attached' OR state = 'set_aside') = (settled_at IS NOT NULL)),
    CHECK (state <> 'attached' OR (digest IS NOT NULL AND coalesce(attachment_id, '') <> '')),
    CHECK (state <> 'sent' OR sent_at IS NOT NULL),
    CHECK (state <> 'failed' OR problem IS NOT NULL),
    CHECK ((sent_at IS NULL) = (fence IS NULL)),
    CHECK ((state = 'set_aside') = (reason IS NOT NULL)),
    CHECK ((reason IS NULL) = (actor_user IS NULL))
) STRICT;

CREATE INDEX receipt_open ON receipt (attempt_id) WHERE settled_at IS NULL;

CREATE TRIGGER receipt_is_kept BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;

CREATE TRIGGER receipt_is_settled_once BEFORE UPDATE OF attempt_id, position, state, digest, sent_at, attachment_id, settled_at ON receipt
WHEN OLD.settled_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a receipt that is settled stays so'); END;

CREATE TRIGGER receipt_is_named_or_forgotten BEFORE UPDATE OF place, name ON receipt
WHEN NEW.place <> '' OR NEW.name <> '' OR OLD.settled_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a receipt keeps its name'); END;

CREATE VIEW record_state AS
SELECT r.seq, r.record_id, CASE WHEN guard.state <> 'withdrawn' THEN guard.attempt_id END AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND EXISTS (
            SELECT 1 FROM attempt any_of JOIN alarm ON alarm.attempt_id = any_of.attempt_id AND alarm.cleared_at IS NULL
            WHERE any_of.record_id = r.record_id) THEN 'vanished'
        WHEN guard.state = 'posted' AND guard.content_hash <> r.content_hash AND NOT EXISTS (
            SELECT 1 FROM acceptance a
            WHERE a.record_id = r.record_id AND a.attempt_id = guard.attempt_id AND a.content_hash = r.content_hash)
            THEN 'changed'
        WHEN guard.state = 'posted' THEN 'posted'
        WHEN guard.state = 'handed_over' THEN 'handed_over'
        WHEN guard.state = 'unknown' THEN 'in_doubt'
        WHEN guard.state IN ('claimed', 'staged') AND run.finished_at IS NULL THEN 'sending'
        WHEN guard.state IN ('claimed', 'staged') THEN 'in_doubt'
        WHEN r.reading_id < (SELECT latest_reading FROM ledger) THEN CASE
            WHEN EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = r.record_id AND s.reading_id = r.reading_id)
                THEN 'set_aside'
            ELSE 'gone' END
        WHEN r.held_reason IS NOT NULL THEN 'held'
        WHEN last.state = 'refused' AND NOT EXISTS (
            SELECT 1 FROM other_day o WHERE o.record_id = r.record_id AND o.attempt_id = last.attempt_id) THEN 'refused'
        ELSE 'eligible'
    END AS state
FROM record r
LEFT JOIN attempt guard ON guard.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = r.record_id AND state NOT IN ('refused', 'not_sent')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN attempt last ON (guard.attempt_id IS NULL OR guard.state = 'withdrawn') AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;

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

