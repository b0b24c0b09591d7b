//! Tests two administrators, each at a window of their own: one syncs, the other sees who, waits, and has nothing left to do.

use crate::records::live;
use crate::window_rig::at_two_desks;
use serde_json::json;

const RECORDS: usize = 200;

#[test]
fn the_second_window_shows_the_holder_waits_and_sends_nothing() {
    let cli = live(RECORDS);
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("the machine has a temporary folder"));
    let other = tempfile::tempdir().expect("the machine has a temporary folder");
    for name in ["workspace.toml", "records.csv"] {
        std::fs::copy(cli.path().join(name), other.path().join(name)).expect("the workspace can be copied");
    }
    cli.hold(&["vouchers"], 1);
    at_two_desks([(homes[0].path(), cli.path()), (homes[1].path(), other.path())], |first, second| {
        second.wait_for("[data-testid=connection][data-reach=reached]");
        first.click("sync-now");
        first.wait_for("[data-testid=progress][data-phase=sending]");
        // A person who comes back to the second window sees it before a click.
        second.wait_for_while("[data-testid=lock-held]", || {
            second.look("document.dispatchEvent(new Event('visibilitychange'))");
        });
        second.click("lock-not-now");
        second.wait_for_no("[data-testid=lock-held]");
        second.click("sync-now");
        second.wait_for("[data-testid=lock-held]");
        let said = second.text_with("lock-sentence", "Kari Nordmann");
        assert!(said.contains("last heard from"), "{said}");
        second.click("lock-wait");
        second.wait_for("[data-testid=waiting]");
        // The progress of the first, seen in the second, and moving.
        second.wait_for_path("//*[@data-testid='waiting'][contains(., ' of 200 sent')]");
        let before = second.text("waiting");
        assert_ne!(before, "");
        cli.release();
        first.wait_for("[data-testid=result]");
        second.wait_for("[data-testid=result]");
        second.wait_for_text("result", "Nothing was left to export");
        for (name, count) in [("vouchers", RECORDS), ("distinct_references", RECORDS), ("duplicates", 0)] {
            assert_eq!(cli.stats()[name], json!(count));
        }
    });
}
