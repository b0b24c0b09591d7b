//! Holds the wall inside the process: one run at a time; a second comer learns of it, and joins it or goes.
//!
//! Invariant: between two runs the slot is empty, however the first ended: done, failed, panicked, or dropped before it
//! was over. `tests/concurrency` tries every interleaving of this file's locks.

use super::slot_locks::{Arc, Mutex, MutexGuard, PoisonError};

/// The place for the one run.
pub(crate) struct Slot<T> {
    on: Arc<Mutex<Option<Arc<T>>>>,
}

/// The result of entering the slot.
pub(crate) enum Entered<T> {
    /// The place was empty: it is ours until the turn is dropped.
    Begun(Turn<T>),
    /// A run is on: this one.
    Joined(Arc<T>),
}

/// The right to the place. Dropping it leaves the place empty.
pub(crate) struct Turn<T> {
    on: Arc<Mutex<Option<Arc<T>>>>,
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self { on: Arc::new(Mutex::new(None)) }
    }

    /// Takes the place for this run, or returns the run that is there. To look and to take is one step.
    pub(crate) fn enter(&self, run: &Arc<T>) -> Entered<T> {
        let mut on = held(&self.on);
        if let Some(run) = on.as_ref() {
            return Entered::Joined(Arc::clone(run));
        }
        *on = Some(Arc::clone(run));
        Entered::Begun(Turn { on: Arc::clone(&self.on) })
    }

    /// Returns the run that is there.
    pub(crate) fn current(&self) -> Option<Arc<T>> {
        held(&self.on).clone()
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        *held(&self.on) = None;
    }
}

/// Returns the guarded value. A panic while it was locked cannot have left it half-written: it is one assignment.
fn held<T>(on: &Mutex<Option<Arc<T>>>) -> MutexGuard<'_, Option<Arc<T>>> {
    on.lock().unwrap_or_else(PoisonError::into_inner)
}
