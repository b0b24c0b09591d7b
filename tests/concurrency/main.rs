//! Does the wall inside the process hold, whichever way two clicks and the end of a run fall together? Every interleaving
//! of the slot's locks is tried (loom); the file is the product's own, with loom's locks in the place of std's.

#![cfg(test)]

mod slot_locks {
    pub(super) use loom::sync::{Arc, Mutex, MutexGuard};
    pub(super) use std::sync::PoisonError;
}

#[path = "../../src-tauri/crates/engine/src/lock/slot.rs"]
mod slot;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::sync::Arc;
use loom::thread;
use slot::{Entered, Slot};

/// What the runs of a model leave behind. Counted with std's atomics: only the slot's own locks are to be interleaved.
#[derive(Default)]
struct Seen {
    on: AtomicUsize,
    begun: AtomicUsize,
    joined: AtomicUsize,
}

/// A click: begins the one run and ends it in its way, or joins the one that is on.
fn click(slot: &Slot<usize>, seen: &Seen, end: impl FnOnce()) {
    let number = seen.begun.load(Ordering::Acquire);
    match slot.enter(&Arc::new(number)) {
        Entered::Begun(turn) => {
            assert_eq!(seen.on.fetch_add(1, Ordering::AcqRel), 0, "two runs at once");
            seen.begun.fetch_add(1, Ordering::AcqRel);
            let _ = catch_unwind(AssertUnwindSafe(end));
            seen.on.fetch_sub(1, Ordering::AcqRel);
            drop(turn);
        }
        Entered::Joined(_) => {
            seen.joined.fetch_add(1, Ordering::AcqRel);
        }
    }
}

#[test]
fn of_three_clicks_at_once_no_two_run_at_once_and_each_one_runs_or_joins() {
    loom::model(|| {
        let (slot, seen) = (Arc::new(Slot::new()), Arc::new(Seen::default()));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (slot, seen) = (Arc::clone(&slot), Arc::clone(&seen));
                thread::spawn(move || click(&slot, &seen, || {}))
            })
            .collect();
        click(&slot, &seen, || {});
        others.into_iter().for_each(|other| other.join().expect("no click panics"));
        let (begun, joined) = (seen.begun.load(Ordering::Acquire), seen.joined.load(Ordering::Acquire));
        assert!(begun >= 1);
        assert_eq!(begun + joined, 3);
        assert!(slot.current().is_none(), "after the runs the place is empty");
    });
}

#[test]
fn a_run_that_panics_or_is_dropped_leaves_the_place_empty_for_the_next() {
    loom::model(|| {
        let (slot, seen) = (Arc::new(Slot::new()), Arc::new(Seen::default()));
        let other = {
            let (slot, seen) = (Arc::clone(&slot), Arc::clone(&seen));
            thread::spawn(move || click(&slot, &seen, || std::panic::resume_unwind(Box::new("a run breaks off"))))
        };
        // A run that was never begun: its turn goes with it.
        if let Entered::Begun(turn) = slot.enter(&Arc::new(7)) {
            drop(turn);
        }
        other.join().expect("the panic is caught as the engine catches it");
        assert!(slot.current().is_none());
        assert!(matches!(slot.enter(&Arc::new(8)), Entered::Begun(_)), "the next click begins a run");
    });
}

#[test]
fn whoever_looks_sees_the_run_that_is_on_or_none_and_whoever_joins_gets_that_one() {
    loom::model(|| {
        let slot = Arc::new(Slot::new());
        let other = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || match slot.enter(&Arc::new(1_usize)) {
                Entered::Begun(turn) => {
                    assert_eq!(slot.current().as_deref(), Some(&1));
                    drop(turn);
                }
                Entered::Joined(run) => assert_eq!(*run, 2),
            })
        };
        match slot.enter(&Arc::new(2)) {
            Entered::Begun(turn) => {
                assert_eq!(slot.current().as_deref(), Some(&2));
                drop(turn);
            }
            Entered::Joined(run) => assert_eq!(*run, 1),
        }
        other.join().expect("it does not panic");
    });
}
