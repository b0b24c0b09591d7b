//! Writes the report as one table: figures, differences and vouchers, marked by the first column.

use std::io::Write;

use postonce_engine::Ledger;
use postonce_engine::views::{Difference, RunItem};
use postonce_words::Language;

use crate::pages::{each_difference, each_voucher};
use crate::{Report, ReportError};

const HEAD: [&str; 12] = [
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
    let mut row = |cells: [String; 12]| table.write_record(cells).map_err(std::io::Error::other);
    row(HEAD.map(str::to_owned))?;
    let figures = &report.comparison;
    let (ledgers, theirs) = (figures.ledger_vouchers, figures.accounting_vouchers);
    row(figure("vouchers", "", &ledgers.to_string(), &theirs.to_string()))?;
    for sum in &figures.sums {
        row(figure("sum", &sum.currency, &sum.ledger, &sum.accounting))?;
    }
    let counts = [
        ("matched", figures.matched),
        ("waiting", figures.waiting),
        ("reversed", figures.reversed),
        ("differences", figures.differences),
    ];
    for (name, count) in counts {
        row(figure(name, "", &count.to_string(), ""))?;
    }
    let papers = &report.papers;
    if papers.receipts_attached + papers.receipts_missing > 0 {
        row(figure("receipts_attached", "", &papers.receipts_attached.to_string(), ""))?;
        row(figure("receipts_missing", "", &papers.receipts_missing.to_string(), ""))?;
    }
    if let Some(proof) = report.papers.proofs.first() {
        row(figure("audit_entry", "", &proof.entry.to_string(), ""))?;
        row(figure("audit_root", "", &proof.root, ""))?;
        row(figure("audit_rows", "", &proof.rows.to_string(), ""))?;
    }
    each_difference(ledger, report, |difference| Ok(row(of_difference(difference))?)).await?;
    each_voucher(ledger, report, |item| Ok(row(of_voucher(item))?)).await?;
    Ok(table.flush()?)
}

fn figure(name: &str, currency: &str, ledger: &str, accounting: &str) -> [String; 12] {
    let mut cells: [String; 12] = Default::default();
    cells[0] = "summary".to_owned();
    cells[1] = name.to_owned();
    cells[8] = currency.to_owned();
    cells[9] = ledger.to_owned();
    cells[10] = accounting.to_owned();
    cells
}

fn of_difference(difference: &Difference) -> [String; 12] {
    let ours = difference.sides.ledger.as_ref();
    let theirs = &difference.sides.accounting;
    let list = |text: fn(&postonce_engine::domain::FoundVoucher) -> String| {
        theirs.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    [
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
    ]
}

fn of_voucher(item: &RunItem) -> [String; 12] {
    [
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
        String::new(),
        String::new(),
    ]
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
