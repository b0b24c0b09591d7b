//! Compares the ledger with the accounting system, both ways: each difference is found, named and followed up, and nothing else.

use std::process::Command;

use postonce_tests::{CliRig, CommandOutput};
use reqwest::Method;
use serde_json::{Value, json};

/// Returns a rig with so many records, all exported, and the id of the run.
fn exported(records: usize) -> (CliRig, String) {
    let rig = CliRig::practice(records, "");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), records as u64), "{}", sync.words);
    let run = sync.last()["run_id"].as_str().expect("an id").to_owned();
    (rig, run)
}

/// Returns the rows of a run.
fn rows(rig: &CliRig, run: &str) -> Vec<Value> {
    rig.run(&["run", run]).last()["records"].as_array().expect("a list").clone()
}

/// Returns the kinds of the differences, sorted.
fn kinds(compared: &CommandOutput) -> Vec<String> {
    let differences = compared.last()["differences"].as_array().cloned().unwrap_or_default();
    let mut kinds: Vec<String> = differences.iter().filter_map(|one| Some(one["kind"].as_str()?.to_owned())).collect();
    kinds.sort_unstable();
    kinds
}

/// Returns a voucher that can be written into the accounting system's books by hand.
fn by_hand(row: &Value, reference: &str, date: &Value, amount: &str) -> Value {
    json!({
        "reference": reference, "date": date, "currency": row["currency"], "text": "By hand",
        "lines": [{ "account": "7140", "amount": amount }, { "account": "2930", "amount": format!("-{amount}") }],
    })
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().expect("a text")
}

fn vanish(rig: &CliRig, row: &Value) {
    rig.admin(Method::DELETE, &format!("vouchers/{}", text(row, "voucher_id")), None);
}

fn void(rig: &CliRig, row: &Value) {
    rig.admin(Method::POST, &format!("vouchers/{}/void", text(row, "voucher_id")), None);
}

#[test]
fn both_sides_are_equal_after_a_sync_which_has_a_certificate() {
    let (rig, run) = exported(60);
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{}", compared.words);
    let document = compared.last();
    assert_eq!((&document["equal"], kinds(&compared).len()), (&json!(true), 0));
    for count in ["ledger", "accounting", "matched"] {
        assert_eq!(document["counts"][count], 60, "{count}");
    }
    let sums = document["sums"].as_array().expect("a list");
    assert!(!sums.is_empty() && sums.iter().all(|sum| sum["ledger"] == sum["accounting"]), "{sums:?}");
    let shown = rig.run(&["run", &run]);
    let certificate = &shown.last()["certificate"];
    assert_eq!((&certificate["counts"]["matched"], &certificate["counts"]["differences"]), (&json!(60), &json!(0)));
    assert_eq!(certificate["run_id"], run);
    let second = rig.sync();
    let nothing = rig.run(&["run", text(second.last(), "run_id")]);
    assert_eq!(nothing.last()["certificate"], Value::Null, "a run that posted nothing has none");
}

