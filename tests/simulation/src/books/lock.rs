//! Keeps the lock: grants with a fence that grows, that run out by the server's own clock.

use std::time::Duration;

use chrono::{DateTime, Utc};
use postonce_engine::error::Problem;
use postonce_engine::ports::{Acquired, CallError, LeaseAsk, LeaseToken, LockHolder, LockInfo, LockProgress, Unaware};

use super::Books;

/// The end of a grant that did not just run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Released,
    Broken,
}

/// The lock as it was granted once. Its fence is its place in the list, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) token: String,
    pub(crate) fence: u64,
    /// The number that its holder got: the fence, or the one that the rows gave.
    pub(crate) number: u64,
    pub(crate) holder: LockHolder,
    operation: &'static str,
    pub(crate) life: Duration,
    pub(crate) granted_at: Duration,
    renewed_at: Duration,
    pub(crate) expires_at: Duration,
    progress: Option<LockProgress>,
    pub(crate) ended: Option<(Ended, Duration)>,
    /// True: something was booked under it.
    pub(crate) wrote: bool,
}

impl Grant {
    pub(super) fn new(now: Duration, token: String, fence: u64, ask: &LeaseAsk) -> Self {
        Self {
            token,
            fence,
            number: fence,
            holder: ask.holder.clone(),
            operation: ask.operation,
            life: ask.life,
            granted_at: now,
            renewed_at: now,
            expires_at: now + ask.life,
            progress: None,
            ended: None,
            wrote: false,
        }
    }

    pub(crate) fn is_held(&self, now: Duration) -> bool {
        self.ended.is_none() && now < self.expires_at
    }

    fn info(&self, there: impl Fn(Duration) -> DateTime<Utc>) -> LockInfo {
        LockInfo {
            holder: self.holder.clone(),
            operation: self.operation.to_owned(),
            acquired_at: there(self.granted_at),
            renewed_at: there(self.renewed_at),
            expires_at: there(self.expires_at),
            progress: self.progress,
            seen_at: None,
        }
    }
}

impl Books {
    pub(crate) fn acquire(&mut self, now: Duration, ask: &LeaseAsk) -> Acquired {
        if let Some(held) = self.grants.last().filter(|grant| grant.is_held(now)) {
            return Acquired::Held(held.info(|moment| self.there(moment)));
        }
        self.grant_to_whoever_asks(now, ask)
    }

    /// Grants the lock to anybody who asks, without a look at its holder; by itself, a planted bug.
    pub(crate) fn grant_to_whoever_asks(&mut self, now: Duration, ask: &LeaseAsk) -> Acquired {
        let fence = self.grants.len() as u64 + 1;
        let token = format!("T{fence}");
        let unaware = self.rules.knows_released.then(|| self.unaware(now));
        let ask = LeaseAsk { life: ask.life / self.rules.grants_part, ..ask.clone() };
        let number = fence - self.forgotten_fences;
        self.grants.push(Grant { number, ..Grant::new(now, token.clone(), fence, &ask) });
        let (token, granted_at) = (LeaseToken::new(token), self.there(now));
        Acquired::Granted { token, fence: number, granted_at, life: ask.life, unaware }
    }

    /// Returns the runs whose grants were broken or ran out so short a time ago that they may not know.
    fn unaware(&self, now: Duration) -> Vec<Unaware> {
        let is_unaware = |grant: &&Grant| match grant.ended {
            Some((Ended::Released, _)) => false,
            Some((Ended::Broken, at)) => now < at + grant.life,
            None => now < grant.expires_at + grant.life,
        };
        let unaware = |grant: &Grant| Unaware { run: grant.holder.run_id.clone(), life: grant.life };
        self.grants.iter().filter(is_unaware).map(unaware).collect()
    }

    pub(crate) fn renew(&mut self, now: Duration, token: &str, progress: LockProgress) -> Result<Duration, CallError> {
        // A grant that has run out is lost, also when nobody has taken it yet.
        let grant = self.grants.last_mut().filter(|grant| grant.token == token && grant.is_held(now));
        let grant = grant.ok_or(CallError::LeaseLost)?;
        grant.renewed_at = now;
        grant.expires_at = now + grant.life;
        grant.progress = Some(progress);
        Ok(grant.life)
    }

    /// Loses the count of the fences, as a server that was restored does; it knows the newest holder no longer.
    pub(crate) fn forget_fences(&mut self, now: Duration) {
        self.forgotten_fences = self.grants.len() as u64;
        if let Some(grant) = self.grants.last_mut().filter(|grant| grant.is_held(now)) {
            grant.ended = Some((Ended::Broken, now));
        }
    }

    pub(crate) fn release(&mut self, now: Duration, token: &str) -> Result<(), CallError> {
        let grant = self.grants.last_mut().filter(|grant| grant.token == token && grant.ended.is_none());
        grant.ok_or(CallError::LeaseLost)?.ended = Some((Ended::Released, now));
        Ok(())
    }

    pub(crate) fn lock(&self, now: Duration) -> Option<LockInfo> {
        self.grants.last().filter(|grant| grant.is_held(now)).map(|held| held.info(|moment| self.there(moment)))
    }

    pub(super) fn grant(&self, token: &str) -> Option<&Grant> {
        self.grants.iter().rev().find(|grant| grant.token == token)
    }

    pub(super) fn newer_than(&self, fence: u64) -> &[Grant] {
        usize::try_from(fence).ok().and_then(|from| self.grants.get(from..)).unwrap_or_default()
    }

    pub(super) fn wrote(&mut self, fence: u64) {
        let grant = usize::try_from(fence).ok().and_then(|from| self.grants.get_mut(from.checked_sub(1)?));
        if let Some(grant) = grant {
            grant.wrote = true;
        }
    }

    pub(crate) fn not_processed(retry_after: Option<Duration>) -> CallError {
        CallError::NotProcessed { problem: Problem::accounting_busy("books", "429"), retry_after }
    }
}
