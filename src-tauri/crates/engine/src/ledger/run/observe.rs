//! Observes the source, row by row, into the ledger.
//!
//! Invariant: a reading counts only once it is finished. One that broke off changes nothing of what was known: records
//! that are new or otherwise than before wait in `arrival` for an end that does not come, and whatever it has not come to
//! is there.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{ContentHash, HoldReason, Place, Record, RecordId};
use crate::ledger::values::{json, signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::ports::{Flaw, Row};

/// The records that are taken over before their digests are made, and so held in memory at once: SQLite keeps the pages as
/// they were, of the table and of each index, until the statement has ended.
const PAGE_ROWS: i64 = 250;

/// A reading in progress, or the newest finished one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading(pub(in crate::ledger) i64);

/// The rows of a reading that are no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OddRows {
    /// The rows that are held.
    Flaws,
    /// The rows that do not count.
    LeftOut,
}

/// Says how far an id is known when a row has it.
enum Known {
    Nothing,
    /// It stood in this reading before, with that content.
    InThisReading(Option<ContentHash>),
    /// It was known before this reading.
    Before {
        content: Option<ContentHash>,
        /// To see it again, as it was, changes nothing of it.
        in_place: bool,
    },
}

/// A row whose record id had stood in the source before.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    /// The cursor for the next page.
    pub(crate) cursor: i64,
    pub(crate) record_id: RecordId,
    /// True if the content was the same.
    pub(crate) same: bool,
    pub(crate) place: Place,
    /// The date of the record, for the period.
    pub(crate) date: chrono::NaiveDate,
}

