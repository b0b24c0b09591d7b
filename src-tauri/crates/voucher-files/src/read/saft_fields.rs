//! The fields of SAF-T: what each element of a header, a transaction and a line says.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::error::{Fault, quoted};
use super::found::{FileHead, FoundLine, FoundVoucher, Selection};
use super::growing::Growing;
use super::saft_tags::Tag;
use crate::amount;

/// The references of a line at most, of which the schema has four, and the criteria of a head that are kept.
const REPEATED_MAX: usize = 16;

/// The selection as it is stated, by dates or by periods.
#[derive(Debug, Default)]
pub(super) struct StatedPeriods {
    from: (Option<i32>, Option<u32>),
    to: (Option<i32>, Option<u32>),
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

/// The sums of debit and credit.
#[derive(Debug, Default)]
pub(super) struct Sums {
    stated: [Option<Decimal>; 2],
    read: [Decimal; 2],
}

/// The period in which a transaction stands, as year and number.
#[derive(Debug, Default)]
pub(super) struct Period(Option<i32>, Option<u32>);

impl StatedPeriods {
    /// Returns the selection; `None` if it is not stated whole.
    pub(super) fn selection(&self) -> Option<Selection> {
        match (self.first, self.last, self.from, self.to) {
            (Some(from), Some(to), ..) => Some(Selection::Dates { from, to }),
            (_, _, (Some(first_year), Some(first)), (Some(last_year), Some(last))) => {
                Some(Selection::Periods { from: (first_year, first), to: (last_year, last) })
            }
            _ => None,
        }
    }
}

impl Sums {
    /// Takes note of a sum that the file states: that of the debits, or that of the credits.
    pub(super) fn state(&mut self, is_debit: bool, text: &str) -> Result<(), Fault> {
        self.stated[usize::from(!is_debit)] = Some(amount_of(text)?);
        Ok(())
    }

    /// Says whether the sums that are stated are those of the lines.
    pub(super) fn agree(&self) -> bool {
        self.stated.iter().zip(&self.read).all(|(stated, read)| stated.is_none_or(|stated| stated == *read))
    }

    fn add(&mut self, is_debit: bool, amount: Decimal) -> Option<()> {
        let sum = &mut self.read[usize::from(!is_debit)];
        *sum = sum.checked_add(amount)?;
        Some(())
    }
}

impl Period {
    /// Says whether the voucher stands in the month of its date. The periods above 12 are those of the year's closing.
    pub(super) fn is_month_of(&self, voucher: &FoundVoucher) -> bool {
        match self {
            Self(Some(year), Some(period @ 1..=12)) => (*year, *period) == (voucher.date.year(), voucher.date.month()),
            _ => true,
        }
    }
}

/// Takes a field of the header, at its path below it.
pub(super) fn head_field(
    head: &mut FileHead,
    stated: &mut StatedPeriods,
    path: &[Tag],
    text: &str,
) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    let kept = || Some(text.to_owned());
    let number = |text: &str| text.parse().map_err(|_| Fault::Malformed(format!("“{}” is no period", quoted(text))));
    match path {
        [Tag::AuditFileVersion] => head.format_version = kept(),
        [Tag::AuditFileDateCreated] => head.made_on = Some(date_of(text)?),
        [Tag::SoftwareId] => head.program = kept(),
        [Tag::SoftwareVersion] => head.program_version = kept(),
        [Tag::SoftwareCompanyName] if head.program.is_none() => head.program = kept(),
        [Tag::DefaultCurrencyCode] => head.currency = kept(),
        [Tag::Company, Tag::RegistrationNumber] => head.organisation_number = kept(),
        [Tag::Company, Tag::Name] => head.company_name = kept(),
        [Tag::SelectionCriteria, field] => match field {
            Tag::SelectionStartDate => stated.first = Some(date_of(text)?),
            Tag::SelectionEndDate => stated.last = Some(date_of(text)?),
            Tag::PeriodStartYear => stated.from.0 = Some(year_of(text)?),
            Tag::PeriodEndYear => stated.to.0 = Some(year_of(text)?),
            Tag::PeriodStart => stated.from.1 = Some(number(text)?),
            Tag::PeriodEnd => stated.to.1 = Some(number(text)?),
            Tag::DocumentType | Tag::OtherCriteria | Tag::CompanyEntity if head.narrowed_by.len() < REPEATED_MAX => {
                head.narrowed_by.push(text.to_owned());
            }
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

/// Takes a field of a transaction.
pub(super) fn voucher_field(voucher: &mut Growing, period: &mut Period, field: Tag, text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    match field {
        Tag::TransactionId => voucher.number = Some(text.to_owned()),
        Tag::TransactionDate => voucher.date = Some(date_of(text)?),
        Tag::Description | Tag::VoucherDescription => voucher.add_text(text.to_owned())?,
        Tag::SystemId | Tag::BatchId => voucher.add_source_id(text.to_owned())?,
        Tag::Period => period.1 = text.parse().ok(),
        Tag::PeriodYear => period.0 = text.parse().ok(),
        _ => {}
    }
    Ok(())
}

/// Takes a field of a line, at its path below it.
pub(super) fn line_field(line: &mut FoundLine, sums: &mut Sums, path: &[Tag], text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    let kept = || Some(text.to_owned());
    match path {
        [Tag::AccountId] => line.account = text.to_owned(),
        [Tag::CustomerId | Tag::SupplierId] => line.party = kept(),
        [Tag::Description] => line.text = kept(),
        [Tag::ReferenceNumber | Tag::SourceDocumentId | Tag::Cid | Tag::CrossReference] => {
            add_to(&mut line.references, text)?;
        }
        [side @ (Tag::DebitAmount | Tag::CreditAmount), Tag::Amount] => {
            let amount = amount_of(text)?;
            let is_debit = *side == Tag::DebitAmount;
            sums.add(is_debit, amount).ok_or_else(|| Fault::BadAmount(quoted(text)))?;
            line.amount = if is_debit { amount } else { -amount };
        }
        _ => {}
    }
    Ok(())
}

fn add_to(list: &mut Vec<String>, text: &str) -> Result<(), Fault> {
    if list.len() == REPEATED_MAX {
        return Err(Fault::Malformed("an element is repeated too often".into()));
    }
    if !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
    Ok(())
}

fn amount_of(text: &str) -> Result<Decimal, Fault> {
    amount::read(text, '.').ok_or_else(|| Fault::BadAmount(quoted(text)))
}

/// Reads a date of XML, behind which a time or a zone may stand.
fn date_of(text: &str) -> Result<NaiveDate, Fault> {
    let (day, rest) = text.split_at_checked(10).unwrap_or((text, ""));
    let is_fine = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']);
    let date = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|_| is_fine);
    date.ok_or_else(|| Fault::BadDate(quoted(text)))
}

fn year_of(text: &str) -> Result<i32, Fault> {
    text.parse().map_err(|_| Fault::BadDate(quoted(text)))
}
