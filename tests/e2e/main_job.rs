//! Tests the main job: click, watch the numbers grow, read the history, click again.

use std::collections::{BTreeMap, BTreeSet};

use postonce_tests::CliRig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::records::{PER_REQUEST, ids, live, slow};
use crate::window_rig::{WindowRig, at_desk};

const RECORDS: usize = 240;

#[test]
fn a_sync_is_watched_and_read_in_the_history_and_ends_the_job() {
    let cli = live(RECORDS);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        the_connection_is_shown(window, &cli);
        // An estimate needs a second of evidence: the answers take longer than that on any machine.
        cli.set_faults(&slow(200));
        cli.hold(&["vouchers"], 0);
        window.click("sync-now");
        the_numbers_grow(window, &cli);
        window.wait_for_text("result", "240 records for kr");
        window.wait_for_text("count-exported", "240");
        window.wait_for_words("answer", "Everything is exported.");

        let exported = read_newest_run(window);
        let all: BTreeSet<String> = exported.iter().map(|row| text(row, "record")).collect();
        assert_eq!(all, ids(RECORDS).collect(), "each record stands in the history, once");
        assert_eq!(exported.len(), RECORDS);
        every_row_is_in_the_books(&cli, &exported);
        let first_run = open_run(window);

        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for_text("result", "Nothing new to export.");
        window.text_with("result", "240 rows were left out");
        let stats = cli.stats();
        assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(RECORDS), &json!(0)), "{stats}");

        let skipped = read_newest_run(window);
        assert_ne!(open_run(window), first_run);
        assert_eq!(vouchers(&skipped), vouchers(&exported), "the second run names the vouchers of the first");
        for row in &skipped {
            assert_eq!(row["result"], "skipped_already_exported", "{row}");
            assert!(text(row, "words").contains("today at"), "it says when it was exported: {row}");
        }
        // The way back to the run in which it was exported.
        window.click_on(&format!("[data-testid=run-item][data-index='{}'] .result a", RECORDS - 1));
        window.wait_for(&format!("[data-run='{first_run}'] [aria-expanded=true]"));
    });
}

fn the_connection_is_shown(window: &WindowRig, cli: &CliRig) {
    window.wait_for("[data-testid=connection][data-reach=reached]");
    let me = cli.call(Method::GET, "v1/me", None);
    let connection = window.text_with("connection", &text(&me["organisation"], "name"));
    assert!(connection.contains(cli.url()), "{connection}");
    window.text_with("frame-facts", &text(&me["user"], "name"));
    window.wait_for_words("protection", "Refuses double vouchers itself");
    // The source was read when the window opened.
    window.wait_for_words("answer", &format!("{RECORDS} records wait."));
    window.wait_for_words("count-waiting", &RECORDS.to_string());
    window.text_with("answer-text", "This machine has not synced yet.");
}

/// Lets one request after the other be answered, and reads the numbers after each.
fn the_numbers_grow(window: &WindowRig, cli: &CliRig) {
    let look = "const of = (name) => document.querySelector(`[data-testid=${name}]`)?.textContent.trim() ?? '';
                return [of('progress-processed'), of('progress-eta')];";
    let (mut processed, mut estimates) = (Vec::new(), Vec::new());
    for answered in (0..RECORDS).step_by(PER_REQUEST) {
        // The next request stands still: the numbers are those of all before it.
        cli.wait_until_held();
        window.wait_for_path(&format!(
            "//*[@data-testid='progress-processed'][normalize-space() = '{answered} of {RECORDS}']"
        ));
        let seen = window.look(look);
        let [now, estimate] = [0, 1].map(|at| seen[at].as_str().unwrap_or_default().to_owned());
        let done = now.strip_suffix(" of 240").expect("the numbers of the sending");
        processed.push(done.parse::<usize>().expect("a number"));
        estimates.push(estimate);
        cli.let_one_go();
    }
    cli.release();
    let different: BTreeSet<usize> = processed.iter().copied().collect();
    assert!(different.len() >= 3, "the numbers grow: {processed:?}");
    assert!(processed.is_sorted() && processed.iter().all(|done| *done <= RECORDS), "{processed:?}");
    let first = estimates.first().expect("there is progress");
    assert_eq!(first, "Working out how long this takes…", "no estimate before there is evidence");
    assert!(estimates.iter().any(|said| said.starts_with("Less than a minute left, done at")), "{estimates:?}");
}

/// Opens the newest run in the history and reads each of its rows, scrolling as far as they go.
fn read_newest_run(window: &WindowRig) -> Vec<Value> {
    window.click("nav-history");
    window.click("run-toggle");
    let mut rows = BTreeMap::new();
    while rows.len() < RECORDS {
        let next = rows.len();
        window.wait_for(&format!("[data-testid=run-item][data-index='{next}']"));
        let seen = window.look(
            "const region = document.querySelector('[data-testid=run-items]');
             if (!region) return [];
             const rows = [...document.querySelectorAll('[data-testid=run-item]')].map((row) => {
               const voucher = row.querySelector('[data-testid=voucher-id]');
               return { index: Number(row.dataset.index), record: row.cells[0].innerText, result: row.dataset.result,
                 words: row.cells[4].innerText, voucher_id: voucher?.dataset.voucherId, number: voucher?.innerText,
                 reference: row.cells[6].innerText };
             });
             region.scrollTop += region.clientHeight / 2;
             return rows;",
        );
        let seen = seen.as_array().expect("a list");
        for row in seen {
            rows.insert(row["index"].as_u64().expect("a number"), row.clone());
        }
        assert!(rows.len() > next, "row {next} cannot be reached by scrolling");
    }
    rows.into_values().collect()
}

/// Returns the id of the run that is open.
fn open_run(window: &WindowRig) -> String {
    window.wait_for("[data-testid=run-detail]");
    text(&window.look("return { run: document.querySelector('[data-testid=run].open').dataset.run };"), "run")
}

/// Checks that the window shows the same as the sandbox's own books, asked by reference.
fn every_row_is_in_the_books(cli: &CliRig, rows: &[Value]) {
    let references: Vec<String> = rows.iter().map(|row| text(row, "reference")).collect();
    let answer = cli.call(Method::POST, "v1/vouchers/lookup", Some(&json!({ "references": references })));
    let booked: BTreeMap<String, &Value> =
        answer["found"].as_array().expect("a list").iter().map(|found| (text(found, "reference"), found)).collect();
    assert_eq!(booked.len(), rows.len(), "each reference is in the books");
    for row in rows {
        let found = booked[&text(row, "reference")];
        assert_eq!(row["result"], "posted", "{row}");
        assert_eq!((&row["voucher_id"], &row["number"]), (&found["voucher_id"], &found["number"]), "{row}");
    }
}

fn vouchers(rows: &[Value]) -> BTreeMap<String, String> {
    rows.iter().map(|row| (text(row, "record"), text(row, "voucher_id"))).collect()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}
