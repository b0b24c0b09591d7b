//! Lists the work that is on beside runs and takes its time, so that nobody ends the program over it unasked.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::wire::Work;

/// All of the work, oldest first.
#[derive(Clone)]
pub(crate) struct Works(Arc<watch::Sender<Vec<WorkItem>>>);

struct WorkItem {
    number: u64,
    what: Work,
    stop: CancellationToken,
}

/// A piece of work, for as long as this value lives.
pub(crate) struct OngoingWork {
    works: Works,
    number: u64,
    stop: CancellationToken,
}

impl Default for Works {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Works {
    /// Enters a piece of work, which is on until the returned value is dropped.
    pub(crate) fn begin(&self, what: Work) -> OngoingWork {
        let stop = CancellationToken::new();
        let mut number = 0;
        self.0.send_modify(|on| {
            number = on.last().map_or(0, |newest| newest.number + 1);
            on.push(WorkItem { number, what, stop: stop.clone() });
        });
        OngoingWork { works: self.clone(), number, stop }
    }

    /// Returns the work that is on, if there is any.
    pub(crate) fn on(&self) -> Option<Work> {
        self.0.borrow().last().map(|one| one.what)
    }

    /// Asks all work of this kind to stop; tells whether there was any.
    pub(crate) fn stop(&self, what: Work) -> bool {
        let on = self.0.borrow();
        let asked = on.iter().filter(|one| one.what == what && !one.stop.is_cancelled());
        asked.map(|one| one.stop.cancel()).count() > 0
    }

    /// Asks all work to stop, and waits until it has.
    pub(crate) async fn stop_all(&self) {
        self.0.borrow().iter().for_each(|one| one.stop.cancel());
        // The wait fails when nobody can begin anything any more, and then nothing is on.
        _ = self.0.subscribe().wait_for(Vec::is_empty).await;
    }
}

impl OngoingWork {
    /// Returns the token by which the work is asked to stop.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}

impl Drop for OngoingWork {
    fn drop(&mut self) {
        // The caller no longer waits for the work: then nobody does.
        self.stop.cancel();
        self.works.0.send_modify(|on| on.retain(|one| one.number != self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stop_all_waits_until_all_work_has_stopped() {
        let works = Works::default();
        assert_eq!((works.on(), works.stop(Work::Compare)), (None, false));
        works.stop_all().await;
        let comparison = works.begin(Work::Compare);
        assert_eq!(works.on(), Some(Work::Compare));
        assert!(!works.stop(Work::Rebuild) && !comparison.stop().is_cancelled());
        let (quitting, stop) = (works.clone(), comparison.stop());
        let quitting = tokio::spawn(async move { quitting.stop_all().await });
        stop.cancelled().await;
        tokio::task::yield_now().await;
        assert!(!quitting.is_finished(), "it has not stopped yet");
        drop(comparison);
        quitting.await.expect("it ends");
        assert_eq!(works.on(), None);
    }

    #[test]
    fn work_is_on_until_it_has_stopped() {
        let works = Works::default();
        let (first, second) = (works.begin(Work::Compare), works.begin(Work::Rebuild));
        assert!(works.stop(Work::Compare));
        assert!(!works.stop(Work::Compare), "it was asked before");
        assert!(first.stop().is_cancelled() && !second.stop().is_cancelled());
        drop(second);
        assert_eq!(works.on(), Some(Work::Compare));
        drop(first);
        assert_eq!(works.on(), None);
    }
}
