//! The journal import of 24SevenOffice.
//!
//! Facts, from [24SevenOffice's list of fields](https://support.24sevenoffice.com/no-no/importfelt-for-bilagsjournal),
//! read in November 2026: the first row has the titles, and the assistant knows the fields by them. Mandatory are
//! `TransactionType` (the number of a voucher type), `TransactionNo`, `Date` (`DD.MM.YYYY`), `Account`, `Amount` (point
//! or comma, credit negative) and `VatCode`; `CustomerId`, `Project`, `Department` and `Comment` are taken too. A
//! dimension of the customer's own has its name as title. In a workbook all cells are to be text; here all but the
//! amounts have quotes. Customers and suppliers are one register.
//!
//! The reference stands in `Comment`. Its length is not published; 255 is taken. The import cannot be undone where it
//! goes straight to the ledger, and a finished job stays ready to be run again.

use super::template::{Column, Content, DateFormat, Quoting, Template};
use crate::letters::Encoding;

/// The settings of 24SevenOffice's import.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Office24Settings {
    /// The number of the voucher type.
    pub transaction_type: u32,
    /// The encoding.
    pub encoding: Encoding,
    /// The VAT code of a line that has none.
    pub vat_code_for_none: String,
    /// The dimensions, each with the title of its column: `Project`, `Department` or a name of the customer's own.
    pub dimensions: Vec<(String, String)>,
}

impl Default for Office24Settings {
    fn default() -> Self {
        Self {
            transaction_type: 1,
            encoding: Encoding::Utf8WithMark,
            vat_code_for_none: "0".into(),
            dimensions: Vec::new(),
        }
    }
}

impl Office24Settings {
    pub(super) fn template(&self) -> Template {
        let mut columns = vec![
            Column::new("TransactionType", Content::Constant(self.transaction_type.to_string())),
            Column::new("TransactionNo", Content::Number),
            Column::new("Date", Content::Date),
            Column::new("Account", Content::Account).digits(),
            Column::new("Amount", Content::Amount),
            Column::new("VatCode", Content::VatCode(self.vat_code_for_none.clone())),
            Column::new("CustomerId", Content::SubLedger),
            Column::new("Comment", Content::Text).max(255),
        ];
        let dimensions = self.dimensions.iter();
        columns.extend(dimensions.map(|(name, title)| Column::new(title, Content::Dimension(name.clone()))));
        Template {
            columns,
            has_titles: true,
            delimiter: ';',
            quoting: Quoting::Texts,
            encoding: self.encoding,
            decimal_mark: ',',
            date_format: DateFormat::Dotted,
        }
    }
}
