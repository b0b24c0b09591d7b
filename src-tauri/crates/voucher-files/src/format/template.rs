//! A table as described: columns, order, titles, delimiter, encoding, decimal mark and form of dates.
//!
//! A new system with a table of its own needs a template and no code. GBAT10, Xledger's GL02b and 24SevenOffice's
//! journal are templates too. The same template reads a table that a system hands out ([`crate::Books`]).
//!
//! A template without a column for the text is refused: the text is the one field that importers are known to keep, and
//! it carries the reference. So is a line whose VAT code, sub-ledger or dimension has no column.

use chrono::NaiveDate;

use super::batch::Batch;
pub use super::rows::Quoting;
use super::rows::{Origin, Rows, Style, check_digits, check_length};
use crate::amount;
use crate::letters::Encoding;
use crate::refusal::{Field, Problem, Refusal};
use crate::text::{Manners, Narrator, check_code, check_reference, guarded, short};
use crate::voucher::{SubLedger, Voucher, VoucherLine};

/// A table of lines: a row for each line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Template {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// True if the first row has the titles.
    pub has_titles: bool,
    /// The character between cells: ASCII, and neither a quote, a letter, a digit nor the decimal mark.
    pub delimiter: char,
    /// The way with quotes.
    #[serde(default)]
    pub quoting: Quoting,
    /// The encoding.
    #[serde(default)]
    pub encoding: Encoding,
    /// `.` or `,`.
    pub decimal_mark: char,
    /// The form of dates.
    #[serde(default)]
    pub date_format: DateFormat,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// The title, by which a reader finds it too.
    #[serde(default)]
    pub title: String,
    /// The content.
    pub content: Content,
    /// The characters at most; `None` for no limit.
    #[serde(default)]
    pub max: Option<usize>,
    /// True if only digits may stand in it.
    #[serde(default)]
    pub digits_only: bool,
}

/// The content of a column.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Nothing.
    Empty,
    /// The same in every row.
    Constant(String),
    /// The voucher number.
    Number,
    /// The date.
    Date,
    /// The year in which the fiscal year begins.
    FiscalYear,
    /// The month of the fiscal year, from 1.
    Period,
    /// The reference alone. It stands in the text as well.
    Reference,
    /// The reference and the text.
    Text,
    /// The account.
    Account,
    /// The amount with its sign, debit positive.
    Amount,
    /// The amount of a debit line.
    Debit,
    /// The amount of a credit line, without a sign.
    Credit,
    /// The VAT code; the text stands where a line has none.
    VatCode(String),
    /// The number of the customer.
    Customer,
    /// The number of the supplier.
    Supplier,
    /// The number of customer or supplier.
    SubLedger,
    /// The name of the party.
    PartyName,
    /// The name of the party where the line stands in a sub-ledger. An importer may make a customer of any name.
    SubLedgerName,
    /// The code of the currency.
    Currency,
    /// The value of the dimension of this name.
    Dimension(String),
}

/// The form of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateFormat {
    /// `20260309`
    Compact,
    /// `2026-03-09`
    #[default]
    Iso,
    /// `09.03.2026`
    Dotted,
    /// `09/03/2026`
    Slashed,
}

impl DateFormat {
    pub(crate) fn pattern(self) -> &'static str {
        match self {
            Self::Compact => "%Y%m%d",
            Self::Iso => "%Y-%m-%d",
            Self::Dotted => "%d.%m.%Y",
            Self::Slashed => "%d/%m/%Y",
        }
    }

    pub(crate) fn written(self, date: NaiveDate) -> String {
        date.format(self.pattern()).to_string()
    }
}

/// The decimals of an amount in a table.
const DECIMALS: u8 = 2;

/// The characters of a text where a column sets no limit.
const TEXT_MAX: usize = 1000;

const QUOTED: Manners = Manners { unwritable: &[], is_table: true };

impl Column {
    /// Makes a column without limits.
    pub fn new(title: &str, content: Content) -> Self {
        Self { title: title.into(), content, max: None, digits_only: false }
    }

    /// Returns the column with at most `max` characters.
    #[must_use]
    pub fn max(self, max: usize) -> Self {
        Self { max: Some(max), ..self }
    }

    /// Returns the column for digits only.
    #[must_use]
    pub fn digits(self) -> Self {
        Self { digits_only: true, ..self }
    }
}