#[test]
fn each_kind_of_difference_is_found_and_named_both_ways() {
    let (rig, run) = exported(30);
    let rows = rows(&rig, &run);
    vanish(&rig, &rows[0]);
    void(&rig, &rows[1]);
    let amount = text(&rows[2], "amount");
    rig.admin(
        Method::POST,
        "vouchers",
        Some(&by_hand(&rows[2], text(&rows[2], "reference"), &rows[2]["date"], amount)),
    );
    vanish(&rig, &rows[3]);
    rig.admin(
        Method::POST,
        "vouchers",
        Some(&by_hand(&rows[3], text(&rows[3], "reference"), &rows[3]["date"], "1.00")),
    );
    let same = rig.admin(Method::GET, &format!("vouchers/{}", text(&rows[4], "voucher_id")), None);
    vanish(&rig, &rows[4]);
    rig.admin(Method::POST, "vouchers", Some(&same));
    let stranger = text(&rows[5], "reference").replacen(text(&rows[5], "record_id"), "nobody-knows-me", 1);
    rig.admin(Method::POST, "vouchers", Some(&by_hand(&rows[5], &stranger, &rows[5]["date"], "12.50")));
    let other = by_hand(&rows[6], "somebody-else:1", &rows[6]["date"], "12.50");
    rig.admin(Method::POST, "vouchers", Some(&other));

    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(4), "{}", compared.words);
    let expected =
        ["missing_in_accounting", "other_content", "other_voucher", "reversed", "several", "unknown_to_ledger"];
    assert_eq!(kinds(&compared), expected, "a voucher under another reference is nobody's business");
    let differences = compared.last()["differences"].as_array().expect("a list");
    let of = |kind: &str| differences.iter().find(|one| one["kind"] == kind).expect("it was found").clone();
    assert_eq!(of("missing_in_accounting")["ledger"]["voucher_id"], rows[0]["voucher_id"]);
    assert_eq!(of("reversed")["accounting"][0]["state"], "voided");
    assert_eq!(of("several")["accounting"].as_array().map(Vec::len), Some(2));
    assert_eq!(of("other_content")["accounting"][0]["total"], "1.00");
    assert_eq!(
        (&of("unknown_to_ledger")["ledger"], &of("unknown_to_ledger")["reference"]),
        (&Value::Null, &json!(stranger))
    );

    let status = rig.run(&["status"]);
    assert_eq!(status.last()["records"]["vanished"], 5, "{}", status.words);
    let attention = rig.run(&["attention"]);
    let first = &attention.last()["items"][0];
    assert_eq!((attention.status, &first["state"]), (Some(4), &json!("vanished")));
    assert!(first["vanished"]["kind"].is_string() && first["vanished"]["evidence"].is_array(), "{first}");
    let again = rig.run(&["compare"]);
    assert_eq!((kinds(&again).len(), &rig.run(&["status"]).last()["records"]["vanished"]), (6, &json!(5)));
    assert_eq!(rig.sync().count("posted"), 0, "nothing of that is exported again");
}

#[test]
fn the_next_sync_notices_vouchers_gone_and_there_again() {
    let (rig, run) = exported(620);
    let rows = rows(&rig, &run);
    let vanished = |rig: &CliRig| rig.run(&["status"]).last()["records"]["vanished"].clone();
    // No voucher is seen: whatever hides them, it is a case for a person.
    rig.set_faults(&json!({ "lookup_lag_ms": 3_600_000, "stated_lookup_lag_ms": 0 }));
    let blind = rig.sync();
    assert_eq!((blind.status, blind.count("posted"), blind.count("skipped")), (Some(4), 0, 620), "{}", blind.words);
    assert_eq!(vanished(&rig), 620);
    rig.set_faults(&json!({}));
    let seeing = rig.sync();
    assert_eq!((seeing.status, seeing.count("posted")), (Some(0), 0), "{}", seeing.words);
    assert_eq!(vanished(&rig), 0, "found well: the alarms end by themselves");

    vanish(&rig, &rows[3]);
    void(&rig, &rows[611]);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("skipped")), (Some(4), 0, 620), "{}", sync.words);
    let attention = rig.run(&["attention"]);
    let mut found: Vec<(&str, &str)> = attention.last()["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| (text(item, "record_id"), text(&item["vanished"], "kind")))
        .collect();
    found.sort_unstable_by_key(|(_, kind)| *kind);
    assert_eq!(found, [(text(&rows[3], "record_id"), "gone"), (text(&rows[611], "record_id"), "reversed")]);
    let trail = rig.run(&["record", text(&rows[611], "record_id")]);
    assert!(trail.last().to_string().contains("alarm_raised"), "{}", trail.last());
}

