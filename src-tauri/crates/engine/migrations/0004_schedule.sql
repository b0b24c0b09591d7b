-- Which schedule was seen when: a new or changed one counts from then on, and not from 1970.
CREATE TABLE schedule_seen (
    seen_id   INTEGER PRIMARY KEY,
    cron      TEXT NOT NULL CHECK (cron <> ''),
    time_zone TEXT NOT NULL CHECK (time_zone <> ''),
    seen_at   TEXT NOT NULL
) STRICT;

-- Each scheduled time that was dealt with, by whichever program came first; `UNIQUE` is what makes it one. Times before it that
-- were missed have no rows of their own: `missed` counts them.
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

CREATE TRIGGER scheduled_time_is_kept BEFORE DELETE ON scheduled_time
BEGIN SELECT RAISE(ABORT, 'a scheduled time is never deleted'); END;

CREATE TRIGGER scheduled_time_is_settled_once BEFORE UPDATE ON scheduled_time
WHEN OLD.how <> 'claimed' OR NEW.scheduled_for <> OLD.scheduled_for OR NEW.run_id IS NOT OLD.run_id
BEGIN SELECT RAISE(ABORT, 'a scheduled time that was dealt with stays so'); END;
