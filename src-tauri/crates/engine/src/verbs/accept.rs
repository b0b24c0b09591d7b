//! Keeps a person's word that a record may stay as it is.

use crate::domain::Actor;
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::Accepting;
use crate::verbs::reason::check_reason;

impl Engine {
    /// Keeps a person's word that a record may stay as it is, although it changed after export or its voucher is not
    /// there as it was. It holds for what is known now: another change, or another finding, waits for a person again.
    ///
    /// # Errors
    /// If the reason is too short, there is no such record, there is nothing to accept about it, or the ledger cannot
    /// be written.
    pub async fn accept(&self, record_id: &str, reason: &str, actor: &Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let (id, actor, now) = (record_id.to_owned(), actor.clone(), self.parts().clock.now());
        let act = move |tx: &crate::ledger::LedgerTx<'_>| tx.accept(&id, &reason, &actor, now);
        match self.parts().ledger.write(act).await? {
            Accepting::Accepted => Ok(()),
            Accepting::Nothing => Err(Problem::nothing_to_accept(record_id)),
            Accepting::NoRecord => Err(Problem::record_not_found(record_id)),
        }
    }
}
