//! The certificate of a run: its own vouchers, looked up once more when it is over.

use tokio_util::sync::CancellationToken;

use super::both_ways::Comparing;
use super::call::CompareError;
use crate::domain::{Actor, Period, RunId};
use crate::export::Parts;
use crate::lock::Permit;
use crate::ports::{Connection, LOOK_UP_MAX};
use crate::views::Comparison;

/// The run whose certificate it is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfRun<'a> {
    /// Its number in this ledger.
    pub(crate) number: i64,
    pub(crate) run_id: &'a RunId,
    /// The days it was about.
    pub(crate) period: Period,
}

/// Looks up each voucher that a run posted, and keeps the result as the run's certificate. It says nothing of vouchers
/// that the run did not post; [`crate::export::Engine::compare`] does.
pub(crate) async fn certificate(
    parts: &Parts,
    connection: &Connection,
    permit: &Permit,
    of: OfRun<'_>,
    actor: &Actor,
    stop: &CancellationToken,
) -> Result<Comparison, CompareError> {
    let mut comparing = Comparing::begin(parts, connection, permit, of.period, actor, stop).await?;
    let mut after = 0;
    loop {
        let (run, from) = (of.number, after);
        let page = parts.ledger.read(move |book| book.posted_by(run, from, LOOK_UP_MAX)).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        comparing.judge_page(page).await?;
    }
    comparing.finish(Some(of)).await
}
