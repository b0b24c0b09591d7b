//! Describes how the files of an organisation are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use encoding_rs::Encoding;
use postonce_engine::domain::Currency;

/// Describes how the files of an organisation are written.
#[derive(Debug, Clone)]
pub struct CsvSettings {
    /// The folder that `path` is relative to.
    pub dir: PathBuf,
    /// A file, a folder or a glob.
    pub path: String,
    /// The encoding of a file without a byte order mark.
    pub encoding: &'static Encoding,
    /// The mark between two fields.
    pub delimiter: u8,
    /// The mark between whole and fraction of an amount.
    pub decimal_separator: DecimalSeparator,
    /// The format of days, as chrono writes it: `%d.%m.%Y`.
    pub date_format: String,
    /// The title of each field's column.
    pub columns: BTreeMap<Field, String>,
    /// The currency of records that name none.
    pub currency: Currency,
    /// The time zone of times that name none.
    pub time_zone: Tz,
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
}

impl Field {
    /// Holds every field, those that must have a column first.
    pub const ALL: [Self; 12] = [
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
        }
    }

    /// Says whether a workspace must name a column for it.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Date | Self::Amount | Self::Payee | Self::Category | Self::Text)
    }
}
