//! Names the reasons to hold a record back: something in it must be put right before it can be sent.

use serde::{Deserialize, Serialize};

use super::FileRefusal;

/// The place of a row in the source, for the sentence that a person reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file's name, or the platform's address.
    pub file: String,
    /// The line in the file from 1 (the head is line 1), or the row's count from the platform.
    pub line: u64,
}

/// The reason, as a code with its parameters; the words stand in the message catalogue under `reason_<code>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum HoldReason {
    /// The row has no id.
    IdMissing,
    /// The id has control characters, outer space, or is too long.
    IdInvalid {
        /// The id, with control characters made visible.
        found: String,
    },
    /// A field that every record needs is empty.
    FieldMissing {
        /// The field: `date`, `amount`, `payee` …
        field: String,
    },
    /// The row cannot be read at all: a wrong number of fields, broken quotes or bytes.
    RowUnreadable {
        /// The reader's own words.
        detail: String,
    },
    /// The text is not a date in the format of the source.
    DateInvalid {
        /// The text.
        found: String,
        /// The format that was expected.
        expected: String,
    },
    /// The date is before 2000 or more than a year ahead: a slip of the keyboard.
    DateImplausible {
        /// The date, `YYYY-MM-DD`.
        found: String,
    },
    /// The text is not a number.
    AmountInvalid {
        /// The text.
        found: String,
    },
    /// The amount has more decimals than the currency.
    AmountDecimals {
        /// The text.
        found: String,
        /// The currency's code.
        currency: String,
    },
    /// There is nothing to reimburse.
    AmountZero,
    /// The text is not a code of ISO 4217.
    CurrencyUnknown {
        /// The text.
        found: String,
    },
    /// The same id stands on several rows with different content; only a person knows which one is meant.
    IdRepeated {
        /// The lines, as far as they are known.
        lines: String,
    },
    /// The id is a number that a spreadsheet rounded: `1,23457E+11`.
    IdScientific {
        /// The text.
        found: String,
    },
    /// The day is a spreadsheet's day number where the workspace expects a date.
    DateIsNumber {
        /// The text.
        found: String,
        /// The day that it is in the system of 1900.
        day: String,
    },
    /// The day can be read in more than one way.
    DateAmbiguous {
        /// The text.
        found: String,
    },
    /// The amount has three digits behind its only mark, and nothing else in the column says whether they are decimals.
    AmountAmbiguous {
        /// The text.
        found: String,
    },
    /// Whether the amount is owed or paid back is not clear from its columns.
    SideUnclear {
        /// The text.
        found: String,
    },
    /// The amount has the sign of another currency than the record.
    CurrencyForeign {
        /// The text.
        found: String,
        /// The currency’s code.
        currency: String,
    },
    /// The column of approvals has no time of an approval.
    NotApproved {
        /// The text.
        found: String,
    },
    /// A rule asks whether a cell is filled, and the cell says that there is nothing.
    RuleUnclear {
        /// The column.
        column: String,
        /// The text.
        found: String,
    },
    /// The row is called a total, and is not the sum of the rows above it.
    RowIsTotal {
        /// The text.
        found: String,
    },
    /// The cell shows an error instead of a value.
    CellFaulty {
        /// The field.
        field: String,
        /// The text.
        found: String,
    },
    /// Something lies among the files of records that is not read.
    FileNotRead,
    /// The encoding of the voucher file lacks a letter of the record.
    FileLetter {
        /// The letter, and its code point.
        letter: String,
        /// The encoding.
        encoding: String,
    },
    /// A text, an account or a code of the record is longer than its field in the voucher file.
    FileTooLong {
        /// The characters that it has.
        found: String,
        /// The characters of the field.
        length_max: String,
    },
    /// No faithful row of the voucher file can be made of the record.
    FileUnfit {
        /// The reason, in the words of the format.
        detail: String,
    },
    /// A rule of the workspace includes only rows with other values in a column.
    RowNotIncluded {
        /// The column.
        column: String,
        /// The text.
        found: String,
    },
    /// A rule of the workspace excludes rows with this value in a column.
    RowExcluded {
        /// The column.
        column: String,
        /// The text.
        found: String,
    },
    /// The row is the sum of the rows above it.
    TotalLeftOut,
    /// The workbook hides the row, and nobody said whether hidden rows count.
    RowHidden,
    /// The workbook hides the row, and hidden rows do not count.
    HiddenLeftOut,
    /// The cell is merged with one above, and nobody said whether its value counts for every row.
    CellMerged {
        /// The field.
        field: String,
    },
    /// The row repeats the titles.
    HeadRepeated,
    /// The row goes on with the text of the one above.
    RowContinues,
    /// The row is a note below the table.
    RowIsNote {
        /// The text.
        found: String,
    },
    /// No account is mapped for the category, and there is no default account.
    AccountMissing {
        /// The category.
        category: String,
    },
    /// The id is another writing of the id of a record that was exported, or stands before it, with the same day and
    /// amount.
    IdLookAlike {
        /// The id, as the source has it.
        id: String,
        /// The other record's id.
        like: String,
        /// The other record's voucher, by its number or id; empty if it has none yet.
        voucher: String,
    },
    /// The lines of the claim do not sum to its amount.
    ClaimSumDiffers {
        /// The sum of the lines, a decimal.
        sum: String,
        /// The amount of the claim, a decimal.
        total: String,
    },
    /// The claim has more lines than a claim may have.
    ClaimTooLong {
        /// The number of lines.
        lines: String,
        /// The number that a claim may have.
        max: String,
    },
    /// The rows of the claim say different things of what a claim has once: its payee, its currency.
    ClaimDiffers {
        /// The field.
        field: String,
        /// The lines of the two rows.
        lines: String,
    },
    /// A dimension that every line must have is missing.
    DimensionMissing {
        /// The name of the dimension.
        dimension: String,
    },
    /// The VAT is not a part of its amount.
    VatInvalid {
        /// The VAT, a decimal.
        found: String,
        /// The amount of its line, a decimal.
        amount: String,
    },
    /// The record is in a foreign currency, and its source gives neither a rate nor its worth.
    RateMissing {
        /// The currency’s code.
        currency: String,
    },
    /// The text is no rate of exchange.
    RateInvalid {
        /// The text.
        found: String,
    },
    /// The worth that the source gives is not what its rate makes of the amount.
    ExchangeContradicts {
        /// The amount with its currency.
        amount: String,
        /// The worth with its currency.
        worth: String,
        /// The rate.
        rate: String,
    },
    /// The accounting system takes no amounts in two currencies.
    OwnAmountNotTaken {
        /// The currency’s code.
        currency: String,
    },
    /// The accounting system takes no VAT codes.
    VatCodeNotTaken {
        /// The code.
        vat_code: String,
    },
    /// A person is editing it on the platform.
    BeingEdited,
    /// It was changed on the platform after it was read.
    ChangedSinceRead,
    /// The platform does not let it be locked.
    LockRefused {
        /// The words of the platform.
        detail: String,
    },
}

