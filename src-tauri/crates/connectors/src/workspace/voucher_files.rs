//! Reads `[accounting]` of kind `file`: which files an accounting system takes, where they are put, and how its books
//! are read back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use postonce_engine::domain::{DEPARTMENT, PROJECT};
use postonce_voucher_files::{
    Column, Content, DateFormat, DatevSettings, Encoding, Format, Gbat10Settings, Office24Settings, Quoting,
    SieSettings, Template, VismaBusinessSettings, XledgerSettings, YearStart,
};

use super::WorkspaceError;
use super::toml_file::Section;

/// The formats, as a problem lists them.
const FORMATS: &str = "gbat10, xledger, visma-business, 24sevenoffice, sie, datev, table";
/// The keys that every format has.
const COMMON: [&str; 12] = [
    "kind",
    "format",
    "folder",
    "inbox",
    "read_back",
    "read_back_within_days",
    "year_starts_in",
    "first_voucher_number",
    "organisation_number",
    "payees",
    "dimensions",
    "books",
];
/// The keys of a table, without its columns' own.
const TABLE: [&str; 7] = ["encoding", "delimiter", "decimal_separator", "date_format", "titles", "quotes", "columns"];
/// The days after which a file that was not seen in the books waits for a person.
const READ_BACK_DAYS: u64 = 14;
const READ_BACK_DAYS_MAX: u64 = 365;
/// The largest number of a voucher that every format has room for.
const VOUCHER_NUMBER_MAX: u64 = 9_999_999;

/// Describes the files of an accounting system, and their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherFileSettings {
    /// The format, by its name in the file.
    pub format_name: &'static str,
    /// The format, with its own settings.
    pub format: Format,
    /// The folder into which files are put.
    pub folder: PathBuf,
    /// The folder in which the books' files are looked for.
    pub inbox: PathBuf,
    /// The table as which the books are handed out, where they are none of the kinds that show themselves.
    pub books_table: Option<Template>,
    /// The days after which a file that was not seen in the books waits for a person.
    pub read_back_within_days: u32,
    /// The beginning of the fiscal year.
    pub year_start: YearStart,
    /// The number of the very first voucher.
    pub first_voucher: u32,
    /// The number of the organisation in its country's register, by which its books are known.
    pub organisation_number: Option<String>,
    /// The ledger in which the payees stand.
    pub payee_ledger: PayeeLedger,
}

/// The ledger in which the payees stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayeeLedger {
    /// None: the payable account is a collective one.
    None,
    /// That of the customers.
    Customer,
    /// That of the suppliers.
    Supplier,
}

