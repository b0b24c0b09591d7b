//! Asks whether the wall inside the process holds, whichever way two clicks and the end of a run fall together. Every
//! interleaving of the slot's locks is tried (loom); the file is the product's own, with loom's locks in the place of std's.

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

/// Counts the runs of a model, with std's atomics: only the slot's own locks are to be interleaved.
#[derive(Default)]
struct RunCounts {
    on: AtomicUsize,
    begun: AtomicUsize,
    joined: AtomicUsize,
}

/// Clicks: begins the one run and ends it in its way, or joins the one that is on.
fn click(slot: &Slot<usize>, counts: &RunCounts, end: impl FnOnce()) {
    let number = counts.begun.load(Ordering::Acquire);
    match slot.enter(&Arc::new(number)) {
        Entered::Begun(turn) => {
            assert_eq!(counts.on.fetch_add(1, Ordering::AcqRel), 0, "two runs at once");
            counts.begun.fetch_add(1, Ordering::AcqRel);
            let _ = catch_unwind(AssertUnwindSafe(end));
            counts.on.fetch_sub(1, Ordering::AcqRel);
            drop(turn);
        }
        Entered::Joined(_) => {
            counts.joined.fetch_add(1, Ordering::AcqRel);
        }
    }
}

#[test]
fn three_clicks_at_once_run_one_after_the_other_or_join() {
    loom::model(|| {
        let (slot, counts) = (Arc::new(Slot::new()), Arc::new(RunCounts::default()));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (slot, counts) = (Arc::clone(&slot), Arc::clone(&counts));
                thread::spawn(move || click(&slot, &counts, || {}))
            })
            .collect();
        click(&slot, &counts, || {});
        others.into_iter().for_each(|other| other.join().expect("no click panics"));
        let (begun, joined) = (counts.begun.load(Ordering::Acquire), counts.joined.load(Ordering::Acquire));
        assert!(begun >= 1);
        assert_eq!(begun + joined, 3);
        assert!(slot.current().is_none(), "after the runs the place is empty");
    });
}

#[test]
fn a_run_that_panics_or_is_dropped_leaves_its_place_empty() {
    loom::model(|| {
        let (slot, counts) = (Arc::new(Slot::new()), Arc::new(RunCounts::default()));
        let other = {
            let (slot, counts) = (Arc::clone(&slot), Arc::clone(&counts));
            thread::spawn(move || click(&slot, &counts, || std::panic::resume_unwind(Box::new("a run breaks off"))))
        };
        // The turn of a run that was never begun goes with it.
        if let Entered::Begun(turn) = slot.enter(&Arc::new(7)) {
            drop(turn);
        }
        other.join().expect("the panic is caught as the engine catches it");
        assert!(slot.current().is_none());
        assert!(matches!(slot.enter(&Arc::new(8)), Entered::Begun(_)), "the next click begins a run");
    });
}

#[test]
fn a_look_or_a_join_finds_the_run_that_is_on() {
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
