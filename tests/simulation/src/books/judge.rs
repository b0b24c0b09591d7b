//! Judges who may write, and whether two runs ever did at the same time.
//!
//! It asks two questions of every write (promise 4):
//!
//! *Who believed?* At the moment when a permit says yes and a request leaves, the lock must be that run's own, and
//! still be so for the margin: no newer grant, not run out, not given back. The one exception is a lock that a person
//! broke: its holder learns that at the next renewal, so it may believe for one life of the lease longer.
//!
//! *Who wrote?* On a server that checks fences or tokens, nothing of an older grant is ever booked after a newer one's
//! first write. On another server, an older request may still arrive then, but only one that had left before the newer
//! lock was granted: that much, and no more, is the purpose of the settle window.

use std::time::Duration;

use postonce_engine::domain::Protection;
use postonce_engine::ports::CallError;

use super::{Books, CLOCK_TOLERANCE, Ended, Envelope, MARGIN_PARTS_OF_LIFE};

impl Books {
    /// Judges a permit that said yes.
    pub(crate) fn believed(&mut self, now: Duration, token: &str, machine: usize) {
        let Some(grant) = self.grant(token).cloned() else {
            return self.breaks(4, format!("machine {machine} sends under a lock that was never granted"));
        };
        let fence = grant.fence;
        let is_excused = |(ended, at): (Ended, Duration)| ended == Ended::Broken && now <= at + grant.life;
        if grant.ended.is_some_and(is_excused) {
            return;
        }
        if let Some(newer) = self.newer_than(fence).first() {
            let since = newer.granted_at;
            self.breaks(
                4,
                format!("machine {machine} sends under fence {fence}, and another has had the lock since {since:?}"),
            );
        } else if grant.ended.is_some() {
            self.breaks(4, format!("machine {machine} sends under fence {fence}, which it gave back"));
        } else if now + grant.life / MARGIN_PARTS_OF_LIFE > grant.expires_at + CLOCK_TOLERANCE {
            let expires_at = grant.expires_at;
            self.breaks(
                4,
                format!("machine {machine} sends under fence {fence} within the margin before {expires_at:?}"),
            );
        }
    }

    /// Lets a write in, or refuses it.
    pub(super) fn admit(&mut self, now: Duration, envelope: &Envelope) -> Result<u64, CallError> {
        let (fence, ended, held) = match self.grant(&envelope.token) {
            Some(grant) => (grant.fence, grant.ended, grant.is_held(now)),
            None => (0, None, false),
        };
        let newest = self.newer_than(fence).is_empty();
        let broken = ended.is_some_and(|(ended, _)| ended == Ended::Broken);
        let known = ended.is_none() || (self.rules.knows_released && !broken);
        let fenced = self.rules.protection == Protection::Fenced;
        let let_in = if fenced { newest && known } else { !self.rules.checks_token || (newest && (held || known)) };
        if !let_in {
            self.stale_refused += 1;
            return Err(CallError::LeaseLost);
        }
        Ok(fence)
    }

    /// Notes a booking, and judges it.
    pub(super) fn note_write(&mut self, envelope: &Envelope, fence: u64) {
        let later =
            self.newer_than(fence).iter().find(|grant| grant.wrote).map(|grant| (grant.fence, grant.granted_at));
        self.wrote(fence);
        let Some((newer, granted_at)) = later else { return };
        let checks = self.rules.protection == Protection::Fenced || self.rules.checks_token;
        let excused_until = match self.grant(&envelope.token) {
            Some(grant) if grant.ended.is_some_and(|(ended, _)| ended == Ended::Broken) => granted_at + grant.life,
            _ => granted_at,
        };
        if checks || envelope.left_at > excused_until {
            let left_at = envelope.left_at;
            self.breaks(4, format!("fence {fence} writes, in a request that left at {left_at:?}, after fence {newer} wrote, granted at {granted_at:?}"));
        }
    }
}
