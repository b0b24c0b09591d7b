//! Writes the report as one table: figures, differences and vouchers, marked by the first column.

use std::io::Write;

use postonce_engine::Ledger;
use postonce_engine::views::{Difference, RunVoucher, VoucherLine};
use postonce_words::Language;

use crate::pages::{each_difference, each_voucher};
use crate::{Report, ReportError};

/// The number of columns.
const COLUMNS: usize = 18;

type Row = [String; COLUMNS];

/// The last ones belong to the lines of vouchers.
const HEAD: [&str; COLUMNS] = [
    "section",
    "name",
    "record_id",
    "generation",
    "reference",
    "voucher_id",
    "voucher_number",
    "date",
    "currency",
    "ledger",
    "accounting",
    "accounting_state",
    "account",
    "debit",
    "credit",
    "vat_code",
    "dimensions",
    "party",
];

/// Returns the character that ends a cell for a spreadsheet in that language.
pub(crate) fn delimiter(language: Language) -> u8 {
    match language {
        Language::English => b',',
        Language::Bokmal => b';',
    }
}

pub(crate) async fn write(ledger: &Ledger, report: &Report, out: &mut dyn Write) -> Result<(), ReportError> {
    // A spreadsheet takes the file for its own old character set without this mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().delimiter(delimiter(report.language)).from_writer(out);
    let mut write = |cells: Row| table.write_record(cells).map_err(std::io::Error::other);
    write(HEAD.map(str::to_owned))?;
    let figures = &report.comparison;
    let (ledgers, theirs) = (figures.ledger_vouchers, figures.accounting_vouchers);
    write(figure("vouchers", "", &ledgers.to_string(), &theirs.to_string()))?;
    for sum in &figures.sums {
        write(figure("sum", &sum.currency, &sum.ledger, &sum.accounting))?;
    }
    let counts = [
        ("matched", figures.matched),
        ("waiting", figures.waiting),
        ("reversed", figures.reversed),
        ("differences", figures.differences),
    ];
    for (name, count) in counts {
        write(figure(name, "", &count.to_string(), ""))?;
    }
    let papers = &report.papers;
    if papers.receipts_attached + papers.receipts_missing > 0 {
        write(figure("receipts_attached", "", &papers.receipts_attached.to_string(), ""))?;
        write(figure("receipts_missing", "", &papers.receipts_missing.to_string(), ""))?;
    }
    if let Some(proof) = report.papers.proofs.first() {
        write(figure("audit_entry", "", &proof.entry.to_string(), ""))?;
        write(figure("audit_root", "", &proof.root, ""))?;
        write(figure("audit_rows", "", &proof.rows.to_string(), ""))?;
    }
    each_difference(ledger, report, |difference| Ok(write(of_difference(difference))?)).await?;
    each_voucher(ledger, report, |posted| {
        write(of_voucher(posted))?;
        let lines = posted.voucher.iter().flat_map(|voucher| &voucher.lines);
        lines.into_iter().try_for_each(|line| Ok(write(of_line(posted, line))?))
    })
    .await?;
    Ok(table.flush()?)
}

fn figure(name: &str, currency: &str, ledger: &str, accounting: &str) -> Row {
    let mut cells: Row = Default::default();
    cells[0] = "summary".to_owned();
    cells[1] = name.to_owned();
    cells[8] = currency.to_owned();
    cells[9] = ledger.to_owned();
    cells[10] = accounting.to_owned();
    cells
}

