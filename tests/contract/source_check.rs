//! Tests `source check`: it says what a sync would find in the files, without a ledger, a network or a workspace.

use postonce_tests::{CliRig, CommandOutput, command_output};
use serde_json::Value;

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n";
const GOOD: &str =
    "G1;14.10.2026;412,00;PM-0001;Reise;Samtale;NOK\nG2;16.10.2026;1 249,50;PM-0002;Kurs;\"Kurs; dag 1\";NOK\n";

/// Returns the kind, the code and the line of each finding.
fn findings(output: &CommandOutput) -> Vec<(String, String, u64)> {
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    let found = output.last()["findings"].as_array().expect("a list").clone();
    for finding in &found {
        assert!(text(finding, "message").len() > 20, "a sentence in {finding}");
    }
    let of = |finding: &Value| (text(finding, "kind"), text(finding, "code"), finding["line"].as_u64().unwrap_or(0));
    found.iter().map(of).collect()
}

#[test]
fn check_ends_with_0_when_everything_has_one_reading() {
    let mut rig = CliRig::over_csv(format!("{HEAD}{GOOD}").as_bytes());
    rig.stop_sandbox();
    let check = rig.run(&["source", "check"]);
    assert_eq!((check.status, findings(&check)), (Some(0), vec![]), "{}", check.words);
    assert_eq!(check.last()["counts"]["records"], 2);
    assert_eq!(check.last()["one_reading"], true);
    assert!(!rig.path().join("ledger.sqlite").exists(), "no ledger is made");
}

#[test]
fn check_lists_what_is_held_and_what_stops_with_lines() {
    let rig = CliRig::over_csv(format!("{HEAD}A1;31.02.2026;10,00;P;Reise;x;NOK\n{GOOD}").as_bytes());
    let held = rig.run(&["source", "check"]);
    assert_eq!(held.status, Some(4));
    assert_eq!(findings(&held), [("held".to_owned(), "date_invalid".to_owned(), 2)]);

    let other = rig.path().join("other.csv");
    std::fs::write(&other, format!("{HEAD}A1;14.10.2026;10.50;P;Reise;x;NOK\n")).expect("a file");
    let stops = rig.run(&["source", "check", other.to_str().expect("a name")]);
    assert_eq!(stops.status, Some(4));
    assert_eq!(findings(&stops)[0], ("stops".to_owned(), "source_amounts_contradict".to_owned(), 2));
    let none = rig.run(&["source", "check", "no.csv"]);
    assert_eq!((none.status, findings(&none)[0].1.as_str()), (Some(4), "source_file_missing"));
}

#[test]
fn check_without_a_workspace_asks_what_the_file_leaves_open() {
    let rig = CliRig::over_csv(HEAD.as_bytes());
    let (nowhere, file) = (rig.path().join("nowhere"), rig.path().join("file.csv"));
    let check = |text: &str| {
        std::fs::write(&file, text).expect("a file");
        command_output(rig.command_in(&nowhere, &["source", "check", file.to_str().expect("a name")]))
    };
    let whole = check(&format!("{HEAD}{GOOD}"));
    assert_eq!((whole.status, findings(&whole)), (Some(0), vec![]), "{}", whole.words);
    let open = check(
        "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Status\nA1;03.04.2026;25,000;P;Reise;x;Godkjent\nA2;04.04.2026;900;P;Reise;x;Avvist\n",
    );
    assert_eq!(open.status, Some(4));
    let codes: Vec<String> = findings(&open).into_iter().filter(|it| it.0 == "question").map(|it| it.1).collect();
    assert_eq!(codes, ["mark_unclear", "order_unclear", "not_all_approved"]);
    let usage = command_output(rig.command_in(&nowhere, &["source", "check"]));
    assert_eq!((usage.status, usage.last()["error"]["code"].as_str()), (Some(2), Some("workspace_missing")));
}

#[test]
fn workbook_under_kind_csv_is_named_as_what_it_is() {
    let rig = CliRig::over_csv(format!("{HEAD}{GOOD}").as_bytes());
    let book = rig.path().join("records.csv");
    let mut package = zip::ZipWriter::new(std::fs::File::create(&book).expect("a file"));
    for part in ["[Content_Types].xml", "xl/workbook.xml"] {
        package.start_file(part, zip::write::SimpleFileOptions::default()).expect("a part");
    }
    package.finish().expect("a package");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.last()["error"]["code"].as_str()), (Some(1), Some("source_is_workbook")));
}