pub(super) fn voucher_files(section: &Section<'_>, dir: &Path) -> Result<VoucherFileSettings, WorkspaceError> {
    let name = section.required_text("format")?;
    let dimensions = dimensions(section)?;
    let named = |name: &str| dimensions.contains_key(name).then(|| name.to_owned());
    let known = |own: &[&'static str]| -> Result<(), WorkspaceError> {
        let keys: Vec<&str> = COMMON.iter().chain(own).copied().collect();
        section.refuse_unknown(&keys)
    };
    let (format_name, format) = match name.value {
        "gbat10" => {
            known(&["voucher_type", "encoding", "vat_code_for_none"])?;
            let settings = Gbat10Settings {
                voucher_type: small(section, "voucher_type", 1..=999, 1)?,
                encoding: encoding(section, Encoding::Windows1252)?,
                vat_code_for_none: text_or(section, "vat_code_for_none", "0")?,
                project: named(PROJECT),
                department: named(DEPARTMENT),
            };
            ("gbat10", Format::Gbat10(settings))
        }
        "xledger" => {
            known(&["entity", "voucher_type", "encoding"])?;
            let settings = XledgerSettings {
                entity: section.required_text("entity")?.value.trim().to_owned(),
                voucher_type: section.required_text("voucher_type")?.value.trim().to_owned(),
                encoding: encoding(section, Encoding::Windows1252)?,
                posting_1: placed(&dimensions, "Posting1"),
                posting_2: placed(&dimensions, "Posting2"),
                xgl: placed(&dimensions, "XGL"),
            };
            ("xledger", Format::Xledger(settings))
        }
        "visma-business" => {
            known(&["voucher_type", "encoding", "text_max"])?;
            let units = dimensions.iter().filter_map(|(name, unit)| Some((name.clone(), unit.parse().ok()?)));
            let settings = VismaBusinessSettings {
                voucher_type: small(section, "voucher_type", 1..=999, 1)?,
                encoding: encoding(section, Encoding::Windows1252)?,
                text_max: small(section, "text_max", 20..=500, 40)?,
                units: units.collect(),
            };
            ("visma-business", Format::VismaBusiness(settings))
        }
        "24sevenoffice" => {
            known(&["voucher_type", "encoding", "vat_code_for_none"])?;
            let settings = Office24Settings {
                transaction_type: small(section, "voucher_type", 1..=999, 1)?,
                encoding: encoding(section, Encoding::Utf8WithMark)?,
                vat_code_for_none: text_or(section, "vat_code_for_none", "0")?,
                dimensions: dimensions.clone().into_iter().collect(),
            };
            ("24sevenoffice", Format::Office24(settings))
        }
        "sie" => {
            known(&["series"])?;
            let numbers = dimensions.iter().filter_map(|(name, number)| Some((name.clone(), number.parse().ok()?)));
            let settings = SieSettings { series: text_or(section, "series", "P")?, dimensions: numbers.collect() };
            ("sie", Format::Sie(settings))
        }
        "datev" => {
            known(&["adviser", "client", "account_digits"])?;
            let settings = DatevSettings {
                adviser: needed(section, "adviser", 1_001..=9_999_999)?,
                client: needed(section, "client", 1..=99_999)?,
                account_digits: small(section, "account_digits", 4..=9, 4)?,
                cost_centre_1: placed(&dimensions, "KOST1"),
                cost_centre_2: placed(&dimensions, "KOST2"),
            };
            ("datev", Format::Datev(settings))
        }
        "table" => {
            known(&TABLE)?;
            ("table", Format::Table(template(section)?))
        }
        _ => return Err(section.invalid("format", &name, FORMATS)),
    };
    let read_back = section.section("read_back", &TABLE)?;
    let books_table = match (&read_back, &format) {
        (Some(read_back), _) => Some(template(read_back)?),
        (None, Format::Table(template)) => Some(template.clone()),
        (None, _) => None,
    };
    Ok(VoucherFileSettings {
        books_table,
        format_name,
        format,
        folder: dir.join(section.required_text("folder")?.value.trim()),
        inbox: dir.join(text_or(section, "inbox", "inbox")?),
        read_back_within_days: small(section, "read_back_within_days", 1..=READ_BACK_DAYS_MAX, READ_BACK_DAYS)?,
        year_start: YearStart::month(small(section, "year_starts_in", 1..=12, 1)?).unwrap_or(YearStart::JANUARY),
        first_voucher: small(section, "first_voucher_number", 1..=VOUCHER_NUMBER_MAX, 1)?,
        organisation_number: section.text("organisation_number")?.map(|number| number.value.trim().to_owned()),
        payee_ledger: payee_ledger(section)?,
    })
}

/// Reads `[accounting.dimensions]`: each dimension, and its place in the format.
fn dimensions(section: &Section<'_>) -> Result<BTreeMap<String, String>, WorkspaceError> {
    let Some(dimensions) = section.open_section("dimensions")? else { return Ok(BTreeMap::new()) };
    let mut places = BTreeMap::new();
    for name in dimensions.keys() {
        places.insert(name.to_owned(), dimensions.required_text(name)?.value.trim().to_owned());
    }
    Ok(places)
}

fn placed(dimensions: &BTreeMap<String, String>, place: &str) -> Option<String> {
    dimensions.iter().find(|(_, at)| at.eq_ignore_ascii_case(place)).map(|(name, _)| name.clone())
}

fn payee_ledger(section: &Section<'_>) -> Result<PayeeLedger, WorkspaceError> {
    let Some(text) = section.text("payees")? else { return Ok(PayeeLedger::None) };
    match text.value {
        "none" => Ok(PayeeLedger::None),
        "customers" => Ok(PayeeLedger::Customer),
        "suppliers" => Ok(PayeeLedger::Supplier),
        _ => Err(section.invalid("payees", &text, "\"none\" | \"customers\" | \"suppliers\"")),
    }
}