impl From<FileRefusal> for HoldReason {
    fn from(refusal: FileRefusal) -> Self {
        match refusal {
            FileRefusal::Letter { letter, encoding } => Self::FileLetter { letter, encoding },
            FileRefusal::TooLong { found, length_max } => {
                Self::FileTooLong { found: found.to_string(), length_max: length_max.to_string() }
            }
            FileRefusal::Other { detail } => Self::FileUnfit { detail },
        }
    }
}

impl HoldReason {
    /// Lists every code, for a catalogue that has a sentence for each.
    pub const CODES: &'static [&'static str] = &[
        "id_missing",
        "id_invalid",
        "field_missing",
        "row_unreadable",
        "date_invalid",
        "date_implausible",
        "amount_invalid",
        "amount_decimals",
        "amount_zero",
        "currency_unknown",
        "id_repeated",
        "id_scientific",
        "date_is_number",
        "date_ambiguous",
        "amount_ambiguous",
        "side_unclear",
        "currency_foreign",
        "not_approved",
        "rule_unclear",
        "row_is_total",
        "cell_faulty",
        "file_not_read",
        "file_letter",
        "file_too_long",
        "file_unfit",
        "row_not_included",
        "row_excluded",
        "total_left_out",
        "row_hidden",
        "hidden_left_out",
        "cell_merged",
        "head_repeated",
        "row_continues",
        "row_is_note",
        "account_missing",
        "id_look_alike",
        "claim_sum_differs",
        "claim_too_long",
        "claim_differs",
        "dimension_missing",
        "vat_invalid",
        "rate_missing",
        "rate_invalid",
        "exchange_contradicts",
        "own_amount_not_taken",
        "vat_code_not_taken",
        "being_edited",
        "changed_since_read",
        "lock_refused",
    ];

    /// Returns the code alone, as it stands in the catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IdMissing => "id_missing",
            Self::IdInvalid { .. } => "id_invalid",
            Self::FieldMissing { .. } => "field_missing",
            Self::RowUnreadable { .. } => "row_unreadable",
            Self::DateInvalid { .. } => "date_invalid",
            Self::DateImplausible { .. } => "date_implausible",
            Self::AmountInvalid { .. } => "amount_invalid",
            Self::AmountDecimals { .. } => "amount_decimals",
            Self::AmountZero => "amount_zero",
            Self::CurrencyUnknown { .. } => "currency_unknown",
            Self::IdRepeated { .. } => "id_repeated",
            Self::IdScientific { .. } => "id_scientific",
            Self::DateIsNumber { .. } => "date_is_number",
            Self::DateAmbiguous { .. } => "date_ambiguous",
            Self::AmountAmbiguous { .. } => "amount_ambiguous",
            Self::SideUnclear { .. } => "side_unclear",
            Self::CurrencyForeign { .. } => "currency_foreign",
            Self::NotApproved { .. } => "not_approved",
            Self::RuleUnclear { .. } => "rule_unclear",
            Self::RowIsTotal { .. } => "row_is_total",
            Self::CellFaulty { .. } => "cell_faulty",
            Self::FileNotRead => "file_not_read",
            Self::FileLetter { .. } => "file_letter",
            Self::FileTooLong { .. } => "file_too_long",
            Self::FileUnfit { .. } => "file_unfit",
            Self::RowNotIncluded { .. } => "row_not_included",
            Self::RowExcluded { .. } => "row_excluded",
            Self::TotalLeftOut => "total_left_out",
            Self::RowHidden => "row_hidden",
            Self::HiddenLeftOut => "hidden_left_out",
            Self::CellMerged { .. } => "cell_merged",
            Self::HeadRepeated => "head_repeated",
            Self::RowContinues => "row_continues",
            Self::RowIsNote { .. } => "row_is_note",
            Self::AccountMissing { .. } => "account_missing",
            Self::IdLookAlike { .. } => "id_look_alike",
            Self::ClaimSumDiffers { .. } => "claim_sum_differs",
            Self::ClaimTooLong { .. } => "claim_too_long",
            Self::ClaimDiffers { .. } => "claim_differs",
            Self::DimensionMissing { .. } => "dimension_missing",
            Self::VatInvalid { .. } => "vat_invalid",
            Self::RateMissing { .. } => "rate_missing",
            Self::RateInvalid { .. } => "rate_invalid",
            Self::ExchangeContradicts { .. } => "exchange_contradicts",
            Self::OwnAmountNotTaken { .. } => "own_amount_not_taken",
            Self::VatCodeNotTaken { .. } => "vat_code_not_taken",
            Self::BeingEdited => "being_edited",
            Self::ChangedSinceRead => "changed_since_read",
            Self::LockRefused { .. } => "lock_refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_the_one_in_json_and_stands_in_the_list() {
        let found = || String::from("x");
        let reasons = [
            HoldReason::IdMissing,
            HoldReason::IdInvalid { found: found() },
            HoldReason::FieldMissing { field: found() },
            HoldReason::RowUnreadable { detail: found() },
            HoldReason::DateInvalid { found: found(), expected: found() },
            HoldReason::DateImplausible { found: found() },
            HoldReason::AmountInvalid { found: found() },
            HoldReason::AmountDecimals { found: found(), currency: found() },
            HoldReason::AmountZero,
            HoldReason::CurrencyUnknown { found: found() },
            HoldReason::IdRepeated { lines: found() },
            HoldReason::IdScientific { found: found() },
            HoldReason::DateIsNumber { found: found(), day: found() },
            HoldReason::DateAmbiguous { found: found() },
            HoldReason::AmountAmbiguous { found: found() },
            HoldReason::SideUnclear { found: found() },
            HoldReason::CurrencyForeign { found: found(), currency: found() },
            HoldReason::NotApproved { found: found() },
            HoldReason::RuleUnclear { column: found(), found: found() },
            HoldReason::RowIsTotal { found: found() },
            HoldReason::CellFaulty { field: found(), found: found() },
            HoldReason::FileNotRead,
            HoldReason::FileLetter { letter: found(), encoding: found() },
            HoldReason::FileTooLong { found: found(), length_max: found() },
            HoldReason::FileUnfit { detail: found() },
            HoldReason::RowNotIncluded { column: found(), found: found() },
            HoldReason::RowExcluded { column: found(), found: found() },
            HoldReason::TotalLeftOut,
            HoldReason::RowHidden,
            HoldReason::HiddenLeftOut,
            HoldReason::CellMerged { field: found() },
            HoldReason::HeadRepeated,
            HoldReason::RowContinues,
            HoldReason::RowIsNote { found: found() },
            HoldReason::AccountMissing { category: found() },
            HoldReason::IdLookAlike { id: found(), like: found(), voucher: found() },
            HoldReason::ClaimSumDiffers { sum: found(), total: found() },
            HoldReason::ClaimTooLong { lines: found(), max: found() },
            HoldReason::ClaimDiffers { field: found(), lines: found() },
            HoldReason::DimensionMissing { dimension: found() },
            HoldReason::VatInvalid { found: found(), amount: found() },
            HoldReason::RateMissing { currency: found() },
            HoldReason::RateInvalid { found: found() },
            HoldReason::ExchangeContradicts { amount: found(), worth: found(), rate: found() },
            HoldReason::OwnAmountNotTaken { currency: found() },
            HoldReason::VatCodeNotTaken { vat_code: found() },
            HoldReason::BeingEdited,
            HoldReason::ChangedSinceRead,
            HoldReason::LockRefused { detail: found() },
        ];
        let in_json = |reason: &HoldReason| serde_json::to_value(reason).expect("plain values")["code"].clone();
        for reason in &reasons {
            assert_eq!(in_json(reason), reason.code());
        }
        assert_eq!(reasons.iter().map(HoldReason::code).collect::<Vec<_>>(), HoldReason::CODES);
    }
}
