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
    let vouchers = count_vouchers(ledger, report).await?;
    let mut document = Document::begin(report, vouchers)?;
    document.begin_differences();
    each_difference(ledger, report, |difference| {
        document.difference(difference);
        Ok(())
    })
    .await?;
    if report.run.is_some() {
        document.begin_vouchers();
        each_voucher(ledger, report, |item| {
            document.voucher(item);
            Ok(())
        })
        .await?;
    }
    out.write_all(&document.finish()?)?;
    Ok(out.flush()?)
}

/// Counts the rows of the list of vouchers beforehand: the foot of each page says how many pages there are.
async fn count_vouchers(ledger: &Ledger, report: &Report) -> Result<u64, ReportError> {
    let mut vouchers = 0;
    each_voucher(ledger, report, |_| {
        vouchers += 1;
        Ok(())
    })
    .await?;
    Ok(vouchers)
}
