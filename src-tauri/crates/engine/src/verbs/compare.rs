//! Holds the engine's verb `compare`, as its faces see it.

use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::calls::{Caller, Patience};
use crate::compare::{CompareProgress, Examiner, compare};
use crate::domain::{Actor, Period};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ports::LockProgress;
use crate::views::{Comparison, LockFacts};

/// A wish to compare.
#[derive(Debug, Clone)]
pub struct CompareAsk {
    /// The period to compare.
    pub period: Period,
    /// The person who asks.
    pub actor: Actor,
}

/// The end of a comparison. With neither result nor error, a person stopped it.
#[derive(Debug, Clone, Default)]
pub struct CompareEnd {
    /// The result.
    pub comparison: Option<Comparison>,
    /// The problem, if there was one.
    pub error: Option<Problem>,
    /// The holder of the lock, if it was refused.
    pub lock: Option<LockFacts>,
}

impl Engine {
    /// Compares the ledger with the accounting system, both ways, for a period; nobody syncs meanwhile. Nothing is
    /// sent. `show` receives the progress; `stop` ends it between two calls.
    pub async fn compare(
        &self,
        ask: CompareAsk,
        show: impl Fn(CompareProgress) + Send + Sync,
        stop: CancellationToken,
    ) -> CompareEnd {
        let (news, progress) = tokio::sync::watch::channel(LockProgress::default());
        let locks = match self.enter(&ask.actor, "compare", progress, &stop).await {
            Ok(locks) => locks,
            Err(end) => return CompareEnd { error: end.error, lock: end.lock, ..CompareEnd::default() },
        };
        let show = |progress: CompareProgress| {
            let total = progress.total.unwrap_or_default();
            news.send_replace(LockProgress { processed: progress.processed, total });
            show(progress);
        };
        let (connection, permit) = (&locks.connection, &locks.permit);
        let parts = self.parts();
        let caller = &Caller::new(parts.accounting.clone(), parts.clock.clone(), stop.clone(), Patience::RUN);
        let examiner = Examiner { parts, connection, permit, actor: &ask.actor, caller };
        let compared = compare(examiner, ask.period, &show).await;
        // The entries since the last run are left with the accounting side, too.
        if let Err(problem) = audit::seal(parts, permit, &ask.actor).await {
            tracing::warn!(%problem, "the audit head was not left with the accounting system");
        }
        self.leave(locks).await;
        match compared {
            Ok(comparison) => CompareEnd { comparison: Some(comparison), ..CompareEnd::default() },
            Err(error) => CompareEnd { error: error.problem(), ..CompareEnd::default() },
        }
    }
}
