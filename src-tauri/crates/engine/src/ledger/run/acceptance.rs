//! Keeps a person's word that a record may stay as it is, although it changed after export or its voucher is not there
//! as it was.
//!
//! Invariant: it holds for what was to be seen when it was given: for that content, or that alarm, alone.

use chrono::{DateTime, Utc};
use rusqlite::named_params;
use serde_json::json;

use crate::domain::{Act, Actor, AlarmKind, Generation};
use crate::ledger::values::{instant, stamp, word};
use crate::ledger::{AuditAct, LedgerError, LedgerTx};
use crate::views::{Acceptance, RecordState};

/// The result of accepting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepting {
    /// The word is kept; the record no longer waits for that.
    Accepted,
    /// The record is neither changed nor vanished.
    Nothing,
    /// There is no such record.
    NoRecord,
}

/// The content or alarm that can be accepted.
struct ToAccept {
    state: RecordState,
    attempt: i64,
    generation: Generation,
    voucher: Option<String>,
    content_hash: Vec<u8>,
    is_changed: bool,
}

impl LedgerTx<'_> {
    /// Keeps a person's word on a record that vanished or else changed, with its audit entry. `reason` is trimmed, and
    /// long enough.
    pub(crate) fn accept(
        &self,
        record_id: &str,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Accepting, LedgerError> {
        let found = self.row(include_str!("to_accept.sql"), named_params! { ":record": record_id }, |row| {
            let state: String = self.get(row, "state")?;
            let state = word("record_state.state", &state, RecordState::from_text)?;
            if !matches!(state, RecordState::Vanished | RecordState::Changed) {
                return Ok(None);
            }
            Ok(Some(ToAccept {
                state,
                attempt: self.get(row, "guard_attempt")?,
                generation: self.generation(row)?,
                voucher: self.get(row, "voucher_id")?,
                content_hash: self.get(row, "content_hash")?,
                is_changed: self.get::<Option<bool>>(row, "is_changed")?.unwrap_or_default(),
            }))
        })?;
        let ToAccept { state, attempt, generation, voucher, content_hash, is_changed } = match found {
            None => return Ok(Accepting::NoRecord),
            Some(None) => return Ok(Accepting::Nothing),
            Some(Some(found)) => found,
        };
        // A record is shown with all its alarms as one, and its content beside them.
        let alarms = if state == RecordState::Vanished { self.open_alarms(record_id)? } else { Vec::new() };
        let content = is_changed.then_some((Some(content_hash), None));
        for (content_hash, alarm) in alarms.iter().map(|alarm| (None, Some(*alarm))).chain(content) {
            self.execute(
                include_str!("accept.sql"),
                named_params! {
                    ":record": record_id, ":attempt": attempt, ":content": content_hash, ":alarm": alarm,
                    ":reason": reason, ":user": actor.user, ":host": actor.host, ":now": stamp(now),
                },
            )?;
        }
        for alarm in alarms {
            self.execute_one(
                "alarm",
                "UPDATE alarm SET cleared_at = :now, cleared_by = 'accepted'
                 WHERE alarm_id = :alarm AND cleared_at IS NULL",
                named_params! { ":now": stamp(now), ":alarm": alarm },
            )?;
        }
        let act = AuditAct::new(now, actor, Act::Accepted)
            .record(record_id, generation)
            .voucher(voucher.as_deref())
            .reason(reason)
            .detail(json!({ "accepted": state.as_str() }));
        self.audit(&act)?;
        Ok(Accepting::Accepted)
    }

    /// Returns the acceptances of a record, oldest first.
    pub(in crate::ledger) fn acceptances(&self, record_id: &str) -> Result<Vec<Acceptance>, LedgerError> {
        self.rows(include_str!("acceptances.sql"), named_params! { ":record": record_id }, |row| {
            let kind: Option<String> = self.get(row, "kind")?;
            Ok(Acceptance {
                alarm: kind.map(|kind| word("alarm.kind", &kind, AlarmKind::from_text)).transpose()?,
                reason: self.get(row, "reason")?,
                actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
                at: instant("acceptance.accepted_at", &self.get::<String>(row, "accepted_at")?)?,
            })
        })
    }
}
