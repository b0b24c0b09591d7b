//! Tests the search for records and runs: a word finds a record, its timeline names the voucher, and a search of the history
//! leads to the run that exported it.

use postonce_tests::{CliRig, wait_until};

use crate::records::live_over;
use crate::window_rig::{WindowRig, at_desk};

const RECORDS: usize = 60;
const WANTED: &str = "U-0042";

#[test]
fn a_record_is_found_by_payee_and_its_timeline_leads_to_the_run() {
    let cli = cli();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        synced(window);
        window.click("nav-records");
        window.wait_for_text("records-count", "60 records");
        // Typed in lower case: SQLite alone would not find Ø under ø.
        window.type_into("records-text", "øverland");
        window.wait_for_text("records-count", "1 record");
        window.wait_for(&format!("[data-testid=record-row][data-record='{WANTED}'][data-state=posted]"));
        wait_until("one row, for nobody else has that name", || rows(window) == 1);

        window.click("record-toggle");
        window.wait_for_text("timeline", "Acknowledged by the accounting system");
        for part in ["Taken into a sync", "First seen in the source", "hlf:U-0042"] {
            window.text_with("timeline", part);
        }
        let address = format!("#/records/{WANTED}");
        wait_until("an address that can be copied", || window.look("return location.hash;") == address.as_str());
        window.click_on("[data-testid=timeline] a");
        window.wait_for("[data-testid=run-detail]");
    });
}

#[test]
fn the_history_is_searched_for_a_voucher_and_filtered() {
    let cli = cli();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        synced(window);
        window.click("nav-records");
        window.type_into("records-text", WANTED);
        window.wait_for_text("records-count", "1 record");
        window.wait_for(&format!("[data-testid=record-row][data-record='{WANTED}']"));
        wait_until("one row", || rows(window) == 1);
        let number =
            window.look("return document.querySelector('[data-testid=record-row]').cells[5].innerText.trim();");
        let number = number.as_str().expect("a voucher has a number").to_owned();

        window.click("nav-history");
        window.type_into("history-text", &number);
        window.wait_for("[data-testid=run][data-outcome=completed]");
        window.click("run-toggle");
        window.wait_for(&format!("[data-testid=run-item][data-record='{WANTED}']"));
        // An open run is shown whatever else is asked for.
        window.click("run-toggle");
        window.click("history-clear");
        window.type_into("history-actor", "nobody of that name");
        window.wait_for_text("history-empty", "Nothing found");
    });
}

/// One of the payees has a name that is not of A to Z.
fn cli() -> CliRig {
    let rows: Vec<String> = (1..=RECORDS)
        .map(|number| {
            let payee = if number == 42 { "Astrid ØVERLAND" } else { "PM-0001" };
            format!("U-{number:04};05.10.2026;125,50;{payee};Reise;Samtale;NOK")
        })
        .collect();
    live_over(&rows, "")
}

fn synced(window: &WindowRig) {
    window.click("sync-now");
    window.wait_for_text("result", "60 records for kr");
}

fn rows(window: &WindowRig) -> usize {
    let count = window.look("return document.querySelectorAll('[data-testid=record-row]').length;");
    count.as_u64().and_then(|count| usize::try_from(count).ok()).expect("a number")
}
