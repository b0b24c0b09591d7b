//! Tests desktop manners: quitting in the middle, a second start, the keyboard alone.

use serde_json::json;

use crate::records::live;
use crate::window_rig::{ENTER, ESCAPE, WindowRig, at_desk};

const RECORDS: u64 = 200;
const CTRL_Q: &str = "\u{e009}q";
const CTRL_ENTER: &str = "\u{e009}\u{e007}";

#[test]
fn quitting_during_a_sync_asks_first_and_then_ends_it_well() {
    let cli = live(200);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        cli.hold(&["vouchers"], 1);
        window.click("sync-now");
        // Before that, the card may show a sync that was asked for and is not on yet.
        window.wait_for("[data-testid=progress][data-phase=sending]");
        window.wait_for_path("//*[@data-testid='progress-processed'][not(starts-with(normalize-space(), '0 '))]");
        window.press(CTRL_Q);
        window.wait_for_dialog("quit-dialog");
        window.click("quit-keep");
        window.wait_for_no("[data-testid=quit-dialog]");
        window.wait_for("[data-testid=progress][data-phase=sending]");
        window.press(CTRL_Q);
        window.click("quit-stop");
        // Requests on their way are answered. Those that it sends before it has heard the word stand still once more.
        window.wait_until_gone_while(|| cli.let_go());
    });
    let booked = cli.stats()["vouchers"].as_u64().expect("a number");
    assert!(0 < booked && booked < RECORDS, "{booked}");
    let history = cli.run(&["history"]);
    let run = &history.last()["runs"][0];
    assert_eq!(run["outcome"], "stopped", "it was stopped, not cut off: {run}");
    assert_eq!(run["counts"]["in_doubt"], 0, "{run}");
    cli.release();
    assert_eq!(cli.sync().count("posted"), RECORDS - booked);
    assert_eq!(cli.stats()["duplicates"], json!(0));
}

#[test]
fn quitting_during_a_comparison_or_a_rebuild_asks_first() {
    let cli = live(20);
    cli.sync();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    for (open, testid) in [("ledger-compare", "compare-start"), ("ledger-rebuild", "dialog-confirm")] {
        at_desk(home.path(), Some(cli.path()), |window| {
            window.click("nav-settings");
            window.click(open);
            if open == "ledger-rebuild" {
                let name = window.look("return document.querySelector('[data-testid=frame-facts] dd').textContent");
                window.type_into("confirm-id", name.as_str().expect("the organisation has a name"));
                window.type_into("reason", "The old one is too old");
            }
            // It stands still when it reads the books.
            cli.hold(&["lookup"], 0);
            window.click(testid);
            cli.wait_until_held();
            window.press(CTRL_Q);
            window.wait_for_dialog("quit-dialog");
            window.click("quit-stop");
            window.wait_until_gone_while(|| cli.let_go());
        });
        cli.release();
        let compared = cli.run(&["compare"]);
        assert_eq!(compared.last()["counts"]["matched"], 20, "after quitting at {open}: {compared:?}");
        assert_eq!(cli.sync().count("posted"), 0, "after quitting at {open}");
    }
    assert_eq!(cli.stats()["duplicates"], json!(0));
}

#[test]
fn a_second_start_hands_its_link_to_the_first_window() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        window.click("nav-history");
        window.wait_for("[data-testid=run]");
        let run = window.look("return document.querySelector('[data-testid=run]').dataset.run");
        let run = run.as_str().expect("a run has an id").to_owned();

        window.click("nav-settings");
        window.start_second(&["postonce://run/../../settings"]);
        window.start_second(&[&format!("postonce://run/{run}")]);
        window.wait_for(&format!("[data-run='{run}'] [aria-expanded=true]"));
        window.wait_for("[data-testid=screen-history]");

        window.start_second(&["--workspace", "/srv/another"]);
        window.wait_for_text("other-workspace", "/srv/another");
        window.click("other-workspace-open");
        window.wait_for("[data-testid=other-workspace] [data-testid=problem-sentence]");
        window.click("dialog-cancel");
        window.wait_for("[data-testid=screen-history]");
    });
}

#[test]
fn the_main_job_is_done_by_a_keyboard_whose_place_is_seen() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.press(CTRL_ENTER);
        window.wait_for_text("result", "20 records for kr");
        go(window, "history");
        window.wait_for("[data-testid=run]");
        window.tab_to("run-toggle");
        window.press(ENTER);
        window.wait_for("[data-testid=run-detail]");
        go(window, "audit");
        window.tab_to("audit-verify");
        window.press(ENTER);
        window.wait_for_text("verdict", "The audit trail is whole");
        go(window, "settings");
        window.tab_to("ledger-backup");
        window.press(ENTER);
        window.wait_for_text("ledger-backed-up", "read back");
        window.tab_to("ledger-compare");
        window.press(ENTER);
        window.wait_for_dialog("compare-dialog");
        // A dialog keeps the keyboard, and gives it back.
        window.tab_to("compare-start");
        window.press(ENTER);
        window.wait_for_text("compare-result", "20 vouchers, each on both sides");
        window.press(ESCAPE);
        window.wait_for("[data-testid=ledger-compare]:focus");
    });
}

/// Opens a screen by the key of its place in the navigation.
fn go(window: &WindowRig, screen: &str) {
    let place = window.look(&format!(
        "return [...document.querySelectorAll('nav li a')].findIndex((a) => a.dataset.testid === 'nav-{screen}') + 1"
    ));
    window.press(&format!("\u{e009}{place}"));
    window.wait_for(&format!("[data-testid=screen-{screen}]"));
}