impl Template {
    /// Returns the bytes of the table.
    pub(crate) fn render(&self, batch: &Batch<'_>) -> Result<Vec<u8>, Refusal> {
        self.check()?;
        let manners = self.manners();
        let narrator = Narrator::new(batch.vouchers, &manners, self.text_max());
        let mut rows = Rows::new(self.style());
        if self.has_titles {
            for column in &self.columns {
                rows.bare(&Origin::setting(column.title.as_str()), &column.title)?;
            }
            rows.end_row();
        }
        for voucher in batch.vouchers {
            check_reference(voucher, &manners)?;
            for line in &voucher.lines {
                self.check_places(voucher, line)?;
                let row = Row { template: self, batch, voucher, line, narrator: &narrator, manners: &manners };
                self.columns.iter().try_for_each(|column| row.write(column, &mut rows))?;
                rows.end_row();
            }
        }
        Ok(rows.into_bytes())
    }

    /// Checks what must hold of a template that writes.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let has = |content: &Content| self.columns.iter().any(|column| column.content == *content);
        let has_amount = has(&Content::Amount) || (has(&Content::Debit) && has(&Content::Credit));
        let fault = if !has(&Content::Text) {
            Some("no column has the text, which carries the reference")
        } else if !has(&Content::Number) || !has(&Content::Date) || !has(&Content::Account) || !has_amount {
            Some("voucher number, date, account and amount have a column each")
        } else {
            self.fault_of_marks()
        };
        fault.map_or(Ok(()), |fault| Err(Origin::setting("columns").refusal(Problem::BadSetting(fault))))
    }

    /// Returns the fault of the delimiter or the decimal mark.
    pub(crate) fn fault_of_marks(&self) -> Option<&'static str> {
        let is_separator = self.delimiter == '\t' || (self.delimiter.is_ascii_punctuation() && self.delimiter != '"');
        if !is_separator || self.delimiter == '-' {
            Some("the delimiter is a tab or a punctuation mark, and neither a quote nor a minus")
        } else if !matches!(self.decimal_mark, '.' | ',') {
            Some("the decimal mark is a point or a comma")
        } else if self.quoting == Quoting::Never && self.delimiter == self.decimal_mark {
            Some("delimiter and decimal mark differ where nothing is quoted")
        } else {
            None
        }
    }

    fn manners(&self) -> Manners {
        let unwritable: &[(char, char)] = match (self.quoting, self.delimiter) {
            (Quoting::Never, ';') => &[(';', ','), ('"', '\'')],
            (Quoting::Never, ',') => &[(',', ' '), ('"', '\'')],
            (Quoting::Never, '|') => &[('|', '/'), ('"', '\'')],
            (Quoting::Never, _) => &[('"', '\'')],
            _ => QUOTED.unwritable,
        };
        Manners { unwritable, is_table: true }
    }

    fn style(&self) -> Style {
        Style { encoding: self.encoding, delimiter: self.delimiter, quoting: self.quoting }
    }

    /// Returns the characters of the shortest column in which a reference stands.
    pub(super) fn reference_max(&self) -> usize {
        let own = self.columns.iter().filter(|column| column.content == Content::Reference);
        own.filter_map(|column| column.max).chain([self.text_max()]).min().unwrap_or(TEXT_MAX)
    }

    fn text_max(&self) -> usize {
        let texts = self.columns.iter().filter(|column| column.content == Content::Text);
        texts.map(|column| column.max.unwrap_or(TEXT_MAX)).min().unwrap_or(TEXT_MAX)
    }

    /// Checks that everything a line says has a column.
    fn check_places(&self, voucher: &Voucher, line: &VoucherLine) -> Result<(), Refusal> {
        let has = |is_place: &dyn Fn(&Content) -> bool| self.columns.iter().any(|column| is_place(&column.content));
        let lacking = |field, value: &str| Err(voucher.refusal(field, Problem::NoPlace(value.to_owned())));
        if let Some(code) = &line.vat_code
            && !has(&|content| matches!(content, Content::VatCode(_)))
        {
            return lacking(Field::VatCode, code);
        }
        let (number, own) = match &line.sub_ledger {
            Some(SubLedger::Customer(number)) => (number.as_str(), Content::Customer),
            Some(SubLedger::Supplier(number)) => (number.as_str(), Content::Supplier),
            None => ("", Content::SubLedger),
        };
        if line.sub_ledger.is_some() && !has(&|content| *content == own || *content == Content::SubLedger) {
            return lacking(Field::SubLedger, number);
        }
        let has_dimension =
            |name: &String| has(&|content| matches!(content, Content::Dimension(known) if known == name));
        match line.dimensions.iter().find(|(name, _)| !has_dimension(name)) {
            Some((name, value)) => lacking(Field::Dimension(name.clone()), value),
            None => Ok(()),
        }
    }
}

