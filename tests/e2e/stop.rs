//! Stop in the middle.

use crate::desk::at_desk;
use crate::records::{fast, live, slow};
use serde_json::json;

const RECORDS: u64 = 200;

#[test]
fn a_sync_that_is_stopped_says_how_far_it_came_and_the_next_one_sends_only_the_rest() {
    let bench = live(200);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        bench.set_faults(&slow(300));
        desk.click("sync-now");
        desk.wait_for("[data-testid=progress][data-phase=sending]");
        // Something was answered, and much is left.
        desk.wait_for_path("//*[@data-testid='progress-processed'][not(starts-with(normalize-space(), '0 '))]");
        desk.click("stop");
        desk.wait_for_text("result", "Stopped.");
        let booked = bench.stats()["vouchers"].as_u64().expect("a number");
        assert!(0 < booked && booked < RECORDS, "{booked}");
        let said = desk.text("result");
        assert!(said.contains(&format!("Stopped. {booked} records were exported")), "{booked} booked, and: {said}");
        assert_eq!(desk.text("count-exported"), booked.to_string());
        assert_eq!(desk.text("count-waiting"), (RECORDS - booked).to_string());

        bench.set_faults(&fast());
        desk.click("sync-now");
        let rest = RECORDS - booked;
        desk.wait_for_text("result", &format!("{rest} records for kr"));
        let stats = bench.stats();
        for (name, count) in [("vouchers", RECORDS), ("distinct_references", RECORDS), ("duplicates", 0)] {
            assert_eq!(stats[name], json!(count), "{stats}");
        }
        desk.click("nav-history");
        desk.wait_for("[data-testid=run][data-outcome=completed] + [data-testid=run][data-outcome=stopped]");
    });
}
