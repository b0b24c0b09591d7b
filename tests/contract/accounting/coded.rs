//! Tests VAT codes and dimensions of lines: each stands in the system's own tables as its own, or the record is refused.

use super::subject::{BookedVat, VatCodes};
use super::system_rig::{Row, SystemRig, rows};
use super::{dying, receipts};
use postonce_tests::plain_source;

/// The lines of a claim: two of 25 %, one of 12 %, one without VAT, and a part of the first paid back.
const CLAIM: &str = "\
    C1;05.10.2026;300,07;PM-0001;Reise;Tog Bodø;100;P7;G-1\n\
    C1;06.10.2026;125,00;PM-0001;Kurs;Kursavgift;100;P7;G-2\n\
    C1;06.10.2026;112,00;PM-0001;Hotell;To netter;200;;G-1\n\
    C1;06.10.2026;218,00;PM-0001;Mat;Tre måltider;;P7;\n\
    C1;08.10.2026;-10,00;PM-0001;Reise;Refundert;100;P7;G-1\n";
/// Claims that each round of killing adds.
const CLAIMS_PER_ROUND: usize = 12;
/// The receipts of a claim, behind its id.
const RECEIPTS: [&str; 2] = ["hotell.pdf", "tog.pdf"];
/// The sum of the claim's debits.
const DEBITS: i64 = 75_507;

fn write(rig: &SystemRig, rows: &str) {
    let VatCodes { high, low } = rig.subject.vat_codes();
    let plain = plain_source("records.csv").replace("currency = \"Valuta\"\n", "").replace("id = \"Id\"\n", "");
    let source = plain.replace("[source.columns]", "group_by = \"Krav\"\n[source.columns]\nreceipts = \"Vedlegg\"")
        + "[source.dimensions]\nDepartment = \"Avdeling\"\nProject = \"Prosjekt\"\nGrant = \"Tilskudd\"\n";
    rig.read_from(&source, 10);
    rig.add_to_workspace(&format!(
        "[posting.vat]\n\"Reise\" = \"high\"\n\"Kurs\" = \"high\"\n\"Hotell\" = \"low\"\n\"Ukjent\" = \"X99\"\n\
         [posting.vat_rules.high]\ncode = \"{}\"\n[posting.vat_rules.low]\ncode = \"{}\"\n\
         [posting.dimensions.Department]\n[posting.dimensions.Project]\n[posting.dimensions.Grant]\nrequired = false\n\
         [[posting.rules]]\ncategory = [\"Kurs\"]\naccount = \"6860\"\n\
         [[posting.rules]]\ncategory = [\"Hotell\"]\naccount = \"6900\"\n\
         [[posting.rules]]\ncategory = [\"Mat\"]\naccount = \"7150\"\n",
        high.0, low.0
    ));
    put(rig, rows);
}

/// Makes these rows the records; the rows of a claim name its two receipts, and those of other records none.
fn put(rig: &SystemRig, rows: &str) {
    let mut text = "Krav;Dato;Beløp;Likeperson;Kategori;Tekst;Avdeling;Prosjekt;Tilskudd;Vedlegg\n".to_owned();
    for row in rows.lines() {
        let id = row.split(';').next().unwrap_or_default();
        let named =
            if id.starts_with('C') { RECEIPTS.map(|name| format!("{id}-{name}")).join("|") } else { String::new() };
        for name in named.split('|').filter(|name| !name.is_empty()) {
            receipts::put(rig, name, b"%PDF-1.7 ");
        }
        text.push_str(&format!("{row};{named}\n"));
    }
    std::fs::write(rig.path().join("records.csv"), text).expect("a temporary folder is writable");
}

/// Returns the rows of so many claims like this one, each with a text of its own: equal ones would be asked about.
fn claims(count: usize) -> String {
    let claim = |number: usize| CLAIM.replace("C1;", &format!("C{number};")).replace("Bodø", &format!("Bodø {number}"));
    (1..=count).map(claim).collect()
}

/// Checks in the system's own tables that each claim is one voucher, whole, with its receipts, each once.
fn assert_whole(rig: &SystemRig, count: usize) {
    let ids: Vec<String> = (1..=count).map(|number| format!("C{number}")).collect();
    rig.assert_books(&ids.iter().map(|id| row(id, DEBITS)).collect::<Vec<_>>());
    for id in &ids {
        let reference = rig.reference(id);
        assert_eq!(rig.subject.lines(&reference), in_the_books(rig.subject.vat_codes()), "{id}");
        assert_eq!(rig.subject.attachments(&reference), RECEIPTS.map(|name| format!("{id}-{name}")), "{id}");
    }
}

fn row(id: &str, minor: i64) -> Row {
    Row { id: id.to_owned(), minor, ..rows(1)[0].clone() }
}

/// Returns account and sum of the claim's lines: VAT stands on accounts of its own where the system books it so.
fn in_the_books(codes: VatCodes) -> Vec<(String, i64)> {
    let mut lines = match (codes.high.1, codes.low.1) {
        // 300.07 is 240.06 and 60.01; 10.00 is 8.00 and 2.00; 125.00 is 100.00 and 25.00; 112.00 is 100.00 and 12.00.
        (Some(high), Some(low)) => {
            vec![("7140", 23_206), ("6860", 10_000), ("6900", 10_000), ("7150", 21_800), (high, 8_301), (low, 1_200)]
        }
        _ => vec![("7140", 29_007), ("6860", 12_500), ("6900", 11_200), ("7150", 21_800)],
    };
    lines.push(("2930", -74_507));
    lines.sort_unstable();
    lines.into_iter().map(|(account, minor)| (account.to_owned(), minor)).collect()
}

