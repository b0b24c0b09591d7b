//! SIE 4i, by which Swedish systems take vouchers.
//!
//! Facts, from the [SIE association](https://sie.se/format/) (“SIE filformat, version 4B”), read in November 2026:
//!
//! - A file is lines of fields; a line begins with a label. `#FLAGGA 0`, `#PROGRAM`, `#FORMAT PC8`, `#GEN`,
//!   `#SIETYP 4` and `#FNAMN` come before `#VER series number date text`. Its lines stand in braces of their own line:
//!   `#TRANS account {dimension object …} amount date text`.
//! - The encoding is IBM code page 437, whatever the system. Control characters are not allowed.
//! - A field with a space has quotes; a quote in it has `\` in front. Of `\` itself nothing is said, and readers
//!   differ: it becomes `/` in a text, and is refused in a reference or a code.
//! - Amounts have a point and two decimals at most, credit is negative. Dates are `YYYYMMDD`. Dimension 1 is the cost
//!   centre, 6 the project. There is no field for VAT codes or sub-ledgers: the accounts say both.
//!
//! The reference stands in the text of the voucher and in that of each line. Nothing is said of a longest text; 255 is
//! taken.

use std::collections::BTreeMap;

use super::batch::Batch;
use super::rows::Origin;
use crate::amount;
use crate::letters::Encoding;
use crate::refusal::{Field, Problem, Refusal};
use crate::text::{Manners, Narrator, check_reference, short};
use crate::voucher::{Voucher, VoucherLine};

/// The settings of SIE.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SieSettings {
    /// The series of the vouchers.
    pub series: String,
    /// The number of each dimension, by its name.
    pub dimensions: BTreeMap<String, u32>,
}

impl Default for SieSettings {
    fn default() -> Self {
        Self { series: "P".into(), dimensions: BTreeMap::new() }
    }
}

pub(super) const ENCODING: Encoding = Encoding::Cp437;
const DECIMALS: u8 = 2;
pub(super) const TEXT_MAX: usize = 255;
const MANNERS: Manners = Manners { unwritable: &[('\\', '/')], is_table: false };

pub(super) fn render(batch: &Batch<'_>, settings: &SieSettings) -> Result<Vec<u8>, Refusal> {
    let narrator = Narrator::new(batch.vouchers, &MANNERS, TEXT_MAX);
    let mut lines = Lines::default();
    head(batch, &mut lines)?;
    for voucher in batch.vouchers {
        check_reference(voucher, &MANNERS)?;
        let date = voucher.date.format("%Y%m%d").to_string();
        let text = narrator.narration(voucher, &VoucherLine::default())?;
        lines.label("#VER");
        lines.quoted(&Origin::setting("series"), &settings.series)?;
        lines.plain(&voucher.number.to_string());
        lines.plain(&date);
        lines.quoted(&Origin::of(voucher, Field::Text), &text)?;
        lines.end();
        lines.label("{");
        lines.end();
        for line in &voucher.lines {
            transaction(batch, settings, voucher, line, &mut lines)?;
            lines.plain(&date);
            lines.quoted(&Origin::of(voucher, Field::Text), &narrator.narration(voucher, line)?)?;
            lines.end();
        }
        lines.label("}");
        lines.end();
    }
    Ok(lines.bytes)
}

fn head(batch: &Batch<'_>, lines: &mut Lines) -> Result<(), Refusal> {
    let book = batch.book;
    let day = |date: chrono::NaiveDate| date.format("%Y%m%d").to_string();
    let company = short(&book.company_name, TEXT_MAX, &MANNERS);
    lines.label("#FLAGGA");
    lines.plain("0");
    lines.end();
    lines.label("#PROGRAM");
    lines.quoted(&Origin::setting("program"), &book.program)?;
    lines.quoted(&Origin::setting("version"), &book.version)?;
    lines.end();
    for (label, content) in
        [("#FORMAT", "PC8".to_owned()), ("#GEN", day(book.made_at.date())), ("#SIETYP", "4".to_owned())]
    {
        lines.label(label);
        lines.plain(&content);
        lines.end();
    }
    if let Some(number) = &book.organisation_number {
        lines.label("#ORGNR");
        lines.quoted(&Origin::setting("organisation_number"), number)?;
        lines.end();
    }
    lines.label("#FNAMN");
    lines.quoted(&Origin::setting("company_name"), &company)?;
    lines.end();
    lines.label("#RAR");
    lines.plain("0");
    lines.plain(&day(batch.year.begins));
    lines.plain(&day(batch.year.ends));
    lines.end();
    lines.label("#VALUTA");
    lines.plain(&book.currency.code);
    lines.end();
    Ok(())
}

/// Writes a line up to its amount.
fn transaction(
    batch: &Batch<'_>,
    settings: &SieSettings,
    voucher: &Voucher,
    line: &VoucherLine,
    lines: &mut Lines,
) -> Result<(), Refusal> {
    if let Some(code) = &line.vat_code {
        return Err(voucher.refusal(Field::VatCode, Problem::NoPlace(code.clone())));
    }
    if line.sub_ledger.is_some() {
        return Err(voucher.refusal(Field::SubLedger, Problem::NoPlace(line.account.clone())));
    }
    let account = Origin::of(voucher, Field::Account);
    super::rows::check_digits(&account, &line.account)?;
    lines.label("#TRANS");
    lines.plain(&line.account);
    lines.open_list();
    for (name, value) in &line.dimensions {
        let origin = Origin::of(voucher, Field::Dimension(name.clone()));
        let number = settings.dimensions.get(name).ok_or_else(|| origin.refusal(Problem::NoPlace(value.clone())))?;
        lines.quoted(&origin, &number.to_string())?;
        lines.quoted(&origin, value)?;
    }
    lines.close_list();
    let amount = amount::written(line.amount, &batch.book.currency, DECIMALS, '.');
    lines.plain(&amount.map_err(|problem| voucher.refusal(Field::Amount, problem))?);
    Ok(())
}

/// The lines of a file in the making.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
}

impl Lines {
    fn label(&mut self, label: &str) {
        self.bytes.extend_from_slice(label.as_bytes());
    }

    /// Appends a field of digits, signs and letters that need no quotes.
    fn plain(&mut self, content: &str) {
        self.separate();
        self.bytes.extend_from_slice(content.as_bytes());
    }

    fn quoted(&mut self, origin: &Origin<'_>, content: &str) -> Result<(), Refusal> {
        if let Some(mark) = content.chars().find(|letter| letter.is_control() || *letter == '\\') {
            return Err(origin.refusal(Problem::Mark { mark }));
        }
        self.separate();
        let quoted = format!("\"{}\"", content.replace('"', "\\\""));
        let encoded = ENCODING.encode(&quoted, &mut self.bytes);
        encoded.map_err(|letter| origin.refusal(Problem::Letter { letter, encoding: ENCODING }))
    }

    fn open_list(&mut self) {
        self.bytes.extend_from_slice(b" {");
    }

    fn close_list(&mut self) {
        self.bytes.push(b'}');
    }

    fn separate(&mut self) {
        if !self.bytes.ends_with(b"{") {
            self.bytes.push(b' ');
        }
    }

    fn end(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
    }
}
