//! Describes how the files of an organisation are written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use postonce_engine::domain::Currency;

use super::Charset;

/// Describes how the files of an organisation are written.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// The folder that `path` is relative to.
    pub dir: PathBuf,
    /// A file, a folder or a glob.
    pub path: String,
    /// The kind of the files.
    pub kind: FileKind,
    /// The encoding of a text file without a byte order mark.
    pub charset: Charset,
    /// The mark between two cells of a text file.
    pub delimiter: u8,
    /// The mark between whole and fraction of an amount.
    pub decimal_separator: DecimalSeparator,
    /// The format of days, as chrono writes it (`%d.%m.%Y`), or one of the two of spreadsheets' day numbers.
    pub date_format: String,
    /// The column of each field but the id.
    pub columns: BTreeMap<Field, Column>,
    /// The columns of dimensions beside department and project, by the dimension's name.
    pub dimensions: BTreeMap<String, Column>,
    /// The rule by which a row has its id.
    pub id: IdRule,
    /// The rows with one id are the lines of one claim.
    pub gathers_claims: bool,
    /// The place of the titles.
    pub head: HeadRule,
    /// The sign of an amount that is owed to the payee.
    pub sign: Sign,
    /// The rules by which rows count.
    pub row_rules: Vec<RowRule>,
    /// The columns that are known to say nothing of the records.
    pub ignored_columns: Vec<String>,
    /// Whether a whole file ends with a line end. If it does, one without is still being written.
    pub ends_with_line_end: bool,
    /// The time for which a file of a folder or glob must have been left alone.
    pub settle: Duration,
    /// Whether a file beside those of the records says what was exported.
    pub acknowledges: bool,
    /// The currency of records that name none.
    pub currency: Currency,
    /// The currency of the organisation.
    pub own_currency: Currency,
    /// Whether the workspace says of this source that this is their currency, whatever a title says.
    pub is_currency_said: bool,
    /// The time zone of the organisation's days.
    pub time_zone: Tz,
}

/// A kind of file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FileKind {
    /// Text in columns.
    #[default]
    Csv,
    /// A workbook of a spreadsheet.
    Workbook(WorkbookRules),
}

/// The rules by which a workbook is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkbookRules {
    /// The name of the sheet; the first visible one with a table where it is not given.
    pub sheet: Option<String>,
    /// The meaning of cells that are merged over several rows.
    pub merged_cells: MergedCells,
    /// The meaning of rows that are hidden.
    pub hidden_rows: HiddenRows,
}

impl FileKind {
    /// Returns the endings of the files that are read, in small letters.
    pub const fn endings(&self) -> &'static [&'static str] {
        match self {
            Self::Csv => &["csv"],
            Self::Workbook(_) => &["xlsx", "xlsm", "xls", "ods"],
        }
    }

    /// Returns the meaning of a row that the file hides; text hides none.
    pub const fn hidden_rows(&self) -> HiddenRows {
        match self {
            Self::Csv => HiddenRows::Read,
            Self::Workbook(rules) => rules.hidden_rows,
        }
    }
}

/// The meaning of cells that are merged over several rows, of which the first one alone has the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MergedCells {
    /// Nobody said it: the rows below the first one are held.
    #[default]
    Ask,
    /// The value counts for every row.
    Fill,
    /// The value counts for the first row; the others have none.
    Empty,
}

/// The meaning of rows that are hidden, by hand or by a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HiddenRows {
    /// Nobody said it: they are held.
    #[default]
    Ask,
    /// They count as the others do.
    Read,
    /// They do not count.
    LeaveOut,
}

/// Names a column: by its title, or by its place from 1 as `#3`.
pub type Column = String;

/// Returns the place that `#3` names, from 0.
pub(crate) fn place_number(column: &str) -> Option<usize> {
    column.strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1)
}

/// The rule by which a row has its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdRule {
    /// The id stands in these columns; the parts of several are joined with `/`.
    Columns(Vec<Column>),
    /// The id is made of the content, and of a number where the same content stands in a file several times.
    Content,
}

