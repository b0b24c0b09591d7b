//! Writes the report as pages: PDF/A-2u, so that it can be read and searched as long as it must be kept.

mod document;
mod face;
mod front;
mod layout;
mod sheet;
mod tables;

use std::io::Write;

use postonce_engine::Ledger;

use crate::pages::{each_difference, each_voucher};
use crate::{Report, ReportError};
use document::Document;

pub(crate) async fn write(ledger: &Ledger, report: &Report, out: &mut dyn Write) -> Result<(), ReportError> {
    let rows = count_voucher_rows(ledger, report).await?;
    let mut document = Document::begin(report, rows)?;
    document.begin_differences();
    each_difference(ledger, report, |difference| {
        document.difference(difference);
        Ok(())
    })
    .await?;
    if report.run.is_some() {
        document.begin_vouchers();
        each_voucher(ledger, report, |posted| {
            document.voucher(posted);
            Ok(())
        })
        .await?;
    }
    out.write_all(&document.finish()?)?;
    Ok(out.flush()?)
}

/// Counts the rows of the list of vouchers beforehand: the foot of each page says how many pages there are.
async fn count_voucher_rows(ledger: &Ledger, report: &Report) -> Result<u64, ReportError> {
    let mut rows = 0;
    each_voucher(ledger, report, |posted| {
        rows += 1 + posted.voucher.as_ref().map_or(0, |voucher| voucher.lines.len() as u64);
        Ok(())
    })
    .await?;
    Ok(rows)
}
