//! Recognises rows that are no records: totals, titles that are repeated, text that goes on, notes below the table.

use std::collections::BTreeMap;

use postonce_engine::domain::{HoldReason, Money};

use super::key::folded;
use super::{Field, Head, IdRule, Line};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// Words for a total.
const TOTALS: [&str; 28] = [
    "sum",
    "total",
    "totalt",
    "totals",
    "totalsum",
    "sum total",
    "grand total",
    "subtotal",
    "delsum",
    "summa",
    "totalbelopp",
    "i alt",
    "til sammen",
    "tilsammen",
    "gesamt",
    "summe",
    "gesamtsumme",
    "zwischensumme",
    "somme",
    "sum utlegg",
    "totalsum utlegg",
    "total general",
    "total général",
    "suma",
    "importe total",
    "slutsumma",
    "samlet",
    "ergebnis",
];
/// Words with which a note below the table begins.
const NOTES: [&str; 16] = [
    "rows",
    "rader",
    "antall",
    "antal",
    "count",
    "lines",
    "linjer",
    "records",
    "poster",
    "anzahl",
    "nombre",
    "side",
    "page",
    "seite",
    "sida",
    "number of",
];

/// Words of a row that says something of the rows above it.
const FIGURES: [&str; 12] = [
    "gjennomsnitt",
    "snitt",
    "average",
    "avg",
    "mean",
    "durchschnitt",
    "moyenne",
    "medel",
    "max",
    "min",
    "balanse",
    "utbetalt",
];
/// So many rows do not add up to the next one by chance; fewer do: three tickets, and the way back.
const ROWS_SUMMED_MIN: u64 = 5;

/// The judgement of a row that is no record.
pub(super) enum Aside {
    /// It is left out, by that rule.
    LeftOut(HoldReason),
    /// A person must look at it.
    Held(HoldReason),
}

/// The sums of the rows above, by currency.
#[derive(Debug, Default)]
pub(super) struct Above {
    rows: u64,
    all: BTreeMap<&'static str, Sum>,
    records: BTreeMap<&'static str, Sum>,
    since_total: BTreeMap<&'static str, Sum>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    rows: u64,
    minor: i128,
    first: i64,
    /// Whether the amounts are not all the same: five days' allowance make the price of a hotel.
    is_varied: bool,
}

