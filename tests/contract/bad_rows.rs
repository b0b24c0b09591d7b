//! Tests rows that cannot be exported: each is held with its reason, and the others go through.

use postonce_tests::CliRig;
use serde_json::Value;

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n";
const GOOD: &str =
    "G1;05.10.2026;412,00;PM-0001;Reise;Samtale;NOK\nG2;06.10.2026;1 249,50;PM-0002;Kurs;\"Kurs; dag 1\";NOK\n";

/// Syncs the good rows with these between them, and returns the held ones as (reason code, line).
fn held_among_good(rows: &str) -> Vec<(String, u64)> {
    let rig = CliRig::over_csv(format!("{HEAD}{rows}{GOOD}").as_bytes());
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(4), 2), "the good rows go through: {}", sync.words);
    assert_eq!(sync.last()["sums"][0]["posted"], "1661.50");
    let run = rig.run(&["run", sync.last()["run_id"].as_str().expect("an id")]);
    let rows = run.last()["records"].as_array().expect("a list").clone();
    let mut held: Vec<(String, u64)> = rows
        .iter()
        .filter(|row| row["result"] == "held")
        .map(|row| {
            assert!(row["reason"].as_str().is_some_and(|reason| reason.len() > 20), "a sentence in {row}");
            let code = row["reason_code"]["held"]["code"].as_str().expect("a code").to_owned();
            (code, row["place"]["line"].as_u64().expect("a line"))
        })
        .collect();
    held.sort_by_key(|(_, line)| *line);
    assert_eq!(sync.count("held"), held.len() as u64);
    held
}

fn held_alone(row: &str) -> String {
    let held = held_among_good(&format!("{row}\n"));
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(held[0].1, 2, "the line is named");
    held[0].0.clone()
}

#[test]
fn a_row_without_id_is_held() {
    assert_eq!(held_alone(";05.10.2026;10,00;PM-0001;Reise;x;NOK"), "id_missing");
}

#[test]
fn an_id_with_control_characters_or_rounded_is_held() {
    assert_eq!(held_alone("1,23457E+11;05.10.2026;10,00;PM-0001;Reise;x;NOK"), "id_scientific");
    assert_eq!(held_alone("A\u{7}1;05.10.2026;10,00;PM-0001;Reise;x;NOK"), "id_invalid");
}

#[test]
fn a_date_that_is_none_or_cannot_be_meant_is_held() {
    assert_eq!(held_alone("A1;31.02.2026;10,00;PM-0001;Reise;x;NOK"), "date_invalid");
    assert_eq!(held_alone("A1;05.10.0202;10,00;PM-0001;Reise;x;NOK"), "date_implausible");
    assert_eq!(held_alone("A1;05.10.1999;10,00;PM-0001;Reise;x;NOK"), "date_implausible");
    assert_eq!(held_alone("A1;05.10.2099;10,00;PM-0001;Reise;x;NOK"), "date_implausible");
}

#[test]
fn an_amount_that_is_none_unclear_or_too_fine_is_held() {
    assert_eq!(held_alone("A1;05.10.2026;ti kroner;PM-0001;Reise;x;NOK"), "amount_invalid");
    assert_eq!(held_alone("A1;05.10.2026;10,005;PM-0001;Reise;x;NOK"), "amount_decimals");
    assert_eq!(held_alone("A1;05.10.2026;10,5;PM-0001;Reise;x;JPY"), "amount_decimals");
    assert_eq!(held_alone("A1;05.10.2026;10,000;PM-0001;Reise;x;NOK"), "amount_ambiguous");
}

#[test]
fn rows_that_are_no_records_are_listed_and_ask_for_nobody() {
    let others = "A1;05.10.2026;0,00;PM-0001;Reise;Paid by card;NOK\nSum;;1 661,50;;;;\nRows: 2;;;;;;\n";
    let rig = CliRig::over_csv(format!("{HEAD}{GOOD}{others}").as_bytes());
    for posted in [2, 0] {
        let sync = rig.sync();
        assert_eq!((sync.status, sync.count("posted"), sync.count("left_out")), (Some(0), posted, 3), "{}", sync.words);
        let run = rig.run(&["run", sync.last()["run_id"].as_str().expect("an id")]);
        let rows = run.last()["records"].as_array().expect("a list").clone();
        let left_out = rows.iter().filter(|row| row["result"] == "left_out");
        let mut codes: Vec<String> = left_out
            .map(|row| {
                assert!(row["reason"].as_str().is_some_and(|reason| reason.len() > 20), "a sentence in {row}");
                row["reason_code"]["held"]["code"].as_str().expect("a code").to_owned()
            })
            .collect();
        codes.sort();
        assert_eq!(codes, ["amount_zero", "row_is_note", "total_left_out"]);
    }
    assert_eq!(rig.run(&["attention"]).status, Some(0));
}

#[test]
fn an_unknown_currency_is_held() {
    assert_eq!(held_alone("A1;05.10.2026;10,00;PM-0001;Reise;x;KRO"), "currency_unknown");
}

#[test]
fn a_row_with_too_few_fields_is_held() {
    assert_eq!(held_alone("A1;05.10.2026"), "row_unreadable");
}

#[test]
fn an_id_twice_is_held_with_other_content_else_counted_once() {
    let twice = "A1;05.10.2026;10,00;PM-0001;Reise;x;NOK\nA1;05.10.2026;11,00;PM-0001;Reise;x;NOK\n";
    let expected = [("id_repeated".to_owned(), 2), ("id_repeated".to_owned(), 3)];
    assert_eq!(held_among_good(twice), expected);

    let rig = CliRig::over_csv(format!("{HEAD}{GOOD}{GOOD}").as_bytes());
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("skipped")), (Some(0), 2, 2), "{}", sync.words);
    let run = rig.run(&["run", sync.last()["run_id"].as_str().expect("an id")]);
    let repeated = |row: &&Value| row["result"] == "skipped_repeated_in_source";
    assert_eq!(run.last()["records"].as_array().expect("a list").iter().filter(repeated).count(), 2);
    assert_eq!(rig.stats()["vouchers"], 2);
}

#[test]
fn a_source_that_was_put_right_is_exported_by_the_next_sync() {
    let rig = CliRig::over_csv(format!("{HEAD}A1;05.10.2026;x;PM-0001;Reise;x;NOK\n").as_bytes());
    assert_eq!(rig.sync().status, Some(4));
    let right = format!("{HEAD}A1;05.10.2026;10,00;PM-0001;Reise;x;NOK\n");
    std::fs::write(rig.path().join("records.csv"), right).expect("writable");
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted")), (Some(0), 1), "{}", second.words);
    assert_eq!(rig.run(&["attention"]).status, Some(0));
}
