//! Asks which day a run takes from a refusal for a closed period, where the workspace books on the next open one.

use std::sync::atomic::Ordering;

use chrono::{Days, NaiveDate};

use super::lagging_rig::{LaggingRig, of};
use crate::domain::Protection;
use crate::settings::WhenStillUnknown::Hold;

/// Syncs over books that answer with this; returns how often the record was sent, and whether it is posted.
async fn synced(closed: fn(NaiveDate) -> Option<NaiveDate>) -> (usize, bool) {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    rig.books.answers.store(true, Ordering::Relaxed);
    *of(&rig.books.closed) = closed;
    let end = rig.sync().await;
    assert!(end.error.is_none(), "{:?}", end.error);
    let counts = rig.engine.counts().await.expect("the ledger is readable");
    assert_eq!(counts.posted + counts.refused, 1, "the record is in one list");
    (rig.sent(), counts.posted == 1)
}

fn december() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day")
}

#[tokio::test(start_paused = true)]
async fn next_open_day_is_taken_once_in_a_run() {
    assert_eq!(synced(|day| (day < december()).then(december)).await, (2, true));
    // Books that name ever later days are not followed.
    assert_eq!(synced(|day| day.checked_add_days(Days::new(1))).await, (2, false));
}

#[tokio::test(start_paused = true)]
async fn day_that_nobody_can_mean_is_not_taken() {
    assert_eq!(synced(|_| NaiveDate::from_ymd_opt(9999, 12, 31)).await, (1, false));
    assert_eq!(synced(|day| day.pred_opt()).await, (1, false));
    assert_eq!(synced(Some).await, (1, false));
}
