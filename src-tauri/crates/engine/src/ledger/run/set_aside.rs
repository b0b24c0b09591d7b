//! Keeps a person's word that what left the source before it was exported stays unexported.
//!
//! Invariant: it holds for as long as it stays away: what returns, and leaves again, is listed again.

use chrono::{DateTime, Utc};
use rusqlite::named_params;
use serde_json::json;

use crate::domain::{Act, Actor, Generation};
use crate::ledger::values::stamp;
use crate::ledger::{AuditAct, LedgerError, LedgerTx};

impl LedgerTx<'_> {
    /// Says whether something left the source under this id before it was exported, and nobody has set it aside.
    pub(crate) fn left_source(&self, record_id: &str) -> Result<bool, LedgerError> {
        Ok(self.last_seen_of_left(record_id)?.is_some())
    }

    fn last_seen_of_left(&self, record_id: &str) -> Result<Option<i64>, LedgerError> {
        let asked = named_params! { ":record": record_id };
        self.row(include_str!("left_source.sql"), asked, |row| self.get(row, "reading_id"))
    }

    /// Sets aside what left the source under this id, with its audit entry; returns `false` if nothing did. `reason` is
    /// trimmed, and long enough.
    pub(crate) fn set_aside(
        &self,
        record_id: &str,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let Some(reading) = self.last_seen_of_left(record_id)? else { return Ok(false) };
        self.execute(
            "INSERT INTO set_aside (record_id, reading_id, reason, actor_user, actor_host, set_aside_at)
             VALUES (:record, :reading, :reason, :user, :host, :now)",
            named_params! {
                ":record": record_id, ":reading": reading, ":reason": reason, ":user": actor.user,
                ":host": actor.host, ":now": stamp(now),
            },
        )?;
        let act = AuditAct::new(now, actor, Act::SetAside).record(record_id, Generation::FIRST).reason(reason);
        self.audit(&act.detail(json!({})))?;
        Ok(true)
    }
}
