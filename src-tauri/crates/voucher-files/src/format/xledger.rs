//! GL02b, the import format of Xledger for vouchers.
//!
//! Facts, from [a vendor that exports it][vendor], read in November 2026: cells end with `;`, dates are `yyyymmdd`, the
//! decimal mark is a point; `ImpSystem` and `ImpSystemRef` have 25 characters, `Entity` is mandatory, `VoucherType` and
//! `VoucherNo` have 8. The order of the columns behind `FiscalYear` and the `x` at the end of a row are those of a
//! public exporter to Xledger. An import is staged: it is validated, approved and booked in steps.
//!
//! `ImpSystemRef` has 25 characters, which a reference may exceed, and is not known to be kept on the posting: the
//! reference stands in `Text`, and `ImpSystemRef` stays empty. The length of `Text` is not published; 255 is taken.
//!
//! [vendor]: https://docs.milientsoftware.com/help/moment-by-topic/integrations/file-exports/file-export-accounting-system/xledger/format-gl02b

use super::template::{Column, Content, DateFormat, Quoting, Template};
use crate::letters::Encoding;

/// The settings of GL02b.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct XledgerSettings {
    /// The code of the entity.
    pub entity: String,
    /// The voucher type.
    pub voucher_type: String,
    /// The encoding.
    pub encoding: Encoding,
    /// The name of the dimension that is posting 1.
    pub posting_1: Option<String>,
    /// The name of the dimension that is posting 2, the project.
    pub posting_2: Option<String>,
    /// The name of the dimension that is XGL.
    pub xgl: Option<String>,
}

/// The columns behind the amount that stay empty, up to the end mark.
const UNUSED_BEHIND_AMOUNT: [&str; 23] = [
    "UpdateSubledger",
    "SubledgerGroup",
    "CompanyNo",
    "StreetAddressL1",
    "StreetAddressL2",
    "ZipCode",
    "Place",
    "State",
    "Country",
    "BillingStreetAddressL1",
    "BillingStreetAddressL2",
    "BillingZipCode",
    "BillingPlace",
    "BillingState",
    "BillingCountry",
    "Phone",
    "Email",
    "YourRef",
    "Dummy1",
    "Dummy2",
    "Dummy3",
    "Dummy4",
    "Dummy5",
];

impl XledgerSettings {
    pub(super) fn template(&self) -> Template {
        let dimension = |name: &Option<String>| name.clone().map_or(Content::Empty, Content::Dimension);
        let empty = |title| Column::new(title, Content::Empty);
        let mut columns = vec![
            Column::new("ImpSystem", Content::Constant("Postonce".into())),
            empty("ImpSystemRef"),
            Column::new("Entity", Content::Constant(self.entity.clone())),
            Column::new("VoucherType", Content::Constant(self.voucher_type.clone())).max(8),
            Column::new("VoucherNo", Content::Number).max(8),
            Column::new("FiscalYear", Content::FiscalYear),
            Column::new("PeriodNo", Content::Period),
            Column::new("VoucherDate", Content::Date),
            Column::new("Account", Content::Account),
            empty("AccountLedger"),
            Column::new("Posting1", dimension(&self.posting_1)),
            Column::new("Posting2", dimension(&self.posting_2)),
            Column::new("XGL", dimension(&self.xgl)),
            Column::new("SubledgerNo", Content::SubLedger),
            Column::new("SubledgerName", Content::SubLedgerName).max(255),
            empty("InvoiceDate"),
            empty("InvoiceNo"),
            empty("XIdentifier"),
            empty("DueDate"),
            empty("BankAccount"),
            empty("PaymentTerms"),
            Column::new("Text", Content::Text).max(255),
            Column::new("TaxRule", Content::VatCode(String::new())),
            Column::new("Currency", Content::Currency),
            Column::new("CurrencyAmount", Content::Amount),
            Column::new("Amount", Content::Amount),
        ];
        columns.extend(UNUSED_BEHIND_AMOUNT.map(empty));
        columns.push(Column::new("EOL", Content::Constant("x".into())));
        Template {
            columns,
            has_titles: true,
            delimiter: ';',
            quoting: Quoting::Never,
            encoding: self.encoding,
            decimal_mark: '.',
            date_format: DateFormat::Compact,
        }
    }
}