impl LedgerTx<'_> {
    /// Begins a pass over the source. What waited for the end of one that broke off is forgotten.
    pub(crate) fn begin_reading(&self, now: DateTime<Utc>) -> Result<Reading, LedgerError> {
        self.execute("DELETE FROM arrival", [])?;
        self.execute("INSERT INTO reading (started_at) VALUES (:now)", named_params! { ":now": stamp(now) })?;
        Ok(Reading(self.inserted()))
    }

    /// Takes in one row.
    pub(crate) fn observe(&self, reading: Reading, row: &Row, now: DateTime<Utc>) -> Result<(), LedgerError> {
        match row {
            Row::Record(record, place) => self.observe_record(reading, record, place, now),
            Row::Flaw(flaw) => self.observe_flaw(reading, flaw),
            Row::LeftOut(row) => self.observe_left_out(reading, row, None),
        }
    }

    fn observe_record(
        &self,
        reading: Reading,
        record: &Record,
        place: &Place,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let hash = record.content_hash();
        match self.known_record(reading, &record.id)? {
            Known::Nothing if record.amount.is_zero() => {
                // Nothing is owed. A record that is known is compared all the same.
                let (record_id, place) = (Some(record.id.as_str().to_owned()), place.clone());
                let nothing = Flaw { record_id, place, reason: HoldReason::AmountZero, glimpse: String::new() };
                self.observe_left_out(reading, &nothing, Some(hash))
            }
            Known::Nothing => {
                self.keep_arrival(reading, record, hash, place, now)?;
                self.repeat_zero(reading, &record.id)
            }
            Known::InThisReading(first) => self.observe_repeat(reading, &record.id, first, hash, place),
            Known::Before { content, in_place } if in_place && content == Some(hash) => self.execute_one(
                "record",
                include_str!("see_record.sql"),
                named_params! {
                    ":id": record.id.as_str(), ":reading": reading.0, ":payee_name": record.payee.name,
                    ":version": record.version, ":approved_at": record.approved_at.map(stamp), ":file": place.file,
                    ":line": signed(place.line), ":form": record.id.form(), ":receipts": receipts(record),
                },
            ),
            Known::Before { .. } => self.keep_arrival(reading, record, hash, place, now),
        }
    }

    fn known_record(&self, reading: Reading, id: &RecordId) -> Result<Known, LedgerError> {
        let asked = named_params! { ":id": id.as_str(), ":reading": reading.0 };
        let known = self.row(include_str!("known_record.sql"), asked, |row| {
            let content = |column| -> Result<_, LedgerError> {
                let bytes: Option<Vec<u8>> = self.get(row, column)?;
                Ok(bytes.as_deref().and_then(ContentHash::from_bytes))
            };
            if let Some(arrived) = content("arrived")? {
                return Ok(Known::InThisReading(Some(arrived)));
            }
            let content = content("content_hash")?;
            Ok(if self.get::<i64>(row, "reading_id")? == reading.0 {
                Known::InThisReading(content)
            } else {
                Known::Before { content, in_place: self.get(row, "in_place")? }
            })
        })?;
        Ok(known.unwrap_or(Known::Nothing))
    }

    /// Keeps a record until the reading has ended: one that is new, or that is not as the newest whole reading saw it.
    fn keep_arrival(
        &self,
        reading: Reading,
        record: &Record,
        hash: ContentHash,
        place: &Place,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "arrival",
            include_str!("keep_arrival.sql"),
            named_params! {
                ":id": record.id.as_str(), ":reading": reading.0, ":form": record.id.form(), ":hash": hash.as_bytes(),
                ":date": record.date.to_string(), ":currency": record.amount.currency().code(),
                ":exponent": record.amount.currency().exponent(), ":minor": record.amount.minor(),
                ":payee_id": record.payee.id, ":payee_name": record.payee.name, ":category": record.category,
                ":text": record.text, ":department": record.department, ":project": record.project,
                ":detail": (!record.detail.is_plain()).then(|| json(&record.detail)), ":receipts": receipts(record),
                ":version": record.version, ":approved_at": record.approved_at.map(stamp), ":file": place.file,
                ":line": signed(place.line), ":now": stamp(now),
            },
        )
    }

    /// Lets the rows repeat a record that did not count under its id, since nothing was owed by them.
    fn repeat_zero(&self, reading: Reading, id: &RecordId) -> Result<(), LedgerError> {
        let these = named_params! { ":id": id.as_str(), ":reading": reading.0 };
        if self.execute(include_str!("repeat_zero.sql"), these)? > 0 {
            self.execute(
                "DELETE FROM left_out WHERE record_id = :id AND reading_id = :reading
                     AND json_extract(reason, '$.code') = 'amount_zero'",
                these,
            )?;
        }
        Ok(())
    }

    /// Takes over what waited for the end of the reading, a page at a time: each page has its digests before the next.
    fn take_over_arrivals(&self, reading: Reading, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let mut after = 0;
        loop {
            let last = self.row(
                "SELECT max(arrival_id) AS last FROM (
                     SELECT arrival_id FROM arrival WHERE arrival_id > :after ORDER BY arrival_id LIMIT :limit)",
                named_params! { ":after": after, ":limit": PAGE_ROWS },
                |row| self.get::<Option<i64>>(row, "last"),
            )?;
            let Some(last) = last.flatten() else { break };
            let changed = self.rows(
                "SELECT r.record_id FROM arrival a JOIN record r USING (record_id)
                 WHERE a.arrival_id > :after AND a.arrival_id <= :last AND a.content_hash <> r.content_hash",
                named_params! { ":after": after, ":last": last },
                |row| self.record_id(row),
            )?;
            changed.iter().try_for_each(|id| self.keep_superseded(id, now))?;
            self.execute(
                include_str!("take_over_arrivals.sql"),
                named_params! { ":reading": reading.0, ":after": after, ":last": last },
            )?;
            self.note_changes()?;
            self.coverage().changed().forget();
            // At the end, all of them at once, SQLite would hold their numbers in memory first.
            self.execute("DELETE FROM arrival WHERE arrival_id <= :last", named_params! { ":last": last })?;
            after = last;
        }
        Ok(())
    }

    fn observe_repeat(
        &self,
        reading: Reading,
        id: &RecordId,
        first: Option<ContentHash>,
        hash: ContentHash,
        place: &Place,
    ) -> Result<(), LedgerError> {
        self.execute(
            "INSERT INTO repeat (reading_id, record_id, same, file, line, content_hash)
             VALUES (:reading, :id, :same, :file, :line, :hash)",
            named_params! {
                ":reading": reading.0, ":id": id.as_str(), ":same": first == Some(hash), ":file": place.file,
                ":line": signed(place.line), ":hash": hash.as_bytes(),
            },
        )?;
        Ok(())
    }

    fn observe_flaw(&self, reading: Reading, flaw: &Flaw) -> Result<(), LedgerError> {
        self.execute_one(
            "flaw",
            "INSERT INTO flaw (reading_id, record_id, file, line, reason, glimpse)
             VALUES (:reading, :id, :file, :line, :reason, :glimpse)",
            named_params! {
                ":reading": reading.0, ":id": flaw.record_id, ":file": flaw.place.file,
                ":line": signed(flaw.place.line), ":reason": json(&flaw.reason), ":glimpse": flaw.glimpse,
            },
        )
    }

    /// Takes in a row that does not count. `content`: of a record by which nothing is owed.
    fn observe_left_out(&self, reading: Reading, row: &Flaw, content: Option<ContentHash>) -> Result<(), LedgerError> {
        self.execute_one(
            "left_out",
            "INSERT INTO left_out (reading_id, record_id, file, line, reason, glimpse, content_hash)
             VALUES (:reading, :id, :file, :line, :reason, :glimpse, :hash)",
            named_params! {
                ":reading": reading.0, ":id": row.record_id, ":file": row.place.file, ":line": signed(row.place.line),
                ":reason": json(&row.reason), ":glimpse": row.glimpse,
                ":hash": content.as_ref().map(ContentHash::as_bytes),
            },
        )
    }

    /// Ends the reading: it is now what the source holds. The flaws and repeats of earlier readings are dropped; their
    /// meaning for a run stands in that run's rows. But a row that could not be read and has an id stays, if nothing of
    /// that id is there any more: it left the source before it was exported.
    pub(crate) fn finish_reading(&self, reading: Reading, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        self.take_over_arrivals(reading, now)?;
        self.execute(include_str!("find_conflicts.sql"), this)?;
        self.execute(include_str!("drop_flaws.sql"), this)?;
        self.execute("DELETE FROM left_out WHERE reading_id <> :reading", this)?;
        self.execute("DELETE FROM repeat WHERE reading_id <> :reading", this)?;
        self.execute("UPDATE ledger SET latest_reading = :reading", this)?;
        self.execute_one(
            "reading",
            "UPDATE reading SET finished_at = :now WHERE reading_id = :reading",
            named_params! { ":reading": reading.0, ":now": stamp(now) },
        )
    }

    /// Returns the newest reading that came to its end; `None` if nothing was read yet.
    pub(crate) fn newest_reading(&self) -> Result<Option<Reading>, LedgerError> {
        let newest = self.row("SELECT latest_reading FROM ledger", [], |row| self.get(row, "latest_reading"))?;
        Ok(newest.flatten().map(Reading))
    }

    /// Returns the repeated rows of a reading, a page.
    pub(crate) fn repeats(&self, reading: Reading, after: i64, limit: usize) -> Result<Vec<Repeat>, LedgerError> {
        self.rows(
            "SELECT p.repeat_id, p.record_id, p.same, p.file, p.line, r.date FROM repeat p JOIN record r USING (record_id)
             WHERE p.reading_id = :reading AND p.repeat_id > :after ORDER BY p.repeat_id LIMIT :limit",
            named_params! { ":reading": reading.0, ":after": after, ":limit": signed(limit as u64) },
            |row| {
                Ok(Repeat {
                    cursor: self.get(row, "repeat_id")?,
                    record_id: self.record_id(row)?,
                    same: self.get(row, "same")?,
                    place: self.place(row)?,
                    date: crate::ledger::values::day("record.date", &self.get::<String>(row, "date")?)?,
                })
            },
        )
    }

    /// Returns the odd rows of a reading, a page, each with its cursor.
    pub(crate) fn odd_rows(
        &self,
        reading: Reading,
        rows: OddRows,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Flaw)>, LedgerError> {
        self.rows(
            match rows {
                OddRows::Flaws => {
                    "SELECT flaw_id AS cursor, record_id, file, line, reason, glimpse FROM flaw
                     WHERE reading_id = :reading AND flaw_id > :after ORDER BY flaw_id LIMIT :limit"
                }
                OddRows::LeftOut => {
                    "SELECT left_out_id AS cursor, record_id, file, line, reason, glimpse FROM left_out
                     WHERE reading_id = :reading AND left_out_id > :after ORDER BY left_out_id LIMIT :limit"
                }
            },
            named_params! { ":reading": reading.0, ":after": after, ":limit": signed(limit as u64) },
            |row| {
                let flaw = Flaw {
                    record_id: self.get(row, "record_id")?,
                    place: self.place(row)?,
                    reason: crate::ledger::values::from_json("flaw.reason", &self.get::<String>(row, "reason")?)?,
                    glimpse: self.get(row, "glimpse")?,
                };
                Ok((self.get(row, "cursor")?, flaw))
            },
        )
    }

    /// Returns the places at which a record id stands in a reading, for the sentence that says so; the first few.
    pub(crate) fn places_of(&self, reading: Reading, id: &RecordId) -> Result<Vec<Place>, LedgerError> {
        self.rows(include_str!("places_of.sql"), named_params! { ":reading": reading.0, ":id": id.as_str() }, |row| {
            self.place(row)
        })
    }

    pub(in crate::ledger) fn record_id(&self, row: &rusqlite::Row<'_>) -> Result<RecordId, LedgerError> {
        let text: String = self.get(row, "record_id")?;
        RecordId::new(text.clone()).map_err(|_| LedgerError::Impossible { what: "record_id", found: text })
    }

    pub(in crate::ledger) fn place(&self, row: &rusqlite::Row<'_>) -> Result<Place, LedgerError> {
        Ok(Place { file: self.get(row, "file")?, line: crate::ledger::values::number("line", self.get(row, "line")?)? })
    }
}

/// Returns the receipts of a record as the ledger keeps them: nothing where it names none.
fn receipts(record: &Record) -> Option<String> {
    (!record.receipts.is_empty()).then(|| json(&record.receipts))
}