pub(crate) fn claim_in_two_vat_codes_and_three_dimensions_is_one_voucher(rig: &SystemRig) {
    write(rig, CLAIM);
    let status = rig.run(&["status"]);
    let missing = status.last()["missing"].to_string();
    assert!(!missing.contains("setup_dimension_missing") && !missing.contains("setup_vat_unfit"), "{status:?}");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), 1), "{first:?}");
    assert_whole(rig, 1);
    let reference = rig.reference("C1");
    let codes = rig.subject.vat_codes();
    let vat = |code: &str, base, tax| BookedVat { code: code.to_owned(), base, tax };
    assert_eq!(
        rig.subject.vat(&reference),
        [vat(codes.high.0, 33_206, 8_301), vat(codes.low.0, 10_000, 1_200)],
        "base and tax of each code"
    );
    let dimension = |account: &str, name: &str, value: &str| (account.to_owned(), name.to_owned(), value.to_owned());
    let expected = [
        dimension("6860", "Department", "100"),
        dimension("6860", "Grant", "G-2"),
        dimension("6860", "Project", "P7"),
        dimension("6900", "Department", "200"),
        dimension("6900", "Grant", "G-1"),
        dimension("7140", "Department", "100"),
        dimension("7140", "Grant", "G-1"),
        dimension("7140", "Project", "P7"),
        dimension("7150", "Project", "P7"),
    ];
    assert_eq!(rig.subject.dimensions(&reference), expected);
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
    // Another ledger knows the voucher again, as it stands there.
    rig.forget_ledger();
    let found = rig.sync();
    assert_eq!((found.status, found.count("posted"), found.count("skipped")), (Some(0), 0, 1), "{found:?}");
    assert_whole(rig, 1);
}

pub(crate) fn claims_killed_at_random_are_whole_with_each_receipt_once(rig: &SystemRig) {
    write(rig, "");
    let count = dying::killed_again_and_again(rig, false, CLAIMS_PER_ROUND, |rig, count| put(rig, &claims(count)));
    assert_whole(rig, count);
}

pub(crate) fn a_voucher_with_vat_is_taken_back_whole(rig: &SystemRig) {
    write(rig, CLAIM);
    assert_eq!(rig.sync().count("posted"), 1);
    let again = ["re-export", "C1", "--reason", "The first one had the wrong grant", "--confirm", "C1", "--reverse"];
    let reversed = rig.run(&again);
    assert_eq!(reversed.status, Some(0), "{reversed:?}");
    // The first voucher, what takes it back, and the new one: together they are the claim once.
    let first = rig.reference("C1");
    assert_eq!(rig.subject.lines(&format!("{first}#2")), in_the_books(rig.subject.vat_codes()));
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
    assert_eq!(rig.sync().count("posted"), 0);
}

/// Sends the claim, a plain expense, and an expense that the books cannot take.
fn refused_alone(rig: &SystemRig, unfit: &str, kind: &str, named: &[&str]) {
    write(rig, &format!("{CLAIM}{unfit}E1;07.10.2026;50,00;PM-0001;Mat;Brød;;;\n"));
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted"), first.count("refused")), (Some(4), 2, 1), "{first:?}");
    rig.assert_books(&[row("C1", DEBITS), row("E1", 5_000)]);
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let [item] = items.as_slice() else { panic!("one waits: {attention:?}") };
    let refusal = item["reason_code"].to_string();
    assert!(refusal.contains(kind) && named.iter().all(|name| refusal.contains(name)), "{item:#}");
}

pub(crate) fn a_vat_code_that_the_books_do_not_know_is_refused_alone(rig: &SystemRig) {
    refused_alone(rig, "X1;07.10.2026;20,00;PM-0001;Ukjent;Buss;;;\n", "unknown-vat-code", &["X99"]);
    let status = rig.run(&["status"]);
    let missing = status.last().to_string();
    // The open protocol has no way to ask for codes.
    let asks = rig.subject.vat_codes().high.1.is_some();
    assert!(!asks || missing.contains("setup_vat_missing"), "{status:?}");
}

pub(crate) fn a_dimension_value_that_is_not_in_the_books_is_refused_alone(rig: &SystemRig) {
    let unfit = "X1;07.10.2026;20,00;PM-0001;Mat;Buss;;;G-9\n";
    refused_alone(rig, unfit, "unknown-dimension", &["Grant", "G-9"]);
}

pub(crate) fn vat_and_dimensions_changed_in_the_books_are_noticed(rig: &SystemRig) {
    let other = CLAIM.replace("C1;", "C2;");
    write(rig, &format!("{CLAIM}{other}"));
    assert_eq!(rig.sync().count("posted"), 2);
    rig.subject.recode(&rig.reference("C1"));
    rig.subject.move_grant(&rig.reference("C2"));
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(4), "{compared:?}");
    let said = compared.last().to_string();
    assert!(said.contains("\"vat\"") && said.contains("\"dimensions\""), "{compared:?}");
}
