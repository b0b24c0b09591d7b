//! Tests a stop in the middle.

use crate::records::live;
use crate::window_rig::at_desk;
use serde_json::json;

const RECORDS: u64 = 200;

#[test]
fn a_stopped_sync_says_how_far_it_is_and_the_next_ends_it() {
    let cli = live(200);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        cli.hold(&["vouchers"], 1);
        window.click("sync-now");
        window.wait_for("[data-testid=progress][data-phase=sending]");
        // A request was answered, and much is left.
        window.wait_for_path("//*[@data-testid='progress-processed'][not(starts-with(normalize-space(), '0 '))]");
        window.click("stop");
        // The request on its way is answered. One that is sent before the stop is heard stands still once more.
        window.wait_for_while("[data-testid=result]", || cli.let_go());
        window.wait_for_text("result", "Stopped.");
        let booked = cli.stats()["vouchers"].as_u64().expect("a number");
        assert!(0 < booked && booked < RECORDS, "{booked}");
        window.text_with("result", &format!("Stopped. {booked} records were exported"));
        window.wait_for_words("count-exported", &booked.to_string());
        window.wait_for_words("count-waiting", &(RECORDS - booked).to_string());

        cli.release();
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
