//! Forgets what old records say of people, because the period for which it is kept has passed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::reason::check_reason;
use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{AuditAct, Ledger, LedgerError, LedgerTx, forget_in_older};
use crate::ports::{Clock, IdSource, Signer};

/// A wish to forget.
#[derive(Debug, Clone)]
pub struct ForgetAsk {
    /// The first day that is kept.
    pub before: NaiveDate,
    /// The person's reason.
    pub reason: String,
    /// The person who asks.
    pub actor: Actor,
}

/// The result of forgetting.
#[derive(Debug, Clone, Default)]
pub struct Forgotten {
    /// The number of records in the ledger.
    pub records: u64,
    /// The number of copies in which the same was done.
    pub copies: u64,
    /// The copies in which it could not be done.
    pub left: Vec<PathBuf>,
}

impl Engine {
    /// Returns how many records would be forgotten.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn due_to_be_forgotten(&self, before: NaiveDate) -> Result<u64, Problem> {
        Ok(self.parts().ledger.read(move |tx| tx.due_to_be_forgotten(before)).await?)
    }

    /// Blanks payees, texts and raw rows of the records from before a day that are exported or set aside, here, in every
    /// copy and in every ledger that was set aside. The trail says so, here and in the copies of this version.
    ///
    /// # Errors
    /// If the reason says nothing, the day is not past, a sync is on, or the ledger cannot be written.
    pub async fn forget(&self, ask: ForgetAsk) -> Result<Forgotten, Problem> {
        let parts = self.parts();
        let reason = check_reason(&ask.reason)?;
        let now = parts.clock.now();
        let today = now.with_timezone(&parts.settings.time_zone).date_naive();
        if ask.before > today {
            return Err(Problem::period_reversed(ask.before, today));
        }
        let _still = self.hold_still()?;
        let act = Forgetting { before: ask.before, reason, actor: ask.actor, now };
        let records = act.run(&parts.ledger).await?;
        let mut forgotten = Forgotten { records, ..Forgotten::default() };
        for copy in Ledger::copies(parts.ledger.path()) {
            let (clock, ids) = (parts.clock.as_ref(), parts.ids.as_ref());
            match act.in_copy(&copy, Arc::clone(&parts.signer), clock, ids).await {
                Ok(()) => forgotten.copies += 1,
                Err(error) => {
                    tracing::warn!(path = %copy.display(), %error, "a copy of the ledger keeps what was to be forgotten");
                    forgotten.left.push(copy);
                }
            }
        }
        Ok(forgotten)
    }
}

/// The act, as it is done in each ledger.
struct Forgetting {
    before: NaiveDate,
    reason: String,
    actor: Actor,
    now: DateTime<Utc>,
}

impl Forgetting {
    async fn run(&self, ledger: &Ledger) -> Result<u64, LedgerError> {
        let (before, now, actor, reason) = (self.before, self.now, self.actor.clone(), self.reason.clone());
        let forget = move |tx: &LedgerTx<'_>| {
            let records = tx.forget(before, now)?;
            let detail = json!({ "forgotten_before": before, "records": records });
            tx.audit(&AuditAct::new(now, &actor, Act::Forgotten).reason(&reason).detail(detail))?;
            Ok(records)
        };
        let records = ledger.write(forget).await?;
        ledger.scrub().await?;
        Ok(records)
    }

    async fn in_copy(
        &self,
        copy: &Path,
        signer: Arc<dyn Signer>,
        clock: &dyn Clock,
        ids: &dyn IdSource,
    ) -> Result<(), LedgerError> {
        if !Ledger::is_current(copy)? {
            return forget_in_older(copy, self.before);
        }
        let opened = Ledger::open(copy, clock, ids)?;
        opened.seal_with(signer);
        self.run(&opened).await?;
        drop(opened);
        Ledger::fold(copy)
    }
}
