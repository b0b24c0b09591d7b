//! Says when a look-up that does not show an acknowledged voucher proves that it is gone.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Capabilities;
use crate::lock::Permit;

/// The times of an acknowledged voucher.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acknowledged {
    /// The last sending, by the accounting side's clock, at the latest.
    pub(crate) last_sent_at: DateTime<Utc>,
    /// The answer, by our clock.
    pub(crate) settled_at: Option<DateTime<Utc>>,
}

impl Acknowledged {
    /// Returns the moment of our clock until which a search need not show the voucher; `None` once it has to. Both
    /// clocks are asked: the accounting side's for the last sending, ours for the answer, which came later.
    pub(crate) fn hidden_until(
        self,
        capabilities: &Capabilities,
        permit: Option<&Permit>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let lag = TimeDelta::from_std(capabilities.look_up_delay()).unwrap_or(TimeDelta::MAX);
        if lag.is_zero() {
            return None;
        }
        let since_sent = permit.map(|permit| permit.earliest_now() - self.last_sent_at);
        let since_answered = self.settled_at.map(|settled_at| now - settled_at).filter(|age| *age >= TimeDelta::zero());
        let youngest = since_sent.into_iter().chain(since_answered).min()?;
        let left = lag.checked_sub(&youngest).filter(|left| *left > TimeDelta::zero())?;
        now.checked_add_signed(left).or(Some(DateTime::<Utc>::MAX_UTC))
    }
}