/// A row in the making.
struct Row<'a> {
    template: &'a Template,
    batch: &'a Batch<'a>,
    voucher: &'a Voucher,
    line: &'a VoucherLine,
    narrator: &'a Narrator<'a>,
    manners: &'a Manners,
}

impl Row<'_> {
    fn write(&self, column: &Column, rows: &mut Rows) -> Result<(), Refusal> {
        let origin = Origin::of(self.voucher, field_of(&column.content));
        let content = self.content(column)?;
        check_length(&origin, &content, column.max.unwrap_or(usize::MAX))?;
        if column.digits_only {
            check_digits(&origin, &content)?;
        }
        match column.content {
            Content::Amount | Content::Debit | Content::Credit => return rows.bare(&origin, &content),
            Content::Account
            | Content::VatCode(_)
            | Content::Customer
            | Content::Supplier
            | Content::SubLedger
            | Content::Dimension(_) => check_code(self.voucher, origin.field.clone(), &content)?,
            _ => {}
        }
        rows.text(&origin, &content)
    }

    fn content(&self, column: &Column) -> Result<String, Refusal> {
        let (voucher, line) = (self.voucher, self.line);
        let sub_ledger = |wanted: &Content| match (&line.sub_ledger, wanted) {
            (Some(SubLedger::Customer(number)), Content::Customer | Content::SubLedger)
            | (Some(SubLedger::Supplier(number)), Content::Supplier | Content::SubLedger) => number.clone(),
            _ => String::new(),
        };
        Ok(match &column.content {
            Content::Empty => String::new(),
            Content::Constant(text) => text.clone(),
            Content::Number => voucher.number.to_string(),
            Content::Date => self.template.date_format.written(voucher.date),
            Content::FiscalYear => self.batch.year.begins.format("%Y").to_string(),
            Content::Period => self.batch.year.period_of(voucher.date).to_string(),
            Content::Reference => guarded(&voucher.reference, self.manners),
            Content::Text => self.narrator.narration(voucher, line)?,
            Content::Account => line.account.clone(),
            Content::Amount => self.amount(line.amount)?,
            Content::Debit if line.amount < 0 => String::new(),
            Content::Debit => self.amount(line.amount)?,
            Content::Credit if line.amount >= 0 => String::new(),
            Content::Credit => self.amount(line.amount)?.trim_start_matches('-').to_owned(),
            Content::VatCode(none) => line.vat_code.as_ref().unwrap_or(none).clone(),
            Content::Customer | Content::Supplier | Content::SubLedger => sub_ledger(&column.content),
            Content::SubLedgerName if line.sub_ledger.is_none() => String::new(),
            Content::PartyName | Content::SubLedgerName => {
                let name = voucher.party_name.as_deref().unwrap_or_default();
                short(name, column.max.unwrap_or(usize::MAX), self.manners)
            }
            Content::Currency => self.batch.book.currency.code.clone(),
            Content::Dimension(name) => line.dimensions.get(name).cloned().unwrap_or_default(),
        })
    }

    fn amount(&self, minor: i64) -> Result<String, Refusal> {
        amount::written(minor, &self.batch.book.currency, DECIMALS, self.template.decimal_mark)
            .map_err(|problem| self.voucher.refusal(Field::Amount, problem))
    }
}

fn field_of(content: &Content) -> Field {
    match content {
        Content::Empty | Content::Constant(_) => Field::Setting("constant".into()),
        Content::FiscalYear | Content::Period | Content::Date => Field::Date,
        Content::Currency => Field::Setting("currency".into()),
        Content::Number => Field::Number,
        Content::Reference => Field::Reference,
        Content::Text => Field::Text,
        Content::Account => Field::Account,
        Content::Amount | Content::Debit | Content::Credit => Field::Amount,
        Content::VatCode(_) => Field::VatCode,
        Content::Customer | Content::Supplier | Content::SubLedger => Field::SubLedger,
        Content::PartyName | Content::SubLedgerName => Field::PartyName,
        Content::Dimension(name) => Field::Dimension(name.clone()),
    }
}
