//! Two administrators, each at a window of their own: one syncs, the other is told who, waits, and has nothing left to do.

use crate::records::{fast, live, slow};
use crate::window_rig::at_two_desks;
use serde_json::json;

const RECORDS: usize = 200;

#[test]
fn the_second_window_shows_the_holder_and_its_progress_waits_and_then_has_nothing_left_to_export() {
    let cli = live(RECORDS);
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("the machine has a temporary folder"));
    let other = tempfile::tempdir().expect("the machine has a temporary folder");
    for name in ["workspace.toml", "records.csv"] {
        std::fs::copy(cli.path().join(name), other.path().join(name)).expect("the workspace can be copied");
    }
    cli.set_faults(&slow(2_000));
    at_two_desks([(homes[0].path(), cli.path()), (homes[1].path(), other.path())], |first, second| {
        first.click("sync-now");
        first.wait_for("[data-testid=progress][data-phase=sending]");
        // Whoever comes back to the second window sees it before a click.
        second.look("document.dispatchEvent(new Event('visibilitychange'))");
        second.wait_for("[data-testid=lock-held]");
        second.click("lock-not-now");
        second.wait_for("body:not(:has([data-testid=lock-held]))");
        second.click("sync-now");
        second.wait_for("[data-testid=lock-held]");
        let said = second.text("lock-sentence");
        assert!(said.contains("Kari Nordmann") && said.contains("last heard from"), "{said}");
        second.click("lock-wait");
        second.wait_for("[data-testid=waiting]");
        // The progress of the first, seen in the second, and moving.
        second.wait_for_path("//*[@data-testid='waiting'][contains(., ' of 200 sent')]");
        let before = second.text("waiting");
        assert_ne!(before, "");
        cli.set_faults(&fast());
        first.wait_for("[data-testid=result]");
        second.wait_for("[data-testid=result]");
        second.wait_for_text("result", "Nothing was left to export");
        for (name, count) in [("vouchers", RECORDS), ("distinct_references", RECORDS), ("duplicates", 0)] {
            assert_eq!(cli.stats()[name], json!(count));
        }
    });
}