fn of_difference(difference: &Difference) -> Row {
    let ours = difference.sides.ledger.as_ref();
    let theirs = &difference.sides.accounting;
    let list = |text: fn(&postonce_engine::domain::FoundVoucher) -> String| {
        theirs.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    row([
        "difference".to_owned(),
        difference.kind.as_str().to_owned(),
        harmless(difference.record_id.as_deref()),
        difference.generation.map(|generation| generation.number().to_string()).unwrap_or_default(),
        harmless(Some(&difference.reference)),
        harmless(difference.voucher_id.as_deref()),
        harmless(ours.and_then(|side| side.voucher_number.as_deref())),
        ours.map(|side| side.date.to_string()).unwrap_or_else(|| list(|voucher| voucher.date.to_string())),
        harmless(Some(&ours.map_or_else(|| list(|voucher| voucher.currency.clone()), |side| side.currency.clone()))),
        ours.map(|side| side.amount.clone()).unwrap_or_default(),
        number(&list(|voucher| voucher.total.clone())),
        harmless(Some(&list(|voucher| {
            let state = serde_json::to_value(voucher.state).unwrap_or_default();
            format!("{}:{}", voucher.acknowledgement.voucher_id, state.as_str().unwrap_or_default())
        }))),
    ])
}

fn of_voucher(posted: &RunVoucher) -> Row {
    let item = &posted.item;
    row([
        "voucher".to_owned(),
        "posted".to_owned(),
        harmless(item.record_id.as_deref()),
        item.generation.map(|generation| generation.number().to_string()).unwrap_or_default(),
        harmless(item.reference.as_deref()),
        harmless(item.voucher_id.as_deref()),
        harmless(item.voucher_number.as_deref()),
        item.date.map(|date| date.to_string()).unwrap_or_default(),
        item.amount.as_ref().map(|sum| sum.currency.clone()).unwrap_or_default(),
        item.amount.as_ref().map(|sum| sum.amount.clone()).unwrap_or_default(),
    ])
}

/// Returns a line of a voucher below the row of the voucher, with the same keys.
fn of_line(posted: &RunVoucher, line: &VoucherLine) -> Row {
    let mut cells = of_voucher(posted);
    let dimensions = line.dimensions.iter().map(|(name, value)| format!("{name}: {value}"));
    cells[0] = "voucher_line".to_owned();
    cells[9] = String::new();
    let of_line = [
        harmless(Some(&line.account)),
        line.debit.clone().unwrap_or_default(),
        line.credit.clone().unwrap_or_default(),
        harmless(line.vat_code.as_deref()),
        harmless(Some(&dimensions.collect::<Vec<_>>().join(", "))),
        harmless(line.party.as_deref()),
    ];
    for (cell, text) in cells[COLUMNS - of_line.len()..].iter_mut().zip(of_line) {
        *cell = text;
    }
    cells
}

/// Returns a row that begins with these cells; the others are empty.
fn row<const CELLS: usize>(first: [String; CELLS]) -> Row {
    let mut cells: Row = Default::default();
    for (cell, text) in cells.iter_mut().zip(first) {
        *cell = text;
    }
    cells
}

/// Returns an amount from outside. A negative one is a number; what is none is a text like any other.
fn number(text: &str) -> String {
    if text.parse::<rust_decimal::Decimal>().is_ok() { text.to_owned() } else { harmless(Some(text)) }
}

/// The signs with which a spreadsheet begins a formula; some take the wide ones of East Asian keyboards for them.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Returns a text from outside so that no spreadsheet takes it for a formula.
pub(crate) fn harmless(text: Option<&str>) -> String {
    match text {
        Some(text) if text.trim_start().starts_with(FORMULA) || text.starts_with(['\t', '\r', '\n']) => {
            format!("'{text}")
        }
        Some(text) => text.to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use postonce_engine::domain::{
        Acknowledgement, DifferenceKind, FoundVoucher, Reference, ShownContent, VoucherState,
    };
    use postonce_engine::views::Sides;

    use super::*;

    #[test]
    fn text_from_outside_is_never_a_formula() {
        for text in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u{a0}=1", "＝1", "＋1", "－1", "＠1"]
        {
            assert_eq!(harmless(Some(text)), format!("'{text}"));
        }
        assert_eq!(harmless(Some("PM-1")), "PM-1");
        assert_eq!(["-12.50", "-1+cmd", "-1 -2"].map(number), ["-12.50", "'-1+cmd", "'-1 -2"]);
    }

    #[test]
    fn difference_has_no_formula_in_any_cell() {
        let evil = "=cmd|' /C calc'!A0";
        let voucher = FoundVoucher {
            reference: Reference::from_stored("hlf:PM-1"),
            acknowledgement: Acknowledgement { voucher_id: evil.into(), number: Some(evil.into()) },
            date: chrono::NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day"),
            currency: evil.into(),
            total: evil.into(),
            created_at: chrono::DateTime::UNIX_EPOCH,
            created_by: None,
            state: VoucherState::Posted,
            reversed_by: None,
            reverses: None,
            shown: ShownContent::default(),
            differs: Vec::new(),
        };
        let cells = of_difference(&Difference {
            position: 1,
            kind: DifferenceKind::UnknownToLedger,
            record_id: Some(evil.into()),
            generation: None,
            reference: evil.into(),
            voucher_id: Some(evil.into()),
            sides: Sides { accounting: vec![voucher], ..Sides::default() },
        });
        assert!(cells.iter().all(|cell| !cell.starts_with('=')), "{cells:?}");
        assert!(cells[11].starts_with("'="), "{cells:?}");
    }
}
