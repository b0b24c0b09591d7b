//! Stop in the middle.

use crate::records::{fast, live, slow};
use crate::window_rig::at_desk;
use serde_json::json;

const RECORDS: u64 = 200;

#[test]
fn a_sync_that_is_stopped_says_how_far_it_came_and_the_next_one_sends_only_the_rest() {
    let cli = live(200);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        cli.set_faults(&slow(300));
        window.click("sync-now");
        window.wait_for("[data-testid=progress][data-phase=sending]");
        // Something was answered, and much is left.
        window.wait_for_path("//*[@data-testid='progress-processed'][not(starts-with(normalize-space(), '0 '))]");
        window.click("stop");
        window.wait_for_text("result", "Stopped.");
        let booked = cli.stats()["vouchers"].as_u64().expect("a number");
        assert!(0 < booked && booked < RECORDS, "{booked}");
        let said = window.text("result");
        assert!(said.contains(&format!("Stopped. {booked} records were exported")), "{booked} booked, and: {said}");
        assert_eq!(window.text("count-exported"), booked.to_string());
        assert_eq!(window.text("count-waiting"), (RECORDS - booked).to_string());

        cli.set_faults(&fast());
        window.click("sync-now");
        let rest = RECORDS - booked;
        window.wait_for_text("result", &format!("{rest} records for kr"));
        let stats = cli.stats();
        for (name, count) in [("vouchers", RECORDS), ("distinct_references", RECORDS), ("duplicates", 0)] {
            assert_eq!(stats[name], json!(count), "{stats}");
        }
        window.click("nav-history");
        window.wait_for("[data-testid=run][data-outcome=completed] + [data-testid=run][data-outcome=stopped]");
    });
}
