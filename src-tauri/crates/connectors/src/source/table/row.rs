//! Reads one row as a record, as a flaw with its reason, or as left out by a rule.

use std::collections::HashMap;
use std::path::Path;

use postonce_engine::domain::{Currency, HoldReason, Money, Payee, Place, Record, RecordId};
use postonce_engine::ports::{Flaw, Row};

use super::aside::{Above, Aside, judge};
use super::date::{Approval, DayReader};
use super::key::folded;
use super::{CellKind, CellTest, Field, FileSettings, Head, HiddenRows, IdRule, Line, Proof, RuleEffect, cells, id};
use crate::text::{GLIMPSE_CHARS_MAX, bounded, visible};

/// Reads the rows of one file, from the first to the last.
pub(crate) struct RowReader<'a> {
    head: &'a Head,
    settings: &'a FileSettings,
    proof: &'a Proof,
    days: &'a DayReader,
    rules: Vec<Rule<'a>>,
    /// The file's name, for people.
    file: String,
    above: Above,
    /// The times that each content stood in the rows above, where the id is made of it.
    contents: HashMap<[u8; 8], u32>,
}

/// A rule by which rows count, ready to be asked.
struct Rule<'a> {
    place: usize,
    column: &'a str,
    /// The values in one letter case; `None` for any content.
    values: Option<Vec<String>>,
    effect: RuleEffect,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(
        head: &'a Head,
        settings: &'a FileSettings,
        proof: &'a Proof,
        days: &'a DayReader,
        path: &Path,
    ) -> Self {
        let rules = head.rules.iter().map(|(place, rule)| Rule {
            place: *place,
            column: &rule.column,
            values: match &rule.test {
                CellTest::OneOf(values) => Some(values.iter().map(|value| folded(value)).collect()),
                CellTest::Filled => None,
            },
            effect: rule.effect,
        });
        Self {
            head,
            settings,
            proof,
            days,
            rules: rules.collect(),
            file: name_of(path),
            above: Above::default(),
            contents: HashMap::new(),
        }
    }

    /// Reads a row; `None` for one without content, which spreadsheets leave behind.
    pub(crate) fn read(&mut self, row: &Line) -> Option<Row> {
        if row.is_blank() {
            return None;
        }
        let currency = cells::currency(self.head, row, self.settings);
        let assumed = currency.as_ref().map_or(self.settings.currency, |currency| *currency);
        let amount = cells::amount(self.head, row, assumed, &self.proof.marks, self.settings);
        let known = amount.as_ref().ok().copied();
        match judge(self.head, &self.settings.id, row, known, &mut self.above) {
            Some(Aside::LeftOut(rule)) => return Some(Row::LeftOut(self.flaw(row, rule))),
            Some(Aside::Held(reason)) => return Some(Row::Flaw(self.flaw(row, reason))),
            None => {}
        }
        let hidden = self.settings.kind.hidden_rows();
        let is_left_out = row.is_hidden && hidden == HiddenRows::LeaveOut;
        let by_hiding = is_left_out.then_some(HoldReason::HiddenLeftOut);
        let left_out = by_hiding.or_else(|| self.rules.iter().find_map(|rule| rule.leaves_out(row)));
        if let Some(amount) = known {
            self.above.add(amount, left_out.is_none());
        }
        if let Some(rule) = left_out {
            return Some(Row::LeftOut(self.flaw(row, rule)));
        }
        if row.is_hidden && hidden == HiddenRows::Ask {
            return Some(Row::Flaw(self.flaw(row, HoldReason::RowHidden)));
        }
        Some(match self.record(row, currency, amount) {
            Ok(record) => Row::Record(Box::new(record), self.place(row)),
            Err(reason) => Row::Flaw(self.flaw(row, reason)),
        })
    }

    fn place(&self, row: &Line) -> Place {
        Place { file: self.file.clone(), line: row.number }
    }

    fn flaw(&self, row: &Line, reason: HoldReason) -> Flaw {
        let parts: Vec<String> = self.head.id_places.iter().map(|place| id::bare(row.cell(*place))).collect();
        let found = parts.join("/");
        let glimpse = row.cells.iter().collect::<Vec<_>>().join(&char::from(self.settings.delimiter).to_string());
        Flaw {
            record_id: parts.iter().any(|part| !part.is_empty()).then(|| visible(&found)),
            place: self.place(row),
            reason,
            glimpse: bounded(&glimpse, GLIMPSE_CHARS_MAX),
        }
    }

    /// Reads a record. The first flaw that is found is the reason.
    fn record(
        &mut self,
        row: &Line,
        currency: Result<Currency, HoldReason>,
        amount: Result<Money, HoldReason>,
    ) -> Result<Record, HoldReason> {
        self.check_width(row)?;
        self.check_faults(row)?;
        let (head, settings) = (self.head, self.settings);
        let named_id = match &settings.id {
            IdRule::Columns(_) => {
                Some(id::id(head.id_places.iter().map(|place| (row.cell(*place), row.kind(*place))))?)
            }
            IdRule::Content => None,
        };
        currency?;
        let date = cells::day(head, row, self.days, &settings.date_format)?;
        let amount = amount?;
        let payee = cells::required(head, row, Field::Payee)?;
        let approved_at = match head.place(Field::ApprovedAt) {
            None => None,
            Some(_) => match self.days.approval(head.raw(row, Field::ApprovedAt)) {
                Approval::At(instant) => Some(instant),
                Approval::Sometime => None,
                Approval::None => {
                    let found = cells::clean(head, row, Field::ApprovedAt);
                    return Err(HoldReason::NotApproved { found: bounded(&found, GLIMPSE_CHARS_MAX) });
                }
            },
        };
        let placeholder = || RecordId::new("-").map_err(|_| HoldReason::IdMissing);
        let mut record = Record {
            id: named_id.map_or_else(placeholder, Ok)?,
            version: head.raw(row, Field::Version).trim().parse().ok(),
            approved_at,
            date,
            payee: Payee {
                name: cells::filled(head, row, Field::PayeeName).unwrap_or_else(|| payee.clone()),
                id: payee,
            },
            category: cells::clean(head, row, Field::Category),
            amount,
            text: cells::clean(head, row, Field::Text),
            department: cells::filled(head, row, Field::Department),
            project: cells::filled(head, row, Field::Project),
        };
        if settings.id == IdRule::Content {
            record.id = self.id_of_content(&record)?;
        }
        Ok(record)
    }

    /// Makes an id of the content, and of a number where the same content stood in the file before.
    fn id_of_content(&mut self, record: &Record) -> Result<RecordId, HoldReason> {
        let hash = hex::encode(&record.content_hash().as_bytes()[..12]);
        let mut key = [0; 8];
        key.copy_from_slice(&record.content_hash().as_bytes()[..8]);
        let times = self.contents.entry(key).or_default();
        *times += 1;
        RecordId::new(format!("{hash}-{times}")).map_err(|_| HoldReason::IdMissing)
    }

    /// Checks that each cell stands under its title.
    fn check_width(&self, row: &Line) -> Result<(), HoldReason> {
        let (cells, head) = (row.cells.len(), self.head);
        let unfit = |expected: usize| Err(HoldReason::RowUnreadable { detail: format!("{cells} ≠ {expected}") });
        let width = head.width.unwrap_or(cells);
        let is_filled = |place: usize| !row.cell(place).trim().is_empty();
        if (width..cells).any(is_filled) {
            return unfit(width);
        }
        // Excel leaves out the delimiters of empty cells at the end; only cells that may be empty can be missing.
        if cells < head.cells_min || (cells < width && row.has_quoted_delimiter) {
            return unfit(width);
        }
        let titles = head.titles.iter().enumerate().filter(|(_, title)| !title.trim().is_empty());
        let titled = titles.map(|(place, _)| place + 1).last().unwrap_or(width);
        if (titled..width.min(cells)).any(is_filled) && self.may_be_split(row) {
            return unfit(titled);
        }
        Ok(())
    }

    /// Says whether an amount may have been split at a decimal comma that is the delimiter as well, so that the cells
    /// behind it stand under other titles.
    fn may_be_split(&self, row: &Line) -> bool {
        let delimiter = char::from(self.settings.delimiter);
        let is_short_number =
            |cell: &str| (1..=2).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit());
        let splits_amount = self.head.place(Field::Amount).is_some_and(|place| {
            let amount = row.cell(place).trim();
            !amount.contains([',', '.']) && is_short_number(row.cell(place + 1).trim())
        });
        delimiter == self.settings.decimal_separator.mark() || (delimiter == ',' && splits_amount)
    }

    /// Checks that no cell of the record shows an error.
    fn check_faults(&self, row: &Line) -> Result<(), HoldReason> {
        if row.kinds.is_empty() {
            return Ok(());
        }
        let faulty = Field::ALL
            .into_iter()
            .find(|field| self.head.place(*field).is_some_and(|place| row.kind(place) == CellKind::Fault));
        faulty.map_or(Ok(()), |field| {
            let (field, found) = (field.name().to_owned(), cells::clean(self.head, row, field));
            // A cell without anything to show is covered by the one above.
            Err(if found.is_empty() {
                HoldReason::CellMerged { field }
            } else {
                HoldReason::CellFaulty { field, found }
            })
        })
    }
}

impl Rule<'_> {
    /// Returns the reason, if the rule leaves the row out.
    fn leaves_out(&self, row: &Line) -> Option<HoldReason> {
        let cell = row.cell(self.place).trim();
        let passes = match &self.values {
            Some(values) => values.contains(&folded(cell)),
            None => !cell.is_empty(),
        };
        let (column, found) = (self.column.to_owned(), bounded(cell, GLIMPSE_CHARS_MAX));
        match (self.effect, passes) {
            (RuleEffect::Include, false) => Some(HoldReason::RowNotIncluded { column, found }),
            (RuleEffect::Exclude, true) => Some(HoldReason::RowExcluded { column, found }),
            (RuleEffect::Include, true) | (RuleEffect::Exclude, false) => None,
        }
    }
}

/// Returns the name of a file, for people.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
