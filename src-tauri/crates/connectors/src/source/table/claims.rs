//! Gathers the rows of a file into claims: the rows with one id are the lines of one record.
//!
//! Invariants:
//! - a claim comes out once, when its last row has been read, and never before;
//! - it comes out whole or as a flaw: a row that cannot be read, or that a rule leaves out, holds the whole claim;
//! - memory grows with the claims of a file, and with the lines, up to those that a claim may have, of those whose last
//!   row is still to come.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use postonce_engine::domain::{ExpenseDetail, ExpenseLine, HoldReason, Money, Place, Receipt, Record};
use postonce_engine::ports::{Flaw, Row};

use super::cells::check_number;
use super::{Field, Head, Line};

/// The last row of each claim of a file, by its id. Two ids that share a hash have the later one of their last rows: the
/// earlier claim comes out a little later then.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClaimEnds {
    last_rows: HashMap<u64, u64>,
    /// The claim of the row above, for rows that go on with it.
    above: Option<u64>,
}

impl ClaimEnds {
    /// Sees a row.
    pub(crate) fn see(&mut self, head: &Head, row: &Line) {
        let own = id_of(head, row).map(|id| hash(&id));
        let Some(claim) = own.or(self.above.filter(|_| goes_on(head, row))) else { return };
        self.last_rows.insert(claim, row.number);
        self.above = Some(claim);
    }

    fn is_last(&self, id: &str, row: u64) -> bool {
        self.last_rows.get(&hash(id)) == Some(&row)
    }
}

/// Returns the text of a row's claim id; `None` if it has none.
pub(super) fn id_of(head: &Head, row: &Line) -> Option<String> {
    let parts: Vec<&str> = head.id_places.iter().map(|place| row.cell(*place).trim()).collect();
    parts.iter().any(|part| !part.is_empty()).then(|| parts.join("/"))
}

