//! GBAT10, the journal format of Mamut, which Tripletex, PowerOffice, Visma eAccounting, Xledger (as AR10) and
//! 24SevenOffice take too.
//!
//! Facts, from [Mamut's help](https://help.mamut.com/uk/mhelp/rtm/import_export/csv_formats/journal_formats/gbat10.htm)
//! and [Tripletex's](https://hjelp.tripletex.no/hc/no/articles/4411155692945), read in November 2026:
//!
//! - A row for each posting; cells end with `;` and have a longest length each; there is no row of titles. Nothing is
//!   said of quotes, so none are written. Dates are `YYYYMMDD`, amounts have a point and two decimals, credit is
//!   negative.
//! - Cells 0 to 29: `GBAT10`, voucher number, date, voucher type, period, year, account, VAT code, amount, customer,
//!   supplier, name, three of the address, invoice number, KID, due date, one that is not used, bank account, ledger
//!   text, sub-ledger text, factoring rate, project, department, payment terms, gross `T` or `F`, gross amount, IBAN,
//!   SWIFT.
//! - Rows of one number are one voucher. Tripletex adds 1,000,000 + type × 10,000 to the number, ignores period and
//!   year, and wants that net and gross add up to 0 each. A row that is not gross is ignored where Tripletex makes the
//!   VAT postings. So every row is gross, with the same amount in both cells: the accounting system takes the VAT out.
//! - Tripletex takes a name for that of a customer, whom it makes: only a line of a sub-ledger has one.
//! - The text of the ledger survives in Mamut and Tripletex. PowerOffice keeps no description: its own format is the
//!   better one there.

use super::template::{Column, Content, DateFormat, Quoting, Template};
use crate::letters::Encoding;
use crate::refusal::{Field, Problem, Refusal};

/// The settings of GBAT10.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Gbat10Settings {
    /// The voucher type, which is a number series in Tripletex: 1 to 999.
    pub voucher_type: u16,
    /// The encoding. Mamut's is that of Windows.
    pub encoding: Encoding,
    /// The VAT code of a line that has none.
    pub vat_code_for_none: String,
    /// The name of the dimension that is the project.
    pub project: Option<String>,
    /// The name of the dimension that is the department.
    pub department: Option<String>,
}

impl Default for Gbat10Settings {
    fn default() -> Self {
        Self {
            voucher_type: 1,
            encoding: Encoding::Windows1252,
            vat_code_for_none: "0".into(),
            project: None,
            department: None,
        }
    }
}

impl Gbat10Settings {
    pub(super) fn template(&self) -> Result<Template, Refusal> {
        if !(1..=999).contains(&self.voucher_type) {
            let problem = Problem::BadSetting("the voucher type is 1 to 999");
            return Err(Refusal { reference: None, field: Field::Setting("voucher_type".into()), problem });
        }
        let column = |content| Column::new("", content);
        let dimension = |name: &Option<String>| name.clone().map_or(Content::Empty, Content::Dimension);
        let empty = || column(Content::Empty);
        Ok(Template {
            columns: vec![
                column(Content::Constant("GBAT10".into())),
                column(Content::Number).max(8),
                column(Content::Date),
                column(Content::Constant(self.voucher_type.to_string())),
                column(Content::Period),
                column(Content::FiscalYear),
                column(Content::Account).max(7).digits(),
                column(Content::VatCode(self.vat_code_for_none.clone())).max(5).digits(),
                column(Content::Amount).max(15),
                column(Content::Customer).max(9).digits(),
                column(Content::Supplier).max(9).digits(),
                column(Content::SubLedgerName).max(30),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                column(Content::Text).max(100),
                column(Content::Text).max(100),
                empty(),
                column(dimension(&self.project)).max(6).digits(),
                column(dimension(&self.department)).max(4).digits(),
                empty(),
                column(Content::Constant("T".into())),
                column(Content::Amount).max(20),
                empty(),
                empty(),
            ],
            has_titles: false,
            delimiter: ';',
            quoting: Quoting::Never,
            encoding: self.encoding,
            decimal_mark: '.',
            date_format: DateFormat::Compact,
        })
    }
}