#[test]
fn a_period_is_compared_alone_and_names_vouchers_dated_outside() {
    let (rig, run) = exported(40);
    let rows = rows(&rig, &run);
    let day = text(&rows[0], "date").to_owned();
    let of_day = rows.iter().filter(|row| text(row, "date") == day).count();
    let compared = rig.run(&["compare", "--from", &day, "--to", &day]);
    assert_eq!(
        (compared.status, &compared.last()["counts"]["ledger"]),
        (Some(0), &json!(of_day)),
        "{}",
        compared.words
    );
    vanish(&rig, &rows[0]);
    let elsewhere = by_hand(&rows[0], text(&rows[0], "reference"), &json!("2001-01-01"), text(&rows[0], "amount"));
    rig.admin(Method::POST, "vouchers", Some(&elsewhere));
    assert_eq!(kinds(&rig.run(&["compare", "--from", &day, "--to", &day])), ["other_content"]);
    assert_eq!(kinds(&rig.run(&["compare", "--to", "2001-12-31"])), ["other_content"], "from the other side too");
}

#[test]
fn an_alarm_is_cleared_when_the_voucher_is_found_well_again() {
    let (rig, run) = exported(5);
    let rows = rows(&rig, &run);
    let twin = by_hand(&rows[0], text(&rows[0], "reference"), &rows[0]["date"], text(&rows[0], "amount"));
    let made = rig.admin(Method::POST, "vouchers", Some(&twin));
    assert_eq!(kinds(&rig.run(&["compare"])), ["several"]);
    assert_eq!(rig.run(&["attention"]).last()["items"][0]["vanished"]["kind"], "several");
    vanish(&rig, &made);
    assert_eq!(rig.run(&["compare"]).status, Some(0));
    assert_eq!(rig.run(&["attention"]).status, Some(0));
}

#[test]
fn an_alarm_that_a_person_accepted_is_not_raised_again() {
    let (rig, run) = exported(5);
    let rows = rows(&rig, &run);
    let id = text(&rows[0], "record_id");
    let nothing = rig.run(&["accept", id, "--reason", "There is nothing wrong"]);
    assert_eq!((nothing.status, &nothing.last()["error"]["code"]), (Some(1), &json!("nothing_to_accept")));
    void(&rig, &rows[0]);
    assert_eq!(rig.run(&["compare"]).status, Some(4));
    let short = rig.run(&["accept", id, "--reason", "  ok.     "]);
    assert_eq!((short.status, &short.last()["error"]["code"]), (Some(2), &json!("reason_too_short")));
    let reason = "Reversed by the bookkeeper on purpose";
    assert_eq!(rig.run(&["accept", id, "--reason", reason]).status, Some(0));
    assert_eq!(rig.run(&["attention"]).status, Some(0));
    let story = rig.run(&["record", id]);
    let accepted = &story.last()["accepted"][0];
    assert_eq!((&accepted["alarm"], &accepted["reason"]), (&json!("reversed"), &json!(reason)));
    assert_eq!(kinds(&rig.run(&["compare"])), ["reversed"], "the difference is still named");
    assert_eq!(rig.run(&["attention"]).status, Some(0), "and waits for nobody");
    vanish(&rig, &rows[0]);
    assert_eq!(rig.run(&["compare"]).status, Some(4));
    assert_eq!(rig.run(&["attention"]).last()["items"][0]["vanished"]["kind"], "gone", "something else happened");
}

#[test]
fn the_certificate_is_written_in_three_formats_over_nothing() {
    let (rig, run) = exported(200);
    let path = |name: &str| rig.path().join(name).display().to_string();
    let write = |name: &str| rig.run(&["certificate", &run, &path(name)]);
    for name in ["c.pdf", "c.csv", "c.json"] {
        assert_eq!(write(name).status, Some(0), "{name}");
        let again = write(name);
        assert_eq!((again.status, &again.last()["error"]["code"]), (Some(2), &json!("report_exists")), "{name}");
    }
    assert_eq!(rig.run(&["certificate", &run, &path("c.pdf"), "--force"]).status, Some(0));
    assert_eq!(write("c.doc").last()["error"]["code"], "report_format_unknown");
    let unknown = rig.run(&["certificate", "no-such-run", &path("d.pdf")]);
    assert_eq!(unknown.last()["error"]["code"], "run_not_found");

    let document = std::fs::read_to_string(path("c.json")).expect("it was written");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["vouchers"].as_array().map(Vec::len), Some(200));
    assert_eq!(document["comparison"]["counts"]["matched"], 200);
    let table = std::fs::read_to_string(path("c.csv")).expect("it was written");
    assert_eq!(table.lines().filter(|line| line.starts_with("voucher,")).count(), 200);

    let Some(words) = pdf_text(&path("c.pdf")) else { return };
    for sum in document["comparison"]["sums"].as_array().expect("a list") {
        let sum = grouped(text(sum, "ledger"));
        assert!(words.matches(&sum).count() >= 2, "{sum} stands on both sides of the figures");
    }
    let last = &document["vouchers"][199];
    assert!(words.contains(text(last, "voucher_id")) && words.contains(&run), "the list is whole");
}

