//! Says what a reading found that a person should know: the same to the sync, the preview and the check of a file.

use postonce_engine::error::Problem;
use postonce_engine::ports::Flaw;

/// A finding of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It stops the reading: nothing of the source is believed.
    Stops(Problem),
    /// The row is held.
    Held(Flaw),
    /// The row does not count, by the rule that is its reason.
    LeftOut(Flaw),
    /// Everything is read, and something is worth a look.
    Remark(Remark),
}

/// Something worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The kind.
    pub kind: RemarkKind,
    /// The file's name.
    pub file: String,
    /// The line of the example.
    pub line: u64,
    /// The column, by its title or its place.
    pub column: String,
    /// The example, as it stands there.
    pub text: String,
}

/// The kind of a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// No day of the column proves the order of day and month; the workspace's is believed.
    OrderUnproven,
    /// More amounts are negative than positive.
    MostlyNegative,
    /// The text looks like UTF-8 that was once read as another encoding: `KÃ¥re`.
    Garbled,
    /// A column that no field names holds codes of currencies.
    CurrencyUnnamed,
    /// A column that no field or rule names holds states, so that not every row may count.
    StatesUnnamed,
    /// A rule leaves every row of a file out.
    RowsNotCounted,
    /// Further sheets of a workbook have a table, and none is named.
    SheetsNotRead,
}

impl RemarkKind {
    /// Holds every kind, for a catalogue that has a sentence for each.
    pub const ALL: &'static [Self] = &[
        Self::OrderUnproven,
        Self::MostlyNegative,
        Self::Garbled,
        Self::CurrencyUnnamed,
        Self::StatesUnnamed,
        Self::RowsNotCounted,
        Self::SheetsNotRead,
    ];

    /// Returns the name, as it stands in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderUnproven => "order_unproven",
            Self::MostlyNegative => "mostly_negative",
            Self::Garbled => "garbled",
            Self::CurrencyUnnamed => "currency_unnamed",
            Self::StatesUnnamed => "states_unnamed",
            Self::RowsNotCounted => "rows_not_counted",
            Self::SheetsNotRead => "sheets_not_read",
        }
    }
}
