//! Tests files that could be read in two ways: nothing of them is sent, the sentence names the line, and once a person has said
//! how they are meant, exactly that stands in the books.

use postonce_tests::{CliRig, plain_source};
use reqwest::Method;

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst";

/// Lets foreign amounts be sent without a rate.
const BY_THE_RATE_OF_THE_BOOKS: &str = "[posting]\nwithout_rate = \"books\"";

/// Sets up a workspace over this file, whose `[source]` names the currency's column only where the file has one, and sees
/// that a sync stops with this code at this line, before anything is sent.
fn stopped(text: &str, code: &str, line: u64) -> CliRig {
    let named = plain_source("records.csv");
    let source = if text.contains("Valuta") { named } else { named.replace("currency = \"Valuta\"\n", "") };
    let rig = CliRig::over_source(&source);
    write(&rig, text);
    stops(&rig, code, line);
    rig
}

fn write(rig: &CliRig, text: &str) {
    std::fs::write(rig.path().join("records.csv"), text).expect("a temporary folder is writable");
}

fn stops(rig: &CliRig, code: &str, line: u64) {
    let sync = rig.sync();
    let error = &sync.last()["error"];
    assert_eq!((sync.status, error["code"].as_str()), (Some(1), Some(code)), "{}", sync.words);
    assert!(sync.words.contains(&format!("line {line}")), "{line} is named: {}", sync.words);
    assert!(booked(rig).is_empty(), "nothing is sent");
}

/// Changes the workspace as a person would, and sees that exactly these records stand in the books: then and after one
/// more sync.
fn meant(rig: &CliRig, from: &str, to: &str, records: &[(&str, &str)]) {
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    assert!(text.contains(from), "{from} stands in {text}");
    std::fs::write(&file, text.replacen(from, to, 1)).expect("it can be written");
    for _ in 0..2 {
        let sync = rig.sync();
        assert!(matches!(sync.status, Some(0 | 4)), "{}", sync.words);
        let booked = booked(rig);
        let booked: Vec<(&str, &str)> = booked.iter().map(|(id, amount)| (id.as_str(), amount.as_str())).collect();
        assert_eq!(booked, records);
    }
}

/// Returns id and amount of each voucher, by id.
fn booked(rig: &CliRig) -> Vec<(String, String)> {
    let all = rig.call(Method::GET, "v1/vouchers?limit=500", None);
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let of = |voucher: &serde_json::Value| {
        let whole = rig.admin(Method::GET, &format!("vouchers/{}", text(&voucher["voucher_id"])), None);
        let amount = format!("{} {}", text(&whole["lines"][0]["amount"]), text(&whole["currency"]));
        (text(&whole["reference"]).replace("hlf:", ""), amount)
    };
    let mut booked: Vec<(String, String)> = all["vouchers"].as_array().expect("a list").iter().map(of).collect();
    booked.sort();
    booked
}

#[test]
fn states_that_are_no_approval_are_asked_about() {
    let rows = "A1;14.10.2026;100,00;P;Reise;x;Godkjent\nA2;15.10.2026;9000,00;P;Reise;x;Avvist\n";
    let rig = stopped(&format!("{HEAD};Status\n{rows}"), "source_states_not_named", 3);
    meant(&rig, "[accounting]", "[source.include]\n\"Status\" = [\"Godkjent\"]\n[accounting]", &[("A1", "100.00 NOK")]);
}

#[test]
fn currencies_beside_the_only_amounts_are_asked_about() {
    let rows = "A1;14.10.2026;100,00;P;Reise;x;EUR\nA2;15.10.2026;200,00;P;Reise;x;EUR\n";
    let rig = stopped(&format!("{HEAD};Mynt\n{rows}"), "source_currency_not_named", 2);
    let named = "text = \"Tekst\"\ncurrency = \"Mynt\"\n";
    rig.change_workspace("[posting]", BY_THE_RATE_OF_THE_BOOKS);
    meant(&rig, "text = \"Tekst\"\n", named, &[("A1", "100.00 EUR"), ("A2", "200.00 EUR")]);
}

#[test]
fn currency_of_other_amounts_is_none_of_these() {
    let head = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Opprinnelig valuta;Opprinnelig beløp\n";
    let rows = "A1;14.10.2026;520,25;P;Reise;x;USD;50,00\nA2;15.10.2026;66,70;P;Reise;x;NOK;66,70\n";
    let source = plain_source("records.csv").replace("\"Valuta\"", "\"Opprinnelig valuta\"");
    let rig = CliRig::over_source(&source);
    write(&rig, &format!("{head}{rows}"));
    stops(&rig, "source_currency_of_others", 2);
    meant(&rig, "currency = \"Opprinnelig valuta\"\n", "", &[("A1", "520.25 NOK"), ("A2", "66.70 NOK")]);
}

#[test]
fn currency_in_the_title_of_the_amounts_is_asked_about() {
    let head = "Id;Dato;Beløp (EUR);Likeperson;Kategori;Tekst\n";
    let source = plain_source("records.csv").replace("\"Beløp\"", "\"Beløp (EUR)\"");
    let rig = CliRig::over_source(&source.replace("currency = \"Valuta\"\n", ""));
    write(&rig, &format!("{head}A1;14.10.2026;100,00;P;Reise;x\n"));
    stops(&rig, "source_currency_in_title", 2);
    rig.change_workspace("[posting]", BY_THE_RATE_OF_THE_BOOKS);
    meant(&rig, "kind = \"csv\"", "kind = \"csv\"\ncurrency = \"EUR\"", &[("A1", "100.00 EUR")]);
}

