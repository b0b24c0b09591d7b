//! Vouchers of which a file can be made, whatever its format: what must hold of each of them, and of all together.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};

use crate::fiscal_year::{FiscalYear, YearStart};
use crate::refusal::{Field, Problem, Refusal};
use crate::voucher::{Book, Voucher};

/// The years that a date of a voucher may have.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

/// The vouchers of a file, and the books that they are for. The currency is a code of three capital letters. The
/// vouchers lie in one fiscal year, each balances, and no two share a number or a reference.
pub(crate) struct Batch<'a> {
    pub(crate) vouchers: &'a [Voucher],
    pub(crate) book: &'a Book,
    pub(crate) year: FiscalYear,
}

impl<'a> Batch<'a> {
    /// Checks the vouchers.
    pub(crate) fn new(vouchers: &'a [Voucher], book: &'a Book) -> Result<Self, Refusal> {
        let code = book.currency.code.as_bytes();
        if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
            let problem = Problem::BadSetting("a currency is three capital letters");
            return Err(Refusal { reference: None, field: Field::Setting("currency".into()), problem });
        }
        let nothing = Refusal { reference: None, field: Field::Voucher, problem: Problem::Empty };
        let first = vouchers.first().ok_or(nothing)?;
        let out_of_calendar = |voucher: &Voucher| voucher.refusal(Field::Date, Problem::NotADate(voucher.date));
        let year = book.year_start.year_of(first.date).ok_or_else(|| out_of_calendar(first))?;
        let (mut numbers, mut references) = (HashSet::new(), HashSet::new());
        for voucher in vouchers {
            if !YEARS.contains(&voucher.date.year()) {
                return Err(out_of_calendar(voucher));
            }
            if !year.has(voucher.date) {
                let problem = Problem::OtherFiscalYear { date: voucher.date, year_begins: year.begins };
                return Err(voucher.refusal(Field::Date, problem));
            }
            if voucher.number == 0 {
                return Err(voucher.refusal(Field::Number, Problem::Empty));
            }
            if !numbers.insert(voucher.number) {
                return Err(voucher.refusal(Field::Number, Problem::NumberTaken(voucher.number)));
            }
            if !references.insert(voucher.reference.as_str()) {
                return Err(voucher.refusal(Field::Reference, Problem::ReferenceTaken));
            }
            check_lines(voucher)?;
        }
        Ok(Self { vouchers, book, year })
    }
}

/// Splits vouchers into those of each fiscal year, in the order in which they came. A date at the ends of the calendar
/// counts to the year 1, which [`render`](crate::render) then refuses.
pub fn split_by_fiscal_year(vouchers: Vec<Voucher>, start: YearStart) -> BTreeMap<FiscalYear, Vec<Voucher>> {
    let mut years: BTreeMap<FiscalYear, Vec<Voucher>> = BTreeMap::new();
    for voucher in vouchers {
        let beyond = FiscalYear { begins: NaiveDate::MIN, ends: NaiveDate::MIN };
        years.entry(start.year_of(voucher.date).unwrap_or(beyond)).or_default().push(voucher);
    }
    years
}

fn check_lines(voucher: &Voucher) -> Result<(), Refusal> {
    if voucher.lines.iter().all(|line| line.amount == 0) {
        return Err(voucher.refusal(Field::Amount, Problem::NothingToPost));
    }
    if voucher.lines.iter().any(|line| line.account.is_empty()) {
        return Err(voucher.refusal(Field::Account, Problem::Empty));
    }
    match voucher.lines.iter().map(|line| i128::from(line.amount)).sum() {
        0 => Ok(()),
        difference => Err(voucher.refusal(Field::Voucher, Problem::OutOfBalance(difference))),
    }
}
