//! Observes the source, page by page, into the ledger. It reads ahead by one page while the last one is written.

use chrono::Utc;

use super::identity::{Asks, check_ids, check_lost};
use super::progress::Reporter;
use crate::calls::RunError;
use crate::ledger::{Ledger, Reading};
use crate::ports::{Clock, Source};

/// Reads the whole source; records outside the period are observed too, so that the counts show what waits.
///
/// A source that breaks off ends the run before anything is sent: half a source is no source.
pub(crate) async fn observe(
    source: &dyn Source,
    ledger: &Ledger,
    clock: &dyn Clock,
    mut reporter: Option<&mut Reporter>,
    asks: Asks,
) -> Result<Reading, RunError> {
    let mut pages = source.open().await?;
    let now = clock.now();
    let reading = ledger.write(move |tx| tx.begin_reading(now)).await?;
    let mut next = pages.next().await?;
    while let Some(page) = next {
        let rows = page.len() as u64;
        let now: chrono::DateTime<Utc> = clock.now();
        let written = ledger.write(move |tx| page.iter().try_for_each(|row| tx.observe(reading, row, now)));
        let (written, following) = tokio::join!(written, pages.next());
        written?;
        next = following?;
        if let Some(reporter) = reporter.as_deref_mut() {
            reporter.advance(rows);
        }
    }
    if asks == Asks::Everything {
        check_lost(ledger, clock, reading).await.map_err(RunError::Problem)?;
        check_ids(ledger, clock, reading).await.map_err(RunError::Problem)?;
    }
    let now = clock.now();
    ledger.write(move |tx| tx.finish_reading(reading, now)).await?;
    Ok(reading)
}
