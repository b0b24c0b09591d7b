//! Tests how long a row must stand still before its holder is dead, and what each text says that is written into it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::last_seen::{LastSeen, RowReading};
use super::lease_text::{Breaking, LeaseText, State};
use crate::domain::RunId;
use crate::ports::{LeaseAsk, LockHolder, LockProgress, RowId, UniqueRow};

const LIFE: Duration = Duration::from_secs(60);
/// A life and a tenth of it.
const WATCH: Duration = Duration::from_secs(66);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn there(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn text() -> LeaseText {
    let holder = LockHolder { user: "ola".into(), name: None, host: "pc".into(), run_id: RunId::new("run-1") };
    let ask = LeaseAsk { holder, operation: "sync", life: LIFE };
    LeaseText::held(&ask, "n".into(), 7, None)
}

fn row(text: &LeaseText, written_at: Option<i64>, now: Option<i64>) -> UniqueRow {
    let (written_at, now) = (written_at.map(there), now.map(there));
    UniqueRow { id: RowId::new("1"), text: text.write(), written_at, now }
}

fn reading(row: UniqueRow, asked: u64, answered: u64) -> RowReading {
    RowReading { row, asked: secs(asked), answered: secs(answered) }
}

#[test]
fn row_without_a_time_is_dead_after_two_whole_watches() {
    let row = || row(&text(), None, None);
    let mut seen = LastSeen::first(&reading(row(), 9, 10));
    assert_eq!(seen.since(), secs(10));
    assert_eq!(seen.add(&reading(row(), 10, 10)), 2 * WATCH);
    assert_eq!(seen.add(&reading(row(), 75, 76)), WATCH, "asked a second too early");
    assert_eq!(seen.add(&reading(row(), 76, 77)), WATCH, "one watch is over");
    assert_eq!(seen.since(), secs(77));
    assert_eq!(seen.add(&reading(row(), 100, 101)), secs(42));
    assert_eq!(seen.add(&reading(row(), 142, 144)), Duration::from_millis(1), "asked a second too early");
    assert_eq!(seen.add(&reading(row(), 143, 144)), Duration::ZERO);
}

#[test]
fn row_with_a_time_is_dead_after_one() {
    let row = || row(&text(), Some(0), Some(500));
    let mut seen = LastSeen::first(&reading(row(), 9, 10));
    assert_eq!(seen.add(&reading(row(), 11, 12)), WATCH - secs(2));
    assert_eq!(seen.add(&reading(row(), 76, 77)), Duration::ZERO);
}

#[test]
fn any_sign_of_life_begins_the_watch_anew() {
    let mut beaten = text();
    beaten.beats(LIFE, LockProgress::default());
    for other in [row(&beaten, Some(0), Some(500)), row(&text(), Some(1), Some(500))] {
        let mut seen = LastSeen::first(&reading(row(&text(), Some(0), Some(500)), 9, 10));
        assert_eq!(seen.add(&reading(other.clone(), 76, 77)), WATCH, "{other:?}");
        assert_eq!(seen.add(&reading(other, 143, 144)), Duration::ZERO);
    }
}

#[test]
fn watch_is_worth_it_once_the_row_is_older_than_its_life() {
    for (written_at, now, is_worth_it) in
        [(Some(0), Some(59), false), (Some(0), Some(60), true), (Some(9), Some(0), false)]
    {
        let reading = reading(row(&text(), written_at, now), 9, 10);
        assert_eq!(LastSeen::first(&reading).is_worth_a_watch(&reading), is_worth_it, "{written_at:?} {now:?}");
    }
    // If the server gives no time: until a sign of life is seen, and a life after it.
    let mut seen = LastSeen::first(&reading(row(&text(), None, None), 9, 10));
    assert!(seen.is_worth_a_watch(&reading(row(&text(), None, None), 11, 12)));
    let mut beaten = text();
    beaten.beats(LIFE, LockProgress::default());
    seen.add(&reading(row(&beaten, None, None), 20, 21));
    for (answered, is_worth_it) in [(80, false), (81, true)] {
        assert_eq!(seen.is_worth_a_watch(&reading(row(&beaten, None, None), answered, answered)), is_worth_it);
    }
}

#[test]
fn each_text_that_is_written_differs_from_the_one_before() {
    let first = text();
    let mut beaten = first.clone();
    beaten.beats(Duration::from_millis(1_500), LockProgress { processed: 3, total: 9 });
    assert_eq!((beaten.beat, beaten.life()), (first.beat + 1, secs(2)), "never shorter than it lasts");
    let released = beaten.clone().released();
    assert_eq!((released.beat, released.state), (beaten.beat + 1, State::Released));
    let breaking = Breaking::new(None, there(0), "he is on holiday", &beaten);
    let broken = beaten.clone().broken(breaking.clone());
    assert_eq!((broken.beat, broken.state), (beaten.beat + 1, State::Broken));
    assert_eq!(broken.broken, Some(breaking));
}

#[test]
fn former_holder_may_not_know_for_as_long_as_its_grant_lasted() {
    let breaking = Breaking::new(None, there(100), "he is on holiday", &text());
    for (now, is_just_broken, may_go_on) in
        [(100, false, true), (159, false, true), (160, false, false), (160, true, true), (99, false, true)]
    {
        let unaware = breaking.clone().unaware(there(now), is_just_broken);
        assert_eq!(unaware.is_some(), may_go_on, "{now} {is_just_broken}");
        assert!(unaware.is_none_or(|unaware| unaware.life == LIFE && unaware.run == RunId::new("run-1")));
    }
}
