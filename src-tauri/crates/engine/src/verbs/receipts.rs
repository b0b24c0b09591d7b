//! Lists the receipts that are missing on vouchers, and sets them aside by a person's word.

use crate::domain::Actor;
use crate::engine::Engine;
use crate::error::Problem;
use crate::verbs::reason::check_reason;
use crate::views::MissingReceipt;

impl Engine {
    /// Returns the receipts that are missing on vouchers in the books, oldest first: 1,000 at most.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn missing_receipts(&self) -> Result<Vec<MissingReceipt>, Problem> {
        Ok(self.parts().ledger.missing_receipts(self.nobody_sends()).await?)
    }

    /// Decides that the vouchers of a record stay without the receipts that are missing there; returns their names. The
    /// decision and its audit entry are written together.
    ///
    /// # Errors
    /// If the reason is too short, no receipt of the record is missing, or the ledger cannot be written.
    pub async fn set_receipts_aside(
        &self,
        record_id: &str,
        reason: &str,
        actor: &Actor,
    ) -> Result<Vec<String>, Problem> {
        let reason = check_reason(reason)?;
        let (id, actor, now) = (record_id.to_owned(), actor.clone(), self.parts().clock.now());
        let written = self.parts().ledger.write(move |tx| tx.set_receipts_aside(&id, &reason, &actor, now));
        let names = written.await?;
        if names.is_empty() { Err(Problem::no_receipt_missing(record_id)) } else { Ok(names) }
    }
}
