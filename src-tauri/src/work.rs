//! What is on beside runs and takes its time, so that nobody ends the program over it unasked.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::wire::Work;

/// All of it, oldest first.
#[derive(Clone)]
pub(crate) struct Works(Arc<watch::Sender<Vec<One>>>);

struct One {
    number: u64,
    what: Work,
    stop: CancellationToken,
}

/// One of them, for as long as it lives.
pub(crate) struct Begun {
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
    /// From here on this is on, until what is given back goes.
    pub(crate) fn begin(&self, what: Work) -> Begun {
        let stop = CancellationToken::new();
        let mut number = 0;
        self.0.send_modify(|on| {
            number = on.last().map_or(0, |newest| newest.number + 1);
            on.push(One { number, what, stop: stop.clone() });
        });
        Begun { works: self.clone(), number, stop }
    }

    /// What is on, where something is.
    pub(crate) fn on(&self) -> Option<Work> {
        self.0.borrow().last().map(|one| one.what)
    }

    /// Asks every one of this kind to stop; whether there was one.
    pub(crate) fn stop(&self, what: Work) -> bool {
        let on = self.0.borrow();
        let asked = on.iter().filter(|one| one.what == what && !one.stop.is_cancelled());
        asked.map(|one| one.stop.cancel()).count() > 0
    }

    /// Asks everything to stop, and waits until it has.
    pub(crate) async fn stop_all(&self) {
        self.0.borrow().iter().for_each(|one| one.stop.cancel());
        // It fails when nobody can begin anything any more, and then nothing is on.
        _ = self.0.subscribe().wait_for(Vec::is_empty).await;
    }
}

impl Begun {
    /// By which it is asked to stop.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // Whoever began it no longer waits for it: then nobody does.
        self.stop.cancel();
        self.works.0.send_modify(|on| on.retain(|one| one.number != self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_quits_waits_until_what_is_on_has_stopped() {
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
    fn one_that_was_asked_to_stop_is_on_until_it_has() {
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
