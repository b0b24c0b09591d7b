//! Desktop manners: quitting in the middle, a second start, the keyboard alone.

use serde_json::json;

use crate::desk::{Desk, at_desk};
use crate::records::{fast, live, slow, slow_everywhere};

const RECORDS: u64 = 200;
const CTRL_Q: &str = "\u{e009}q\u{e000}";
const CTRL_ENTER: &str = "\u{e009}\u{e007}\u{e000}";
const ENTER: &str = "\u{e007}";

#[test]
fn quitting_during_a_sync_asks_first_and_then_settles_what_is_on_its_way() {
    let bench = live(200);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        bench.set_faults(&slow(300));
        desk.click("sync-now");
        desk.wait_for_path("//*[@data-testid='progress-processed'][not(starts-with(normalize-space(), '0 '))]");
        desk.press(CTRL_Q);
        desk.wait_for("[data-testid=quit-dialog]");
        desk.click("quit-keep");
        desk.wait_for("body:not(:has([data-testid=quit-dialog]))");
        desk.wait_for("[data-testid=progress][data-phase=sending]");
        desk.press(CTRL_Q);
        desk.click("quit-stop");
        desk.wait_until_gone();
    });
    let booked = bench.stats()["vouchers"].as_u64().expect("a number");
    assert!(0 < booked && booked < RECORDS, "{booked}");
    let history = bench.run(&["history"]);
    let run = &history.last()["runs"][0];
    assert_eq!(run["outcome"], "stopped", "it was stopped, not cut off: {run}");
    assert_eq!(run["counts"]["in_doubt"], 0, "{run}");
    bench.set_faults(&fast());
    assert_eq!(bench.sync().count("posted"), RECORDS - booked);
    assert_eq!(bench.stats()["duplicates"], json!(0));
}

#[test]
fn quitting_during_a_comparison_and_a_rebuild_asks_first_and_loses_nothing() {
    let bench = live(20);
    bench.sync();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    for (open, testid) in [("ledger-compare", "compare-start"), ("ledger-rebuild", "dialog-confirm")] {
        at_desk(home.path(), Some(bench.path()), |desk| {
            desk.click("nav-settings");
            desk.click(open);
            if open == "ledger-rebuild" {
                let name = desk.look("return document.querySelector('[data-testid=frame-facts] dd').textContent");
                desk.type_into("confirm-id", name.as_str().expect("the organisation has a name"));
            }
            bench.set_faults(&slow_everywhere(3_000));
            desk.click(testid);
            desk.press(CTRL_Q);
            desk.wait_for("[data-testid=quit-dialog]");
            desk.click("quit-stop");
            desk.wait_until_gone();
        });
        bench.set_faults(&fast());
        let compared = bench.run(&["compare"]);
        assert_eq!(compared.last()["counts"]["matched"], 20, "after quitting at {open}: {compared:?}");
        assert_eq!(bench.sync().count("posted"), 0, "after quitting at {open}");
    }
    assert_eq!(bench.stats()["duplicates"], json!(0));
}

#[test]
fn a_second_start_hands_its_link_to_the_first_window_and_a_false_link_does_nothing() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        desk.click("nav-history");
        desk.wait_for("[data-testid=run]");
        let run = desk.look("return document.querySelector('[data-testid=run]').dataset.run");
        let run = run.as_str().expect("a run has an id").to_owned();

        desk.click("nav-settings");
        desk.start_second(&["postonce://run/../../settings"]);
        desk.start_second(&[&format!("postonce://run/{run}")]);
        desk.wait_for(&format!("[data-run='{run}'] [aria-expanded=true]"));
        desk.wait_for("[data-testid=screen-history]");

        desk.start_second(&["--workspace", "/srv/another"]);
        desk.wait_for_text("other-workspace", "/srv/another");
        desk.click("other-workspace-open");
        desk.wait_for("[data-testid=other-workspace] [data-testid=problem-sentence]");
        desk.click("dialog-cancel");
        desk.wait_for("[data-testid=screen-history]");
    });
}

#[test]
fn everything_of_the_main_job_is_done_by_keyboard_alone_and_where_it_is_can_be_seen() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.wait_for("[data-testid=connection][data-reach=reached]");
        desk.press(CTRL_ENTER);
        desk.wait_for_text("result", "20 records for kr");
        go(desk, "history");
        desk.wait_for("[data-testid=run]");
        desk.tab_to("run-toggle");
        desk.press(ENTER);
        desk.wait_for("[data-testid=run-detail]");
        go(desk, "audit");
        desk.tab_to("audit-verify");
        desk.press(ENTER);
        desk.wait_for_text("verdict", "The audit trail is whole");
        go(desk, "settings");
        desk.tab_to("ledger-backup");
        desk.press(ENTER);
        desk.wait_for_text("ledger-backed-up", "read back");
        desk.tab_to("ledger-compare");
        desk.press(ENTER);
        desk.wait_for("[data-testid=compare-dialog]");
        // A dialog keeps the keyboard, and gives it back.
        desk.tab_to("compare-start");
        desk.press(ENTER);
        desk.wait_for_text("compare-result", "20 vouchers, each on both sides");
        desk.press("\u{e00c}");
        desk.wait_for("[data-testid=ledger-compare]:focus");
    });
}

/// By the key of its place in the navigation.
fn go(desk: &Desk, screen: &str) {
    let place = desk.look(&format!(
        "return [...document.querySelectorAll('nav li a')].findIndex((a) => a.dataset.testid === 'nav-{screen}') + 1"
    ));
    desk.press(&format!("\u{e009}{place}\u{e000}"));
    desk.wait_for(&format!("[data-testid=screen-{screen}]"));
}
