//! Reads the ledger's rows for a report, page by page.

use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::views::{Difference, RunVoucher};

use crate::{Report, ReportError};

/// The number of rows read at once.
const PAGE_ROWS: u32 = 1_000;

/// Reads each difference, in order.
pub(crate) async fn each_difference<F>(ledger: &Ledger, report: &Report, mut act: F) -> Result<(), ReportError>
where
    F: FnMut(&Difference) -> Result<(), ReportError>,
{
    let mut after = 0;
    loop {
        let page = ledger.differences(report.comparison.comparison_id, after, PAGE_ROWS).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        page.iter().try_for_each(&mut act)?;
    }
}

/// Reads each voucher that the run posted, in the order of its rows; none for a report that is about no run.
pub(crate) async fn each_voucher<F>(ledger: &Ledger, report: &Report, mut act: F) -> Result<(), ReportError>
where
    F: FnMut(&RunVoucher) -> Result<(), ReportError>,
{
    let Some(run) = run(report) else { return Ok(()) };
    let mut after = 0;
    loop {
        let page = ledger.run_vouchers(run, after, PAGE_ROWS).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.item.position;
        page.iter().try_for_each(&mut act)?;
    }
}

fn run(report: &Report) -> Option<&RunId> {
    report.run.as_ref().map(|run| &run.run_id)
}