#[test]
fn a_comparison_is_written_with_its_differences() {
    let (rig, run) = exported(10);
    let rows = rows(&rig, &run);
    vanish(&rig, &rows[0]);
    let file = rig.path().join("difference.pdf").display().to_string();
    assert_eq!(rig.run(&["compare", "--out", &file]).status, Some(4));
    assert_eq!(rig.run(&["compare", "--out", &file]).last()["error"]["code"], "report_exists");
    let Some(words) = pdf_text(&file) else { return };
    assert!(words.contains("There is 1 difference") && words.contains(text(&rows[0], "record_id")), "{words}");
}

#[test]
fn a_search_that_lags_raises_no_alarm_and_the_wait_is_counted() {
    let rig = CliRig::practice(20, "unique_references = \"off\"\nchecks_fence = \"off\"\nlookup_lag_ms = 3600000\n");
    let sync = rig.sync();
    assert_eq!(sync.count("posted"), 20, "{}", sync.words);
    let run = rig.run(&["run", text(sync.last(), "run_id")]);
    assert_eq!(run.last()["certificate"]["counts"]["waiting"], 20);
    let compared = rig.run(&["compare"]);
    assert_eq!((compared.status, kinds(&compared).len()), (Some(4), 0), "{}", compared.words);
    assert_eq!((&compared.last()["counts"]["waiting"], &compared.last()["equal"]), (&json!(20), &json!(false)));
    assert_eq!(rig.run(&["status"]).last()["records"]["vanished"], 0);
}

#[test]
fn a_workspace_may_do_without_certificates() {
    let rig = CliRig::practice(10, "");
    let file = rig.path().join("workspace.toml");
    let settings = std::fs::read_to_string(&file).expect("it was made");
    std::fs::write(&file, format!("{settings}\n[sync]\ncompare_after_run = false\n")).expect("writable");
    let sync = rig.sync();
    let run = text(sync.last(), "run_id");
    assert_eq!(rig.run(&["run", run]).last()["certificate"], Value::Null);
    let written = rig.run(&["certificate", run, "c.pdf"]);
    assert_eq!((written.status, &written.last()["error"]["code"]), (Some(1), &json!("certificate_missing")));
    std::fs::write(&file, format!("{settings}\n[sync]\ncompare_after_runs = false\n")).expect("writable");
    let mistyped = rig.run(&["status"]);
    let detail = &mistyped.last()["error"]["detail"];
    assert_eq!((mistyped.status, &detail["nearest"]), (Some(2), &json!("compare_after_run")), "{mistyped:?}");
}

/// Returns `1234.50` as `1,234.50`.
fn grouped(decimal: &str) -> String {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let mut digits: Vec<char> = Vec::new();
    for (place, digit) in whole.chars().rev().enumerate() {
        if place > 0 && place % 3 == 0 {
            digits.push(',');
        }
        digits.push(digit);
    }
    let whole: String = digits.into_iter().rev().collect();
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// Returns the text of a PDF, where this machine has a reader.
pub(crate) fn pdf_text(file: &str) -> Option<String> {
    match Command::new("pdftotext").args(["-layout", file, "-"]).output() {
        Ok(read) => Some(String::from_utf8_lossy(&read.stdout).into_owned()),
        Err(error) => {
            eprintln!("SKIPPED: the text of the PDF was not read, there is no pdftotext on this machine ({error})");
            None
        }
    }
}
