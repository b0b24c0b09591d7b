//! Keeps requests still until somebody lets them go: so a client can be in the middle of something for as long as it takes
//! to look at it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::PathClass;

/// The longest that a request stands still.
const HOLD_MAX: Duration = Duration::from_secs(600);

/// One request that stands still.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hold(CancellationToken);

/// The requests that stand still, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Holds(Vec<(PathClass, Hold)>);

impl Hold {
    /// Returns once the request may go on.
    pub(crate) async fn let_go(&self) {
        drop(tokio::time::timeout(HOLD_MAX, self.0.cancelled()).await);
        self.0.cancel();
    }
}

impl Holds {
    pub(super) fn add(&mut self, class: PathClass) -> Hold {
        let hold = Hold::default();
        self.0.push((class, hold.clone()));
        hold
    }

    /// Names the calls that stand still now.
    pub(super) fn classes(&mut self) -> Vec<PathClass> {
        self.0.retain(|(_, hold)| !hold.0.is_cancelled());
        self.0.iter().map(|(class, _)| *class).collect()
    }

    /// Lets the oldest go, so many of them; all without a number.
    pub(super) fn let_go(&mut self, first: Option<usize>) {
        self.0.retain(|(_, hold)| !hold.0.is_cancelled());
        let number = first.unwrap_or(usize::MAX).min(self.0.len());
        self.0.drain(..number).for_each(|(_, hold)| hold.0.cancel());
    }
}