/// The place of the titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeadRule {
    /// The first line that has the titles of all columns.
    #[default]
    Found,
    /// The line that begins there, from 1.
    AtLine(u64),
    /// There are no titles; every column is named by its place.
    None,
}

/// The sign of an amount that is owed to the payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// The workspace does not say: `100,00` is owed, as long as most amounts of a file agree.
    #[default]
    Unsaid,
    /// `100,00` is owed.
    Positive,
    /// `-100,00` is owed.
    Negative,
}

/// A rule by which a row counts, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRule {
    /// The column that is looked at.
    pub column: Column,
    /// The cells that pass.
    pub test: CellTest,
    /// Whether rows that pass are the ones that count, or the ones that do not.
    pub effect: RuleEffect,
}

/// The cells that pass a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellTest {
    /// Cells with one of these values; letter case, spaces around and the composition of letters make no difference.
    OneOf(Vec<String>),
    /// Cells that are not empty.
    Filled,
}

/// The effect of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEffect {
    /// Only rows that pass count.
    Include,
    /// Rows that pass do not count.
    Exclude,
}

/// The mark between whole and fraction of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalSeparator {
    /// `1249.50`
    Point,
    /// `1249,50`
    #[default]
    Comma,
}

impl DecimalSeparator {
    /// Returns the mark.
    pub const fn mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// Returns the other separator, whose mark may separate groups of digits.
    pub const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// A field of a record that a column can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The platform's id.
    Id,
    /// The day of the expense.
    Date,
    /// The amount.
    Amount,
    /// The payee's id.
    Payee,
    /// The category of the expense, which chooses the account.
    Category,
    /// The text of the voucher.
    Text,
    /// The time of the approval.
    ApprovedAt,
    /// The currency, if it is not the organisation's.
    Currency,
    /// A dimension.
    Department,
    /// A dimension.
    Project,
    /// The platform's count of approvals.
    Version,
    /// The payee's name, for people.
    PayeeName,
    /// The amount that was paid back, where it has a column of its own.
    AmountBack,
    /// The letters that say whether the amount is debit or credit, where they have a column of their own.
    Side,
    /// The VAT code of the expense.
    VatCode,
    /// The part of the amount that is VAT.
    VatAmount,
    /// The rate of exchange of an amount in a foreign currency.
    Rate,
    /// The worth of such an amount in the organisation's currency.
    OwnAmount,
    /// The total of the whole claim, on each of its rows or on the first.
    ClaimTotal,
    /// The text of the whole claim; its first row's text where no column gives it.
    ClaimText,
    /// The receipts: paths beside the file, between `|`, `;` or line feeds.
    Receipts,
}

impl Field {
    /// Holds every field, those that must have a column first.
    pub const ALL: [Self; 21] = [
        Self::Id,
        Self::Date,
        Self::Amount,
        Self::Payee,
        Self::Category,
        Self::Text,
        Self::ApprovedAt,
        Self::Currency,
        Self::Department,
        Self::Project,
        Self::Version,
        Self::PayeeName,
        Self::AmountBack,
        Self::Side,
        Self::VatCode,
        Self::VatAmount,
        Self::Rate,
        Self::OwnAmount,
        Self::ClaimTotal,
        Self::ClaimText,
        Self::Receipts,
    ];

    /// Returns its key in `[source.columns]`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Payee => "payee",
            Self::Category => "category",
            Self::Text => "text",
            Self::ApprovedAt => "approved_at",
            Self::Currency => "currency",
            Self::Department => "department",
            Self::Project => "project",
            Self::Version => "version",
            Self::PayeeName => "payee_name",
            Self::AmountBack => "amount_back",
            Self::Side => "side",
            Self::VatCode => "vat_code",
            Self::VatAmount => "vat_amount",
            Self::Rate => "rate",
            Self::OwnAmount => "own_amount",
            Self::ClaimTotal => "claim_total",
            Self::ClaimText => "claim_text",
            Self::Receipts => "receipts",
        }
    }

    /// Says whether a workspace must name a column for it.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Date | Self::Amount | Self::Payee | Self::Category | Self::Text)
    }
}
