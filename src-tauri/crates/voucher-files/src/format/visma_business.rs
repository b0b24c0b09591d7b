//! The batch import of Visma Business, which Visma eAccounting and Uni Micro take too.
//!
//! Facts, read in November 2026, from Visma's help on [batches of vouchers][help] with its [example][example], and from
//! [a vendor that exports them][vendor]:
//!
//! - `@IMPORT_METHOD(3)`, then `@WaBnd(…)` with a batch and `@WaVo(…)` with its voucher lines, each with the names of
//!   its fields; fields of a row are separated by a space, texts have quotes, dates are `YYYYMMDD`, amounts have a
//!   point and no sign.
//! - A line has its account in `DbAcNo` or `CrAcNo`. The class of the account is 1 for a customer, 2 for a supplier, 3
//!   for the general ledger; `DbTxCd` and `CrTxCd` have the VAT code, `R1` to `R12` the organisational units.
//! - The batch waits until a person updates it: an import is staged. Visma works out the VAT.
//!
//! The reference stands in `Txt`. Its length is not published for the file; `text_max` says what the installation has,
//! 40 if nothing is set. Nothing is said of a quote in a text: it becomes an apostrophe.
//!
//! [help]: http://doc.visma.net/userdoc/business/15.10/nb-no/products/business/concept/c_batch_voucher_import.html
//! [example]: http://doc.visma.net/userdoc/business/15.10/nb-no/products/business/concept/c_import_data_batch.html
//! [vendor]: https://docs.milientsoftware.com/help/moment-by-topic/integrations/file-exports/file-export-accounting-system/visma-business

use std::collections::BTreeMap;

use super::batch::Batch;
use super::rows::{Origin, check_digits};
use crate::amount;
use crate::letters::Encoding;
use crate::refusal::{Field, Problem, Refusal};
use crate::text::{Manners, Narrator, check_code, check_reference, short};
use crate::voucher::{SubLedger, Voucher, VoucherLine};

/// The settings of the batch import.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VismaBusinessSettings {
    /// The number of the voucher type.
    pub voucher_type: u32,
    /// The encoding.
    pub encoding: Encoding,
    /// The characters of a text.
    pub text_max: usize,
    /// The number of the organisational unit, 1 to 12, of each dimension, by its name.
    pub units: BTreeMap<String, u32>,
}

impl Default for VismaBusinessSettings {
    fn default() -> Self {
        Self { voucher_type: 1, encoding: Encoding::Windows1252, text_max: 40, units: BTreeMap::new() }
    }
}

const DECIMALS: u8 = 2;
const UNITS: std::ops::RangeInclusive<u32> = 1..=12;
const MANNERS: Manners = Manners { unwritable: &[('"', '\'')], is_table: true };

pub(super) fn render(batch: &Batch<'_>, settings: &VismaBusinessSettings) -> Result<Vec<u8>, Refusal> {
    if !settings.units.values().all(|unit| UNITS.contains(unit)) {
        return Err(Origin::setting("units").refusal(Problem::BadSetting("an organisational unit is 1 to 12")));
    }
    let narrator = Narrator::new(batch.vouchers, &MANNERS, settings.text_max);
    let mut file = File { bytes: Vec::new(), encoding: settings.encoding };
    let made = batch.book.made_at.format("%Y%m%d");
    let title = short(&batch.book.program, settings.text_max, &MANNERS);
    file.plain("@IMPORT_METHOD(3)\r\n@WaBnd(Descr,ValDt)\r\n");
    file.quoted(&Origin::setting("program"), &title)?;
    file.plain(&format!(" {made}\r\n"));
    let units: String = settings.units.values().map(|unit| format!(",R{unit}")).collect();
    file.plain(&format!("@WaVo(VoNo,VoDt,VoTp,Txt,DbAcNo,DbTxCd,DbAcCl,CrAcNo,CrTxCd,CrAcCl,Am{units})\r\n"));
    for voucher in batch.vouchers {
        check_reference(voucher, &MANNERS)?;
        for line in &voucher.lines {
            let date = voucher.date.format("%Y%m%d");
            file.plain(&format!("{} {date} {} ", voucher.number, settings.voucher_type));
            file.quoted(&Origin::of(voucher, Field::Text), &narrator.narration(voucher, line)?)?;
            file.plain(&sides(batch, voucher, line)?);
            write_units(settings, voucher, line, &mut file)?;
            file.plain("\r\n");
        }
    }
    Ok(file.bytes)
}

/// Returns account, VAT code and class of both sides, and the amount.
fn sides(batch: &Batch<'_>, voucher: &Voucher, line: &VoucherLine) -> Result<String, Refusal> {
    let (account, class) = match &line.sub_ledger {
        None => (&line.account, 3),
        Some(SubLedger::Customer(number)) => (number, 1),
        Some(SubLedger::Supplier(number)) => (number, 2),
    };
    let vat = line.vat_code.as_deref().unwrap_or("0");
    for (field, content) in [(Field::Account, account.as_str()), (Field::VatCode, vat)] {
        if content.is_empty() {
            return Err(voucher.refusal(field, Problem::Empty));
        }
        check_digits(&Origin::of(voucher, field), content)?;
    }
    let amount = amount::written(line.amount, &batch.book.currency, DECIMALS, '.')
        .map_err(|problem| voucher.refusal(Field::Amount, problem))?;
    let amount = amount.trim_start_matches('-');
    Ok(if line.amount < 0 {
        format!(" 0 0 0 {account} {vat} {class} {amount}")
    } else {
        format!(" {account} {vat} {class} 0 0 0 {amount}")
    })
}

fn write_units(
    settings: &VismaBusinessSettings,
    voucher: &Voucher,
    line: &VoucherLine,
    file: &mut File,
) -> Result<(), Refusal> {
    for (name, value) in &line.dimensions {
        if !settings.units.contains_key(name) {
            return Err(voucher.refusal(Field::Dimension(name.clone()), Problem::NoPlace(value.clone())));
        }
        check_code(voucher, Field::Dimension(name.clone()), value)?;
    }
    for name in settings.units.keys() {
        let value = line.dimensions.get(name).map_or("", String::as_str);
        file.plain(" ");
        file.quoted(&Origin::of(voucher, Field::Dimension(name.clone())), value)?;
    }
    Ok(())
}

/// The file in the making.
struct File {
    bytes: Vec<u8>,
    encoding: Encoding,
}

impl File {
    fn plain(&mut self, content: &str) {
        self.bytes.extend_from_slice(content.as_bytes());
    }

    fn quoted(&mut self, origin: &Origin<'_>, content: &str) -> Result<(), Refusal> {
        if let Some(mark) = content.chars().find(|letter| letter.is_control() || *letter == '"') {
            return Err(origin.refusal(Problem::Mark { mark }));
        }
        let encoded = self.encoding.encode(&format!("\"{content}\""), &mut self.bytes);
        encoded.map_err(|letter| origin.refusal(Problem::Letter { letter, encoding: self.encoding }))
    }
}