/// Says whether a row goes on with the claim above: it has no id, and names nobody to whom it might be owed instead.
pub(super) fn goes_on(head: &Head, row: &Line) -> bool {
    id_of(head, row).is_none() && head.raw(row, Field::Payee).trim().is_empty()
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// A row of a claim, with its word on the claim as a whole.
pub(super) struct RowOfClaim {
    /// The row as a record of its own.
    pub(super) record: Record,
    /// The claim's own total, where the row gives it.
    pub(super) total: Option<Money>,
    /// The claim's own text, where the row gives it.
    pub(super) text: Option<String>,
}

/// A claim whose last row is still to come.
struct OpenClaim {
    /// The first row.
    record: Option<Record>,
    place: Place,
    lines: Vec<ExpenseLine>,
    /// The number of rows that are lines.
    rows: usize,
    total: Option<Money>,
    text: Option<String>,
    /// The first flaw, which holds the claim.
    flaw: Option<Flaw>,
    /// The first row that a rule leaves out, and the rule's column.
    left_out: Option<(u64, String)>,
}

/// The claims of one file.
#[derive(Default)]
pub(super) struct Claims {
    open: HashMap<String, OpenClaim>,
}

impl Claims {
    /// Adds a row that is a line.
    pub(super) fn add(&mut self, id: &str, row: RowOfClaim, place: &Place, glimpse: impl FnOnce(HoldReason) -> Flaw) {
        let claim = self.claim(id, place);
        if let Some(field) = claim.differs(&row) {
            let lines = format!("{}, {}", claim.place.line, place.line);
            claim.flaw.get_or_insert_with(|| glimpse(HoldReason::ClaimDiffers { field: field.to_owned(), lines }));
            return;
        }
        let RowOfClaim { record, total, text } = row;
        claim.total = claim.total.or(total);
        claim.text = claim.text.take().or(text);
        claim.rows += 1;
        // A claim with more is held, and so needs no more of them.
        if claim.rows <= ExpenseDetail::LINES_MAX {
            claim.lines.push(record.as_line());
        }
        match &mut claim.record {
            None => claim.record = Some(record),
            Some(first) => {
                first.date = first.date.max(record.date);
                first.approved_at = first.approved_at.max(record.approved_at);
                first.version = first.version.max(record.version);
                // A claim with more than it may have is held.
                let others =
                    record.receipts.into_iter().filter(|one| !first.receipts.contains(one)).collect::<Vec<_>>();
                if first.receipts.len() <= Receipt::PER_RECORD_MAX {
                    first.receipts.extend(others);
                }
            }
        }
    }

    /// Adds a row that cannot be read.
    pub(super) fn add_flaw(&mut self, id: &str, flaw: Flaw) {
        let place = flaw.place.clone();
        self.claim(id, &place).flaw.get_or_insert(flaw);
    }

    /// Notes a row that a rule of this column leaves out.
    pub(super) fn leave_out(&mut self, id: &str, place: &Place, column: &str) {
        self.claim(id, place).left_out.get_or_insert_with(|| (place.line, column.to_owned()));
    }

    /// Returns the claim, if this row is its last.
    pub(super) fn close(&mut self, ends: &ClaimEnds, id: &str, row: u64) -> Option<Row> {
        if !ends.is_last(id, row) {
            return None;
        }
        self.open.remove(id)?.into_row()
    }

    /// Returns the claims that are still open at the end of the file, in the order of their first rows: none, unless the
    /// file is another one than it was when it was proved.
    pub(super) fn rest(&mut self) -> Vec<Row> {
        let mut rest: Vec<OpenClaim> = self.open.drain().map(|(_, claim)| claim).collect();
        rest.sort_by_key(|claim| claim.place.line);
        rest.into_iter().filter_map(OpenClaim::into_row).collect()
    }

    fn claim(&mut self, id: &str, place: &Place) -> &mut OpenClaim {
        self.open.entry(id.to_owned()).or_insert_with(|| OpenClaim {
            record: None,
            place: place.clone(),
            lines: Vec::new(),
            rows: 0,
            total: None,
            text: None,
            flaw: None,
            left_out: None,
        })
    }
}

impl OpenClaim {
    /// Returns the field in which a row says something else of the claim than the rows before.
    fn differs(&self, row: &RowOfClaim) -> Option<&'static str> {
        let first = self.record.as_ref()?;
        let other = |here: &Option<Money>, there: &Option<Money>| here.is_some() && there.is_some() && here != there;
        let fields = [
            ("payee", first.payee.id != row.record.payee.id),
            ("currency", first.amount.currency() != row.record.amount.currency()),
            ("claim_total", other(&self.total, &row.total)),
        ];
        fields.into_iter().find(|(_, differs)| *differs).map(|(field, _)| field)
    }

    /// Returns the claim as a record, or as what keeps it from being one; `None` if every row was left out.
    fn into_row(self) -> Option<Row> {
        let Self { record, place, lines, rows, total, text, flaw, left_out } = self;
        if let Some(flaw) = flaw {
            return Some(Row::Flaw(flaw));
        }
        let mut record = record?;
        let held = |reason: HoldReason| {
            let record_id = Some(record.id.as_str().to_owned());
            Some(Row::Flaw(Flaw { record_id, place: place.clone(), reason, glimpse: record.text.clone() }))
        };
        if let Some((line, column)) = left_out {
            return held(HoldReason::ClaimDiffers { field: column, lines: format!("{}, {line}", place.line) });
        }
        if let Err(too_long) = ExpenseDetail::check_length(rows) {
            return held(too_long);
        }
        if let Err(too_many) = check_number(record.receipts.clone()) {
            return held(too_many);
        }
        let (is_one, lines_count, currency) = (lines.len() == 1, lines.len(), record.amount.currency());
        let detail = ExpenseDetail { lines, ..ExpenseDetail::default() };
        let Some(sum) = detail.sum() else {
            let found = Money::sum_to_decimal(detail.lines.iter().map(|line| i128::from(line.minor)).sum(), currency);
            return held(HoldReason::AmountInvalid { found });
        };
        // A line that is the sum of the others is none: the claim's head above them, or its subtotal below.
        let is_total = |line: &ExpenseLine| {
            let says_nothing = line.category.trim().is_empty();
            lines_count > 2 && says_nothing && i128::from(line.minor) * 2 == i128::from(sum)
        };
        if let Some(total) = detail.lines.iter().find(|line| is_total(line)) {
            let found = Money::from_minor(total.minor, currency).to_decimal();
            return held(HoldReason::RowIsTotal { found });
        }
        let amount = Money::from_minor(sum, currency);
        if let Some(total) = total.filter(|total| *total != amount) {
            return held(HoldReason::ClaimSumDiffers { sum: amount.to_decimal(), total: total.to_decimal() });
        }
        let is_plain = is_one && text.as_ref().is_none_or(|text| *text == record.text);
        if !is_plain {
            record.detail = detail;
            // A line has the day of the claim unless it says another one.
            for line in &mut record.detail.lines {
                line.date = line.date.filter(|date| *date != record.date);
            }
            record.text = text.unwrap_or(record.text);
            (record.department, record.project) = (None, None);
        }
        record.amount = amount;
        Some(Row::Record(Box::new(record), place))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use postonce_engine::domain::{Currency, Payee, RecordId};

    use super::*;

    /// A file that is another one than it was when its rows were counted loses none of them.
    #[test]
    fn claim_whose_last_row_never_came_is_left_at_the_end() {
        let place = Place { file: "f.csv".into(), line: 2 };
        let record = Record {
            id: RecordId::new("K1").expect("an id"),
            version: None,
            approved_at: None,
            date: NaiveDate::from_ymd_opt(2026, 10, 28).expect("a day"),
            payee: Payee { id: "P1".into(), name: "P1".into() },
            category: "Tog".into(),
            amount: Money::from_minor(30_000, Currency::from_code("NOK").expect("a code")),
            text: "Bodø".into(),
            department: None,
            project: None,
            detail: ExpenseDetail::default(),
            receipts: Vec::new(),
        };
        let mut claims = Claims::default();
        let row = RowOfClaim { record: record.clone(), total: None, text: None };
        claims.add("K1", row, &place, |reason| unreachable!("{reason:?}"));
        assert_eq!(claims.close(&ClaimEnds::default(), "K1", 2), None);
        assert_eq!(claims.rest(), [Row::Record(Box::new(record), place)]);
        assert_eq!(claims.rest(), []);
    }
}