/// Reads the template of a table: `[[accounting.columns]]`.
fn template(section: &Section<'_>) -> Result<Template, WorkspaceError> {
    let mut columns = Vec::new();
    for column in section.list("columns", &["title", "content", "value", "max", "digits"])? {
        columns.push(self::column(&column)?);
    }
    if columns.is_empty() {
        return Err(section.missing("columns"));
    }
    let separator = |key, default| -> Result<char, WorkspaceError> {
        let Some(text) = section.text(key)? else { return Ok(default) };
        let mut letters = text.value.chars();
        match (letters.next(), letters.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(section.invalid(key, &text, "one character")),
        }
    };
    let date_format = match section.text("date_format")? {
        None => DateFormat::Iso,
        Some(text) => match text.value {
            "%Y%m%d" => DateFormat::Compact,
            "%Y-%m-%d" => DateFormat::Iso,
            "%d.%m.%Y" => DateFormat::Dotted,
            "%d/%m/%Y" => DateFormat::Slashed,
            _ => return Err(section.invalid("date_format", &text, "%Y%m%d, %Y-%m-%d, %d.%m.%Y, %d/%m/%Y")),
        },
    };
    let quoting = match section.text("quotes")? {
        None => Quoting::default(),
        Some(text) => match text.value {
            "never" => Quoting::Never,
            "texts" => Quoting::Texts,
            "when-needed" => Quoting::WhenNeeded,
            _ => return Err(section.invalid("quotes", &text, "\"never\" | \"texts\" | \"when-needed\"")),
        },
    };
    Ok(Template {
        columns,
        has_titles: section.boolean("titles", true)?,
        delimiter: separator("delimiter", ';')?,
        quoting,
        encoding: encoding(section, Encoding::Utf8)?,
        decimal_mark: separator("decimal_separator", '.')?,
        date_format,
    })
}

fn column(column: &Section<'_>) -> Result<Column, WorkspaceError> {
    let content = column.required_text("content")?;
    let value = || text_or(column, "value", "");
    let content = match content.value {
        "empty" => Content::Empty,
        "constant" => Content::Constant(column.required_text("value")?.value.to_owned()),
        "number" => Content::Number,
        "date" => Content::Date,
        "fiscal-year" => Content::FiscalYear,
        "period" => Content::Period,
        "reference" => Content::Reference,
        "text" => Content::Text,
        "account" => Content::Account,
        "amount" => Content::Amount,
        "debit" => Content::Debit,
        "credit" => Content::Credit,
        "vat-code" => Content::VatCode(value()?),
        "customer" => Content::Customer,
        "supplier" => Content::Supplier,
        "sub-ledger" => Content::SubLedger,
        "party-name" => Content::PartyName,
        "currency" => Content::Currency,
        "dimension" => Content::Dimension(column.required_text("value")?.value.trim().to_owned()),
        _ => return Err(column.invalid("content", &content, CONTENTS)),
    };
    let mut made = Column::new(&text_or(column, "title", "")?, content);
    made.max = column.optional_number("max", 1..=10_000)?.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
    made.digits_only = column.boolean("digits", false)?;
    Ok(made)
}

/// The contents of a column, as a problem lists them.
const CONTENTS: &str = "empty, constant, number, date, fiscal-year, period, reference, text, account, amount, debit, \
                        credit, vat-code, customer, supplier, sub-ledger, party-name, currency, dimension";

fn encoding(section: &Section<'_>, default: Encoding) -> Result<Encoding, WorkspaceError> {
    let Some(text) = section.text("encoding")? else { return Ok(default) };
    match text.value.to_ascii_lowercase().as_str() {
        "utf-8" => Ok(Encoding::Utf8),
        "utf-8-bom" => Ok(Encoding::Utf8WithMark),
        "windows-1252" => Ok(Encoding::Windows1252),
        "cp437" => Ok(Encoding::Cp437),
        _ => Err(section.invalid("encoding", &text, "utf-8, utf-8-bom, windows-1252, cp437")),
    }
}

fn text_or(section: &Section<'_>, key: &str, default: &str) -> Result<String, WorkspaceError> {
    Ok(section.text(key)?.map_or_else(|| default.to_owned(), |text| text.value.trim().to_owned()))
}

fn small<T: TryFrom<u64>>(
    section: &Section<'_>,
    key: &str,
    allowed: std::ops::RangeInclusive<u64>,
    default: u64,
) -> Result<T, WorkspaceError> {
    let number = section.number(key, allowed, default)?;
    T::try_from(number).map_err(|_| section.unfit(key, "a smaller number"))
}

fn needed<T: TryFrom<u64>>(
    section: &Section<'_>,
    key: &str,
    allowed: std::ops::RangeInclusive<u64>,
) -> Result<T, WorkspaceError> {
    let number = section.optional_number(key, allowed)?.ok_or_else(|| section.missing(key))?;
    T::try_from(number).map_err(|_| section.unfit(key, "a smaller number"))
}
