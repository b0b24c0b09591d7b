//! Reads how the ledger began: its first entry, and the ledgers in whose place it was made.

use rusqlite::named_params;
use serde::{Deserialize, Serialize};

use crate::domain::{Act, Actor};
use crate::ledger::{LedgerError, LedgerTx};
use crate::ports::Signature;

/// A ledger in whose place another was made, as the new one's `rebuilt` entry names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedLedger {
    /// Its own id.
    pub ledger_id: String,
    /// The number of its audit entries.
    pub entries: u64,
    /// The hash of the newest, 64 hexadecimal digits.
    pub head: String,
    /// The signature of its newest seal, if that is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The key of that signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// The time and person of the first entry, and the number and detail of each `rebuilt` entry.
type Beginning = (Option<String>, Option<Actor>, Vec<(i64, String)>);

impl LedgerTx<'_> {
    /// Returns how the ledger began.
    pub(crate) fn beginning(&self) -> Result<Beginning, LedgerError> {
        let first = self.row("SELECT at, actor_user, actor_host FROM audit ORDER BY entry LIMIT 1", [], |row| {
            let text = |column| Ok::<_, LedgerError>(self.stored_value(row, column)?.shown().unwrap_or_default());
            Ok((text("at")?, Actor { user: text("actor_user")?, host: text("actor_host")? }))
        })?;
        let rebuilt = self.rows(
            "SELECT entry, detail FROM audit WHERE act = :act ORDER BY entry",
            named_params! { ":act": Act::Rebuilt.as_str() },
            |row| Ok((self.get(row, "entry")?, self.stored_value(row, "detail")?.shown().unwrap_or_default())),
        )?;
        let (at, by) = first.unzip();
        Ok((at, by, rebuilt))
    }

    /// Returns this ledger as a later one names it.
    pub(crate) fn as_replaced(&self) -> Result<ReplacedLedger, LedgerError> {
        let tip = self.audit_tip()?;
        let seal = self.newest_audit_head()?.filter(|head| u64::try_from(head.entries) == Ok(tip.entries));
        let (seal, public_key) = seal
            .and_then(|head| head.signature)
            .map(|Signature { public_key, signature }| (signature, public_key))
            .unzip();
        let (ledger_id, head) = (self.ledger_id()?, tip.head.to_string());
        Ok(ReplacedLedger { ledger_id, entries: tip.entries, head, seal, public_key })
    }
}
