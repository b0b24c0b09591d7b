//! Reads one row as a record, as a flaw with its reason, or as left out by a rule.

use std::collections::HashMap;
use std::path::Path;

use postonce_engine::domain::{Currency, ExpenseDetail, ExpenseVat, HoldReason, Money, Payee, Place, Record, RecordId};
use postonce_engine::ports::{Flaw, Row};

use super::aside::{Above, Aside, judge};
use super::claims::{Claims, RowOfClaim, goes_on, id_of};
use super::date::{Approval, DayReader};
use super::rules::{Ruled, Rules};
use super::{CellKind, Field, FileSettings, Head, HiddenRows, IdRule, Line, Proof, cells, id};
use crate::text::{GLIMPSE_CHARS_MAX, bounded, visible};

/// Reads the rows of one file, from the first to the last.
pub(crate) struct RowReader<'a> {
    head: &'a Head,
    settings: &'a FileSettings,
    proof: &'a Proof,
    days: &'a DayReader,
    rules: Rules<'a>,
    /// The file's name, for people.
    file: String,
    above: Above,
    /// The times that each content stood in the rows above, where the id is made of it.
    contents: HashMap<[u8; 8], u32>,
    claims: Claims,
    /// The row above that began a claim, or went on with one.
    claim_above: Option<Line>,
}

/// The fields that a row without an id has from the row above, if its own cell is empty.
const OF_THE_CLAIM: [Field; 8] = [
    Field::Date,
    Field::Payee,
    Field::PayeeName,
    Field::ApprovedAt,
    Field::Currency,
    Field::Rate,
    Field::Department,
    Field::Project,
];

impl<'a> RowReader<'a> {
    pub(crate) fn new(
        head: &'a Head,
        settings: &'a FileSettings,
        proof: &'a Proof,
        days: &'a DayReader,
        path: &Path,
    ) -> Self {
        Self {
            head,
            settings,
            proof,
            days,
            rules: Rules::of(head),
            file: name_of(path),
            above: Above::default(),
            contents: HashMap::new(),
            claims: Claims::default(),
            claim_above: None,
        }
    }

    /// Reads a row. None comes out of one without content, which spreadsheets leave behind, and of one whose claim goes
    /// on; two come out where the last row of a claim does not count.
    pub(crate) fn read(&mut self, row: &Line) -> [Option<Row>; 2] {
        if row.is_blank() {
            return [None, None];
        }
        if !self.settings.gathers_claims {
            return [self.read_alone(row, row), None];
        }
        if self.head.is_repeated(row) {
            return [self.read_alone(row, row), None];
        }
        let whole = self.with_claim_above(row);
        let whole = whole.as_ref().unwrap_or(row);
        let Some(id) = id_of(self.head, whole) else { return [self.read_alone(row, row), None] };
        self.claim_above = Some(whole.clone());
        let alone = self.read_line(&id, whole, row);
        [alone, self.claims.close(&self.proof.claim_ends, &id, row.number)]
    }

    /// Returns what is left at the end of the file, so that no row is lost.
    pub(crate) fn rest(&mut self) -> Vec<Row> {
        self.claims.rest()
    }

    /// Reads a row as a line of its claim, with what it has from the row above; returns it if it does not count.
    fn read_line(&mut self, id: &str, row: &Line, written: &Line) -> Option<Row> {
        match self.read_alone(row, written)? {
            Row::LeftOut(flaw) => {
                if let HoldReason::RowNotIncluded { column, .. } | HoldReason::RowExcluded { column, .. } = &flaw.reason
                {
                    self.claims.leave_out(id, &flaw.place, column);
                }
                Some(Row::LeftOut(flaw))
            }
            Row::Flaw(flaw) => {
                self.claims.add_flaw(id, flaw);
                None
            }
            Row::Record(record, place) => {
                let (head, marks) = (self.head, &self.proof.marks);
                match cells::claim_total(head, row, record.amount, marks, self.settings) {
                    Err(reason) => self.claims.add_flaw(id, flaw(head, self.settings, &self.file, row, reason)),
                    Ok(total) => {
                        let text = cells::filled(head, row, Field::ClaimText);
                        let row_of_claim = RowOfClaim { record: *record, total, text };
                        let held = |reason| flaw(head, self.settings, &self.file, row, reason);
                        self.claims.add(id, row_of_claim, &place, held);
                    }
                }
                None
            }
        }
    }