#[test]
fn amount_of_the_books_beside_a_foreign_one_is_asked_about() {
    let head = "Id;Dato;Beløp;Utlegg;Likeperson;Kategori;Tekst;Valuta\n";
    let rows = "A1;14.10.2026;115,50;10,00;P;Reise;x;EUR\nA2;15.10.2026;66,70;66,70;P;Reise;x;NOK\n";
    let rig = CliRig::over_source(&plain_source("records.csv"));
    write(&rig, &format!("{head}{rows}"));
    stops(&rig, "source_currency_of_others", 2);
    rig.change_workspace("amount = \"Beløp\"", "amount = \"Utlegg\"");
    stops(&rig, "source_currency_of_others", 2);
    let records = &[("A1", "10.00 EUR"), ("A2", "66.70 NOK")];
    // The other column is the worth of these amounts.
    meant(&rig, "text = \"Tekst\"", "own_amount = \"Beløp\"\ntext = \"Tekst\"", records);
}

#[test]
fn amounts_without_tax_beside_those_with_are_asked_about() {
    let head = "Id;Dato;Likeperson;Kategori;Tekst;Beløp eks. mva;Mva;Beløp inkl. mva\n";
    let rows = "A1;14.10.2026;P;Mat;x;100,00;25,00;125,00\nA2;15.10.2026;P;Reise;x;200,00;24,00;224,00\n";
    let source = plain_source("records.csv").replace("\"Beløp\"", "\"Beløp eks. mva\"");
    let rig = CliRig::over_source(&source.replace("currency = \"Valuta\"\n", ""));
    write(&rig, &format!("{head}{rows}"));
    stops(&rig, "source_amount_open", 2);
    meant(&rig, "\"Beløp eks. mva\"", "\"Beløp inkl. mva\"", &[("A1", "125.00 NOK"), ("A2", "224.00 NOK")]);
}

#[test]
fn letters_of_debit_and_credit_are_asked_about() {
    let rows = "A1;14.10.2026;512,00;P;Reise;x;D\nA2;15.10.2026;100,00;P;Reise;x;K\n";
    let rig = stopped(&format!("{HEAD};D/K\n{rows}"), "source_side_not_named", 3);
    let named = "text = \"Tekst\"\nside = \"D/K\"\n";
    meant(&rig, "text = \"Tekst\"\n", named, &[("A1", "512.00 NOK"), ("A2", "-100.00 NOK")]);
}

#[test]
fn id_of_the_whole_claim_is_none_of_its_rows() {
    let rows = "K7;14.10.2026;300,00;P;Reise;x;1\nK7;15.10.2026;120,00;P;Hotell;x;2\nK8;15.10.2026;50,00;P;Mat;x;1\n";
    let rig = stopped(&format!("{HEAD};Linje\n{rows}"), "source_id_not_unique", 3);
    let records = &[("K7/1", "300.00 NOK"), ("K7/2", "120.00 NOK"), ("K8/1", "50.00 NOK")];
    meant(&rig, "id = \"Id\"", "id = [\"Id\", \"Linje\"]", records);
}

#[test]
fn sign_of_mostly_negative_amounts_is_asked_for() {
    let rows = "A1;14.10.2026;-100,00;P;Reise;x\nA2;15.10.2026;-101,50;P;Reise;x\nA3;15.10.2026;20,00;P;Reise;x\n";
    let rig = stopped(&format!("{HEAD}\n{rows}"), "source_sign_open", 2);
    let records = &[("A1", "100.00 NOK"), ("A2", "101.50 NOK"), ("A3", "-20.00 NOK")];
    meant(&rig, "kind = \"csv\"", "kind = \"csv\"\nsign = \"negative\"", records);
}

#[test]
fn marks_that_contradict_the_workspace_stop_the_file() {
    let rows = "A1;14.10.2026;1,249.50;P;Reise;x\nA2;15.10.2026;12.00;P;Reise;x\n";
    let rig = stopped(&format!("{HEAD}\n{rows}"), "source_amounts_contradict", 2);
    let records = &[("A1", "1249.50 NOK"), ("A2", "12.00 NOK")];
    meant(&rig, "decimal_separator = \",\"", "decimal_separator = \".\"", records);
}

#[test]
fn days_that_contradict_the_workspace_stop_the_file() {
    let rows = "A1;03.04.2026;10,00;P;Reise;x\nA2;03.25.2026;12,00;P;Reise;x\n";
    let rig = stopped(&format!("{HEAD}\n{rows}"), "source_days_contradict", 3);
    meant(&rig, "%d.%m.%Y", "%m.%d.%Y", &[("A1", "10.00 NOK"), ("A2", "12.00 NOK")]);
}

#[test]
fn quotation_mark_that_swallows_rows_stops_the_file() {
    let row = |id: &str, text: &str| format!("{id};14.10.2026;10,00;P;Reise;{text}\n");
    let torn = [row("A1", "\"Tog"), row("A2", "Buss"), row("A3", "Ferge\"")].concat();
    let rig = stopped(&format!("{HEAD}\n{torn}"), "source_quote_open", 2);
    write(&rig, &format!("{HEAD}\n{}", torn.replace('"', "")));
    meant(&rig, "kind", "kind", &[("A1", "10.00 NOK"), ("A2", "10.00 NOK"), ("A3", "10.00 NOK")]);
}
