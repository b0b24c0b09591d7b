//! Why a record is held back: not sent, because something in it must be put right first.

use serde::{Deserialize, Serialize};

/// Where a row stands in the source, for the sentence that tells a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File name, or the platform's address.
    pub file: String,
    /// Line in the file from 1 (the head is line 1), or the row's count from the platform.
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
        /// `date`, `amount`, `payee` …
        field: String,
    },
    /// The row cannot be read at all: a wrong number of fields, broken quotes or bytes.
    RowUnreadable {
        /// What the reader says.
        detail: String,
    },
    /// Not a date in the format of the source.
    DateInvalid {
        /// The text.
        found: String,
        /// The format that was expected.
        expected: String,
    },
    /// Before 2000 or more than a year ahead: a slip of the keyboard.
    DateImplausible {
        /// The date, `YYYY-MM-DD`.
        found: String,
    },
    /// Not a number.
    AmountInvalid {
        /// The text.
        found: String,
    },
    /// More decimals than the currency has.
    AmountDecimals {
        /// The text.
        found: String,
        /// The currency's code.
        currency: String,
    },
    /// Nothing to reimburse.
    AmountZero,
    /// Not a code of ISO 4217.
    CurrencyUnknown {
        /// The text.
        found: String,
    },
    /// The same id stands on several rows with different content; which one is meant, only a person knows.
    IdRepeated {
        /// The lines, as far as they are known.
        lines: String,
    },
    /// No account is mapped for the category, and there is no default account.
    AccountMissing {
        /// The category.
        category: String,
    },
}

impl HoldReason {
    /// Every code, for whoever has a sentence for each.
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
        "account_missing",
    ];

    /// The code alone, as it stands in the catalogue.
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
            Self::AccountMissing { .. } => "account_missing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_one_in_json_and_stands_in_the_list() {
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
            HoldReason::AccountMissing { category: found() },
        ];
        let in_json = |reason: &HoldReason| serde_json::to_value(reason).expect("plain values")["code"].clone();
        for reason in &reasons {
            assert_eq!(in_json(reason), reason.code());
        }
        assert_eq!(reasons.iter().map(HoldReason::code).collect::<Vec<_>>(), HoldReason::CODES);
    }
}
