//! Asks a person what a file does not prove, each time with an example from it.

use std::collections::BTreeMap;

/// A question, with the parameters of its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The kind.
    pub kind: QuestionKind,
    /// The parameters: columns and cells as they stand in the file, and lines.
    pub params: BTreeMap<&'static str, String>,
}

macro_rules! question_kinds {
    ($($(#[$doc:meta])+ $kind:ident = $name:ident($($param:ident),*);)+) => {
        /// The kind of a question.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum QuestionKind {
            $($(#[$doc])+ $kind,)+
        }

        impl QuestionKind {
            /// Holds every kind, for a catalogue that has a sentence for each.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns the name, as it stands in the catalogue.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($name),)+
                }
            }

            /// Returns the names of the parameters.
            pub const fn parameters(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => &[$(stringify!($param)),*],)+
                }
            }
        }

        impl Question {
            $(pub(super) fn $name($($param: impl ToString),*) -> Self {
                Self {
                    kind: QuestionKind::$kind,
                    params: BTreeMap::from([$((stringify!($param), $param.to_string())),*]),
                }
            })+
        }
    };
}

question_kinds! {
    /// Nothing proves which mark stands before the decimals, and an amount can be read in two ways.
    MarkUnclear = mark_unclear(column, found, line);
    /// Amounts of one column prove both marks.
    MarksMixed = marks_mixed(column, comma, comma_line, point, point_line);
    /// Nothing proves the order of day and month.
    OrderUnclear = order_unclear(column, found, line);
    /// Days of one column prove both orders.
    OrdersMixed = orders_mixed(column, day_first, day_first_line, month_first, month_first_line);
    /// Days have a year of two digits, which may stand in front or at the end.
    YearUnclear = year_unclear(column, found, line);
    /// Days of one column are written in several ways.
    DaysMixed = days_mixed(column, found, line, other, other_line);
    /// Days are the day numbers of a spreadsheet, and their epoch is not known.
    DaysAreNumbers = days_are_numbers(column, found, line);
    /// Several columns have days.
    SeveralDates = several_dates(column, others);
    /// Several columns have amounts.
    SeveralAmounts = several_amounts(column, others);
    /// Most amounts are negative.
    MostlyNegative = mostly_negative(column, found, line, negative, positive);
    /// Amounts spent and amounts paid back have a column each.
    DebitAndCredit = debit_and_credit(column, other);
    /// A column of letters says whether an amount is debit or credit.
    SideColumn = side_column(column, found);
    /// Several columns have currencies.
    SeveralCurrencies = several_currencies(column, others);
    /// A column of currencies belongs to other amounts than those that are read.
    CurrencyOfOthers = currency_of_others(column, found, line);
    /// No column identifies a row.
    NoId = no_id();
    /// Several columns could identify a row.
    SeveralIds = several_ids(column, others);
    /// The id only numbers the rows, and begins again in the next file.
    IdCountsRows = id_counts_rows(column, found);
    /// The id names a report or claim, which may have several rows.
    IdOfGroup = id_of_group(column, found);
    /// A column of that title has the same value on several rows.
    IdRepeated = id_repeated(column, found, line);
    /// A column that looks like an id has numbers of accounts.
    IdIsAccount = id_is_account(column, found);
    /// A spreadsheet shortened the ids.
    IdShortened = id_shortened(column, found, line);
    /// Not all rows seem to be approved.
    NotAllApproved = not_all_approved(column, values);
    /// Some rows have no approval.
    ApprovalEmpty = approval_empty(column, line, empty, filled);
    /// The payee has a name and no id.
    PayeeByName = payee_by_name(column, found);
    /// The letters of the file fit an encoding better than others, and nothing proves it.
    EncodingLikely = encoding_likely(encoding, found);
    /// The titles stand below other lines.
    HeadBelow = head_below(line, found);
    /// Several sheets have a table.
    SeveralSheets = several_sheets(sheet, others);
    /// The spreadsheet hides rows.
    RowsHidden = rows_hidden(sheet, rows, line);
    /// Cells of several rows are merged.
    CellsMerged = cells_merged(sheet, cells, line);
    /// A folder or glob has several files, of which one was looked at.
    OneOfFiles = one_of_files(file, files);
}
