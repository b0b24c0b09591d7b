//! Takes the lock from its holder on a person's word. The former holder may live, and not know it for as long as its
//! lease lives without renewal; requests that it has in flight stay as they are. The next run, which sees a fence between
//! its own that is not its own, waits until the last of them can no longer arrive, and looks them up before it sends.

use serde_json::json;

use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::AuditAct;
use crate::parts::Parts;
use crate::verbs::reason::check_reason;
use crate::views::LockFacts;

/// A wish to take the lock from its holder.
#[derive(Debug, Clone)]
pub struct BreakAsk {
    /// The holder's name or user id, typed again.
    pub confirm: String,
    /// The person's reason.
    pub reason: String,
    /// The person who asks.
    pub actor: Actor,
}

impl Engine {
    /// Takes the lock from its holder, and from nobody else; returns the lock as it was. The reason stands in this
    /// ledger's audit trail before it is done, and is left with the accounting side.
    ///
    /// # Errors
    /// If the rules of this machine forbid it, the reason says nothing, nobody holds the lock, the name is not its holder's, it is this program's own run,
    /// or the accounting system cannot be asked or refuses.
    pub async fn break_lock(&self, ask: BreakAsk) -> Result<LockFacts, Problem> {
        let parts = self.parts();
        if let Some(policy) = &parts.settings.take_over_forbidden_by {
            return Err(Problem::policy_forbids("take_over", "break-lock", "–", policy));
        }
        let reason = check_reason(&ask.reason)?;
        let connection = self.connect().await?;
        crate::export::walls::check_organisation(parts, &connection).await?;
        let facts = self.lock(&ask.actor).await?.ok_or_else(Problem::lock_free)?;
        let holder = facts.lock.holder.clone();
        let found = ask.confirm.trim();
        if found != facts.holder_name() && found != holder.user {
            let expected = facts.holder_name();
            return Err(Problem::confirmation_differs(expected, found));
        }
        if self.syncing().is_some_and(|own| own.progress().borrow().run_id == holder.run_id) {
            return Err(Problem::lock_is_ours());
        }
        let breaking = Breaking { facts, actor: ask.actor, reason, accounting_user: connection.user_id };
        // The entry comes before the act: a program that dies here has written more than it did, never less.
        breaking.enter(parts, "asked", None).await?;
        let reason_there = format!("{} ({} on {})", breaking.reason, breaking.actor.user, breaking.actor.host);
        let broken = parts.accounting.break_lock(&holder.run_id, &reason_there).await.map_err(|error| error.problem());
        let result = if broken.is_ok() { "broken" } else { "not known to be broken" };
        breaking.enter(parts, result, broken.as_ref().err().cloned()).await?;
        broken.map(|()| breaking.facts)
    }
}

/// A lock that is being broken, with the person and the reason.
struct Breaking {
    facts: LockFacts,
    actor: Actor,
    reason: String,
    accounting_user: String,
}

impl Breaking {
    /// Writes the entry that says how far it is.
    async fn enter(&self, parts: &Parts, result: &'static str, error: Option<Problem>) -> Result<(), Problem> {
        let (lock, now) = (&self.facts.lock, parts.clock.now());
        let detail = json!({
            "result": result, "holder": lock.holder, "since": lock.acquired_at, "heard": lock.renewed_at,
            "silent_seconds": self.facts.silent_seconds, "looked_dead": self.facts.looks_dead, "error": error,
            "life_seconds": lock.life().as_secs(),
        });
        let (actor, user, run_id, reason) =
            (self.actor.clone(), self.accounting_user.clone(), lock.holder.run_id.clone(), self.reason.clone());
        let written = parts.ledger.write(move |tx| {
            let act = AuditAct::new(now, &actor, Act::LockBroken).accounting_user(&user).run(&run_id).reason(&reason);
            tx.audit(&act.detail(detail))
        });
        written.await?;
        Ok(())
    }
}