    /// Returns a row without an id with what it has from the claim above; `None` if it goes on with none.
    fn with_claim_above(&self, row: &Line) -> Option<Line> {
        let above = self.claim_above.as_ref().filter(|_| goes_on(self.head, row))?;
        let dimensions = self.head.dimensions.iter().map(|(_, place)| *place);
        let fields = OF_THE_CLAIM.into_iter().filter_map(|field| self.head.place(field));
        let inherited: Vec<usize> = self.head.id_places.iter().copied().chain(fields).chain(dimensions).collect();
        let mut whole = row.clone();
        let cell = |place: usize| {
            let own = row.cell(place);
            if inherited.contains(&place) && own.trim().is_empty() { above.cell(place) } else { own }
        };
        whole.cells = (0..row.cells.len().max(above.cells.len())).map(cell).collect();
        if !above.kinds.is_empty() || !row.kinds.is_empty() {
            let kind =
                |place: usize| if row.cell(place).trim().is_empty() { above.kind(place) } else { row.kind(place) };
            whole.kinds = (0..whole.cells.len()).map(kind).collect();
        }
        Some(whole)
    }

    /// Reads a row by itself. `written` is the row as it stands there, without what it has from the claim above: that
    /// alone says whether it is a record at all.
    fn read_alone(&mut self, row: &Line, written: &Line) -> Option<Row> {
        let currency = cells::currency(self.head, row, self.settings);
        let assumed = currency.as_ref().map_or(self.settings.currency, |currency| *currency);
        let amount = cells::amount(self.head, row, assumed, &self.proof.marks, self.settings);
        let known = amount.as_ref().ok().copied();
        let gathers_claims = self.settings.gathers_claims;
        match judge(self.head, &self.settings.id, gathers_claims, written, known, &mut self.above) {
            Some(Aside::LeftOut(rule)) => return Some(Row::LeftOut(self.flaw(row, rule))),
            Some(Aside::Held(reason)) => return Some(Row::Flaw(self.flaw(row, reason))),
            None => {}
        }
        let is_first = self.above.is_empty();
        let is_total = |amount: Money| amount.currency().exponent() == 2 && self.proof.is_sum_of_others(amount.minor());
        if is_first && known.is_some_and(is_total) {
            let found = bounded(self.head.raw(row, Field::Id).trim(), GLIMPSE_CHARS_MAX);
            return Some(Row::Flaw(self.flaw(row, HoldReason::RowIsTotal { found })));
        }
        let hidden = self.settings.kind.hidden_rows();
        let is_left_out = row.is_hidden && hidden == HiddenRows::LeaveOut;
        let by_hiding = is_left_out.then_some(HoldReason::HiddenLeftOut);
        let (left_out, unclear) = match by_hiding.map(Ruled::LeftOut).or_else(|| self.rules.judge(row)) {
            Some(Ruled::LeftOut(rule)) => (Some(rule), None),
            Some(Ruled::Held(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        if let Some(amount) = known {
            self.above.add(amount, left_out.is_none());
        }
        if let Some(rule) = left_out {
            return Some(Row::LeftOut(self.flaw(row, rule)));
        }
        if let Some(reason) = unclear {
            return Some(Row::Flaw(self.flaw(row, reason)));
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
        flaw(self.head, self.settings, &self.file, row, reason)
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
                let cells = head.id_places.iter().map(|place| (row.cell(*place), row.kind(*place)));
                Some(id::id(cells, self.proof.ids_are_rounded())?)
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
            detail: self.detail(row, amount)?,
            receipts: cells::receipts(head, row)?,
        };
        if settings.id == IdRule::Content {
            record.id = self.id_of_content(&record)?;
        }
        Ok(record)
    }

    /// Returns what the row says beyond a plain expense.
    fn detail(&self, row: &Line, amount: Money) -> Result<ExpenseDetail, HoldReason> {
        let head = self.head;
        let dimension = |(name, place): &(String, usize)| {
            let value = row.cell(*place).trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            Some((name.clone(), value)).filter(|(_, value): &(String, String)| !value.is_empty())
        };
        let minor = cells::vat(head, row, amount, &self.proof.marks, self.settings)?;
        Ok(ExpenseDetail {
            lines: Vec::new(),
            dimensions: head.dimensions.iter().filter_map(dimension).collect(),
            vat: ExpenseVat { code: cells::filled(head, row, Field::VatCode), minor },
            exchange: cells::exchange(head, row, amount, &self.proof.marks, self.settings)?,
        })
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

/// Returns a row that is no record.
fn flaw(head: &Head, settings: &FileSettings, file: &str, row: &Line, reason: HoldReason) -> Flaw {
    let parts: Vec<String> = head.id_places.iter().map(|place| id::bare(row.cell(*place))).collect();
    let found = parts.join("/");
    let glimpse = row.cells.iter().collect::<Vec<_>>().join(&char::from(settings.delimiter).to_string());
    Flaw {
        record_id: parts.iter().any(|part| !part.is_empty()).then(|| visible(&found)),
        place: Place { file: file.to_owned(), line: row.number },
        reason,
        glimpse: bounded(&glimpse, GLIMPSE_CHARS_MAX),
    }
}

/// Returns the name of a file, for people.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
