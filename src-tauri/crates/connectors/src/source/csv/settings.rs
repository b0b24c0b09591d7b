//! How the files of an organisation are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use encoding_rs::Encoding;
use postonce_engine::domain::Currency;

/// How the files of an organisation are written.
#[derive(Debug, Clone)]
pub struct CsvSettings {
    /// The folder that `path` is relative to.
    pub dir: PathBuf,
    /// A file, a folder or a glob.
    pub path: String,
    /// Where a file has no byte order mark.
    pub encoding: &'static Encoding,
    /// Between two fields.
    pub delimiter: u8,
    /// Between whole and fraction of an amount.
    pub decimal_separator: DecimalSeparator,
    /// As chrono writes it: `%d.%m.%Y`.
    pub date_format: String,
    /// The title of each field's column.
    pub columns: BTreeMap<Field, String>,
    /// Of records that name none.
    pub currency: Currency,
    /// Of times that name none.
    pub time_zone: Tz,
}

/// Between whole and fraction of an amount.
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
    /// How much.
    Amount,
    /// The payee's id.
    Payee,
    /// What for; chooses the account.
    Category,
    /// The text of the voucher.
    Text,
    /// When it was approved.
    ApprovedAt,
    /// Where it is not the organisation's.
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
    /// Every field, those that must have a column first.
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

    /// Its key in `[source.columns]`.
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

    /// Whether a workspace must name a column for it.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Date | Self::Amount | Self::Payee | Self::Category | Self::Text)
    }
}
