//! Keeps a person's word on what was asked before anything was sent, and on what left the source.

use crate::domain::{Actor, Topic};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::LedgerTx;
use crate::verbs::reason::check_reason;

impl Engine {
    /// Answers the question of a topic with a person's word: the next sync goes on. It holds for exactly what was
    /// asked; another change is asked about again.
    ///
    /// # Errors
    /// If the reason is too short, nothing of the topic is asked, or the ledger cannot be written.
    pub async fn confirm(&self, topic: Topic, reason: &str, actor: &Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let (actor, now) = (actor.clone(), self.parts().clock.now());
        let act = move |tx: &LedgerTx<'_>| tx.answer_question(topic, &reason, &actor, now);
        match self.parts().ledger.write(act).await? {
            true => Ok(()),
            false => Err(Problem::nothing_to_confirm(topic)),
        }
    }

    /// Keeps a person's word that a record is an expense of its own, although its id is another writing of an exported
    /// one's: the next sync sends it.
    ///
    /// # Errors
    /// If the reason is too short, the record is not held for that, or the ledger cannot be written.
    pub async fn confirm_record(&self, record_id: &str, reason: &str, actor: &Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let (id, actor, now) = (record_id.to_owned(), actor.clone(), self.parts().clock.now());
        let act = move |tx: &LedgerTx<'_>| tx.release_look_alike(&id, &reason, &actor, now);
        match self.parts().ledger.write(act).await? {
            true => Ok(()),
            false => Err(Problem::nothing_to_confirm(record_id)),
        }
    }

    /// Sets aside what left the source before it was exported, all of these or none: it stays unexported until it
    /// returns.
    ///
    /// # Errors
    /// If the reason is too short, one of them is not on the list, or the ledger cannot be written.
    pub async fn set_aside(&self, record_ids: &[String], reason: &str, actor: &Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let (ids, actor, now) = (record_ids.to_owned(), actor.clone(), self.parts().clock.now());
        let act = move |tx: &LedgerTx<'_>| {
            for id in &ids {
                if !tx.left_source(id)? {
                    return Ok(Some(id.clone()));
                }
            }
            for id in &ids {
                tx.set_aside(id, &reason, &actor, now)?;
            }
            Ok(None)
        };
        match self.parts().ledger.write(act).await? {
            None => Ok(()),
            Some(id) => Err(Problem::nothing_to_set_aside(id)),
        }
    }
}
