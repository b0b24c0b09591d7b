//! Asks SQLite how it finds what is asked often: a ledger may have a million records.

use super::*;

/// Returns how SQLite finds what a statement asks for.
async fn plan(sql: &'static str) -> String {
    let rig = rig().await;
    let explained = format!("EXPLAIN QUERY PLAN {sql}").replace(":fence", "9").replace(":reading", "1");
    let steps = rig.ledger.read(move |tx| tx.rows(&explained, [], |row| tx.get::<String>(row, "detail"))).await;
    steps.expect("it is understood").join("; ")
}

#[tokio::test]
async fn fences_are_found_by_their_indexes() {
    let own = plan(include_str!("../run/own_fences.sql")).await;
    for index in ["request USING INDEX request_claimed", "USING COVERING INDEX request_fence", "INDEX run_fence"] {
        assert!(own.contains(index), "{index}: {own}");
    }
    let broken = plan(include_str!("../run/broken_life.sql")).await;
    for index in ["USING INDEX audit_lock_broken", "USING INDEX audit_sync_started", "COVERING INDEX request_run"] {
        assert!(broken.contains(index), "{index}: {broken}");
    }
}

#[tokio::test]
async fn row_of_a_reading_is_judged_by_indexes() {
    for sql in [
        include_str!("../run/lost_records.sql"),
        include_str!("../run/drop_flaws.sql"),
        include_str!("../run/find_conflicts.sql"),
    ] {
        let steps = plan(sql).await;
        for table in ["attempt", "left_out", "arrival", "repeat", "a ", "f ", "l "] {
            assert!(!steps.contains(&format!("SCAN {table}")), "{table}: {steps}");
        }
    }
}