impl Above {
    /// Adds a row.
    pub(super) fn add(&mut self, amount: Money, is_record: bool) {
        self.rows += 1;
        let sums = [Some(&mut self.all), Some(&mut self.since_total), Some(&mut self.records).filter(|_| is_record)];
        for sums in sums.into_iter().flatten() {
            let sum = sums.entry(amount.currency().code()).or_default();
            sum.is_varied |= sum.rows > 0 && sum.first != amount.minor();
            sum.first = amount.minor();
            sum.rows += 1;
            sum.minor += i128::from(amount.minor());
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Begins the rows behind a total.
    fn total(&mut self) {
        self.since_total.clear();
    }

    /// Says whether an amount is the sum of the rows above.
    fn is_sum(&self, amount: Money) -> bool {
        self.rows > 0 && self.of_currency(amount).any(|sum| sum.minor == i128::from(amount.minor()))
    }

    /// Says whether an amount is the sum of so many different amounts that this is no chance, or what balances them.
    fn is_large_sum(&self, amount: Money) -> bool {
        let minor = i128::from(amount.minor());
        let mut sums = self.of_currency(amount);
        minor != 0 && sums.any(|sum| sum.minor.abs() == minor.abs() && sum.rows >= ROWS_SUMMED_MIN && sum.is_varied)
    }

    fn of_currency(&self, amount: Money) -> impl Iterator<Item = &Sum> {
        let code = amount.currency().code();
        [&self.all, &self.records, &self.since_total].into_iter().filter_map(move |sums| sums.get(code))
    }
}

/// Returns the judgement of a row that is no record; `None` for one that may be.
/// `gathers_claims`: rows without an id, payee and day go on with the claim above, as long as they say what was bought.
pub(super) fn judge(
    head: &Head,
    id: &IdRule,
    gathers_claims: bool,
    row: &Line,
    amount: Option<Money>,
    above: &mut Above,
) -> Option<Aside> {
    if head.is_repeated(row) {
        return Some(Aside::LeftOut(HoldReason::HeadRepeated));
    }
    let is_empty = |field: Field| head.raw(row, field).trim().is_empty();
    let has_no_day = is_empty(Field::Date);
    let has_no_id = match id {
        IdRule::Columns(_) => head.id_places.iter().all(|place| row.cell(*place).trim().is_empty()),
        IdRule::Content => has_no_day,
    };
    let has_no_amount = is_empty(Field::Amount) && is_empty(Field::AmountBack);
    let is_sum = amount.is_some_and(|amount| above.is_sum(amount));
    let mut filled = row.cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let first = filled.next()?;
    let is_alone = filled.next().is_none();
    let name = if has_no_id || *id == IdRule::Content { first } else { head.raw(row, Field::Id).trim() };
    let found = || bounded(name, GLIMPSE_CHARS_MAX);

    if begins_with(name, &TOTALS) && (has_no_id || *id != IdRule::Content) {
        return Some(if is_sum || (has_no_amount && has_no_day) {
            above.total();
            Aside::LeftOut(HoldReason::TotalLeftOut)
        } else {
            Aside::Held(HoldReason::RowIsTotal { found: found() })
        });
    }
    let may_be_line = gathers_claims && !(is_empty(Field::Category) && is_empty(Field::Text));
    // It goes on with no claim: it says of nothing what was bought.
    if gathers_claims && has_no_id && is_empty(Field::Payee) && !may_be_line && !has_no_amount && above.rows > 0 {
        above.total();
        return Some(if is_sum {
            Aside::LeftOut(HoldReason::TotalLeftOut)
        } else {
            Aside::Held(HoldReason::RowIsTotal { found: found() })
        });
    }
    // Few rows are asked: it reads every cell.
    let is_called_total = || row.cells.iter().any(|cell| begins_with(cell.trim(), &TOTALS));
    if has_no_id && has_no_day && is_empty(Field::Payee) && is_sum && (!may_be_line || is_called_total()) {
        above.total();
        return Some(Aside::LeftOut(HoldReason::TotalLeftOut));
    }
    // It has everything that a record has; so a person looks.
    let is_named_total = [Field::Text, Field::Category, Field::Payee, Field::PayeeName]
        .into_iter()
        .any(|field| is_total_alone(head.raw(row, field)));
    let id_is_total = *id != IdRule::Content && (ends_with_total(name) || begins_with(name, &FIGURES));
    let text_is_total =
        is_sum && [Field::Text, Field::Category].into_iter().any(|field| ends_with_total(head.raw(row, field)));
    let is_large_sum = amount.is_some_and(|amount| above.is_large_sum(amount));
    let may_be_total = is_named_total || id_is_total || text_is_total || (is_sum && is_called_total()) || is_large_sum;
    if !has_no_amount && may_be_total && (above.rows > 0 || is_named_total || id_is_total) {
        above.total();
        return Some(Aside::Held(HoldReason::RowIsTotal { found: found() }));
    }
    if is_alone && begins_with(first, &NOTES) {
        return Some(Aside::LeftOut(HoldReason::RowIsNote { found: found() }));
    }
    let is_text = has_no_id && has_no_day && has_no_amount && is_empty(Field::Payee) && is_empty(Field::Category);
    (is_text && above.rows > 0).then_some(Aside::LeftOut(HoldReason::RowContinues))
}

/// Says whether a text ends with a word for a total, as the subtotals of spreadsheets do: `P-1 Total`.
fn ends_with_total(text: &str) -> bool {
    let text = text.trim().trim_end_matches([':', '.', '=']);
    if text.len() > 60 {
        return false;
    }
    let text = folded(text);
    TOTALS.iter().any(|word| text.strip_suffix(word).is_some_and(|rest| rest.ends_with(' ')))
}

/// Says whether a text is a word for a total and nothing else.
fn is_total_alone(text: &str) -> bool {
    let text = text.trim().trim_end_matches([':', '.', '=']);
    text.len() <= 20 && TOTALS.contains(&folded(text).as_str())
}

/// Says whether a text is one of these words, or begins with one and goes on with something else than letters.
fn begins_with(text: &str, words: &[&str]) -> bool {
    // The longest word is far shorter.
    if text.len() > 200 {
        return false;
    }
    let text = folded(text);
    words.iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':', '.', '=', '(']))
    })
}
