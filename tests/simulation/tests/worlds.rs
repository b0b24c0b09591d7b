//! Tests that the promise holds in worlds full of bad luck, and that a broken one would be noticed.

use postonce_engine::domain::Protection;
use postonce_simulation::{Ask, LockKind, Planted, WorldResult, live};

/// The number of seeds of one test, unless `POSTONCE_SIM_SEEDS` says otherwise: about a minute of two cores without
/// optimisation.
const SEEDS: u64 = 120;
/// The number of seeds in which a planted bug has to be noticed.
const SEEDS_PLANTED_MAX: u64 = 200;
/// The number of seeds of each protection at the edges.
const SEEDS_EDGES: u64 = 20;
/// The seeds that found a fault earlier.
const FOUND: &str = include_str!("../seeds.txt");

fn seeds() -> u64 {
    std::env::var("POSTONCE_SIM_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS)
}

fn problem(lived: &WorldResult) -> String {
    let broken = lived.broken.iter().map(|broken| format!("promise {}: {}", broken.promise, broken.what));
    format!(
        "seed {} ({}):\n  {}\nreplay: cargo xtask simulate --seed {} --protection {} --lock {}",
        lived.seed,
        lived.protection,
        broken.collect::<Vec<_>>().join("\n  "),
        lived.seed,
        lived.protection,
        lived.lock
    )
}

fn holds(protection: Protection) {
    for seed in 0..seeds() / 4 {
        let lived = live(Ask { protection: Some(protection), ..Ask::seed(seed) });
        assert!(lived.broken.is_empty(), "{}", problem(&lived));
    }
}

#[test]
fn the_promise_holds_where_references_are_unique() {
    holds(Protection::Enforced);
}

#[test]
fn the_promise_holds_where_fences_are_checked() {
    holds(Protection::Fenced);
}

#[test]
fn the_promise_holds_where_drafts_are_staged() {
    holds(Protection::Staged);
}

#[test]
fn the_promise_holds_where_there_is_only_a_search() {
    holds(Protection::Observed);
}

#[test]
fn the_promise_holds_where_there_is_no_lock_but_rows() {
    for protection in [Protection::Enforced, Protection::Staged, Protection::Observed] {
        for seed in 0..seeds() / 4 {
            let ask = Ask { protection: Some(protection), lock: Some(LockKind::Rows), ..Ask::seed(seed) };
            let lived = live(ask);
            assert!(lived.broken.is_empty(), "{}", problem(&lived));
        }
    }
}

#[test]
fn the_promise_holds_where_nothing_is_what_it_seems() {
    for protection in Protection::ALL {
        for seed in 0..seeds() * SEEDS_EDGES / SEEDS {
            let lived = live(Ask { protection: Some(*protection), edges: true, ..Ask::seed(seed) });
            assert!(lived.broken.is_empty(), "at the edges: {}", problem(&lived));
        }
    }
}

#[test]
fn the_promise_holds_for_the_seeds_that_found_a_fault() {
    for line in FOUND.lines() {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let ([seed, protection] | [seed, protection, _]) = words.as_slice() else { continue };
        // The first lines are older than worlds without a lock.
        let lock = words.get(2).copied().unwrap_or("own");
        let lock = LockKind::from_text(lock);
        assert!(lock.is_some(), "{line}");
        let protection = Protection::from_text(protection);
        assert!(protection.is_some(), "{line}");
        let lived = live(Ask { protection, lock, ..Ask::seed(seed.parse().expect("a seed is a number")) });
        assert!(lived.broken.is_empty(), "{line}\n{}", problem(&lived));
    }
}

#[test]
fn the_same_seed_is_the_same_world_to_the_last_line() {
    for protection in Protection::ALL {
        for seed in 0..3 {
            let ask = Ask { protection: Some(*protection), ..Ask::seed(seed) };
            assert_eq!(live(ask).trace, live(ask).trace, "seed {seed} ({protection})");
        }
    }
}

/// Returns the number of seeds until the planted bug is noticed as the bug it is.
fn noticed_after(planted: Planted, protection: Protection) -> u64 {
    // After a crash, a lease over rows follows nobody, so that its run waits, and hides what some of these bugs do.
    let lock = if planted == Planted::WatchSkipped { LockKind::Rows } else { LockKind::Own };
    let shows = |seed: &u64| {
        let lived = live(Ask { protection: Some(protection), lock: Some(lock), planted, ..Ask::seed(*seed) });
        lived.broken.iter().any(|broken| broken.promise == planted.breaks())
    };
    let first = (0..SEEDS_PLANTED_MAX).find(shows);
    assert!(first.is_some(), "{} was not noticed in {SEEDS_PLANTED_MAX} seeds ({protection})", planted.name());
    first.unwrap_or_default()
}

#[test]
fn a_planted_bug_is_noticed_where_only_the_engine_protects() {
    // A lag that is not known is covered by the window there.
    for planted in Planted::ALL.iter().filter(|planted| **planted != Planted::LagBelieved) {
        noticed_after(*planted, Protection::Observed);
    }
}

#[test]
fn a_planted_bug_is_noticed_where_fence_or_draft_miss_it() {
    for planted in
        [Planted::SuccessBeforeSending, Planted::RowSwallowed, Planted::LeaseIgnored, Planted::TrailRewritten]
    {
        for protection in [Protection::Fenced, Protection::Staged, Protection::Enforced] {
            noticed_after(planted, protection);
        }
    }
    for protection in [Protection::Staged, Protection::Enforced] {
        noticed_after(Planted::WatchSkipped, protection);
    }
    noticed_after(Planted::UnknownIsFailed, Protection::Fenced);
    noticed_after(Planted::LookUpSkipped, Protection::Fenced);
    noticed_after(Planted::LagBelieved, Protection::Fenced);
}
