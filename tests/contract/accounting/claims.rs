//! Tests claims of several lines: one balanced voucher each, whole or not at all.

use postonce_tests::{Fault, plain_source};

use super::system_rig::{Row, SystemRig, rows};

/// The claim's lines in the books: ticket, hotel and food, the hotel's VAT half deducted, a part paid back.
const IN_THE_BOOKS: [(&str, i64); 5] =
    [("2930", -62_000), ("6860", 600), ("6900", 10_600), ("7140", 29_000), ("7150", 21_800)];
/// The sum of the claim's debits.
const DEBITS: i64 = 63_000;

/// The rows of that claim, of one in a closed period, of one with a line on an account that is not there, and of a plain
/// expense, in no order.
const ROWS: &str = "\
    C1;05.10.2026;300,00;PM-0001;Reise;Tog Bodø;G-1\n\
    X1;05.05.2019;10,00;PM-0001;Reise;;\n\
    C1;06.10.2026;112,00;PM-0001;Hotell;To netter;G-1\n\
    E1;07.10.2026;50,00;PM-0001;Reise;Buss;\n\
    X2;07.10.2026;20,00;PM-0001;Reise;;\n\
    C1;06.10.2026;218,00;PM-0001;Mat;Tre måltider;G-2\n\
    X1;05.05.2019;15,00;PM-0001;Mat;;\n\
    X2;07.10.2026;30,00;PM-0001;Feil;;\n\
    C1;08.10.2026;-10,00;PM-0001;Reise;Refundert;G-1\n";

fn source() -> String {
    let plain = plain_source("records.csv").replace("currency = \"Valuta\"\n", "").replace("id = \"Id\"\n", "");
    plain.replace("[source.columns]", "group_by = \"Krav\"\n[source.columns]")
        + "[source.dimensions]\ngrant = \"Tilskudd\"\n"
}

const RULES: &str = "[posting.vat]\n\"Hotell\" = \"low\"\n\
                     [posting.vat_rules.low]\nrate = \"12\"\naccount = \"6860\"\ndeductible = \"50\"\n\
                     [[posting.rules]]\ncategory = [\"Hotell\"]\naccount = \"6900\"\n\
                     [[posting.rules]]\ncategory = [\"Mat\"]\naccount = \"7150\"\n";

fn write(rig: &SystemRig, rows: &str) {
    rig.read_from(&source(), 10);
    rig.add_to_workspace(RULES);
    let head = "Krav;Dato;Beløp;Likeperson;Kategori;Tekst;Tilskudd\n";
    std::fs::write(rig.path().join("records.csv"), format!("{head}{rows}")).expect("a temporary folder is writable");
}

fn expected() -> Vec<Row> {
    let row = |id: &str, minor| Row { id: id.to_owned(), minor, ..rows(1)[0].clone() };
    vec![row("C1", DEBITS), row("E1", 5_000)]
}

pub(crate) fn claim_of_lines_is_one_balanced_voucher_or_none(rig: &SystemRig) {
    write(rig, ROWS);
    let planned = rig.run(&["sync", "--dry-run"]);
    let side = |account: &str, side: &str| {
        let accounts = planned.last()["accounts"].as_array().cloned().unwrap_or_default();
        accounts.iter().find(|sum| sum["account"] == account).map(|sum| sum[side].clone())
    };
    assert_eq!(side("6900", "debit"), Some("106.00".into()), "{planned:?}");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(4), 2), "{first:?}");
    assert_eq!(
        first.count("refused") + first.count("held"),
        2,
        "a claim with one bad line is refused whole: {first:?}"
    );
    rig.assert_books(&expected());
    let reference = rig.reference("C1");
    let booked: Vec<(String, i64)> = IN_THE_BOOKS.map(|(account, minor)| (account.to_owned(), minor)).to_vec();
    assert_eq!(rig.subject.lines(&reference), booked);
    let again = rig.sync();
    assert_eq!((again.count("posted"), again.count("skipped")), (0, 2), "{again:?}");
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
    // Another ledger finds the claim as it stands there, line by line.
    rig.forget_ledger();
    let found = rig.sync();
    assert_eq!((found.count("posted"), found.count("skipped")), (0, 2), "{found:?}");
    rig.assert_books(&expected());
}

pub(crate) fn claim_whose_answer_is_lost_is_not_made_twice(rig: &SystemRig) {
    let words = rig.subject.words();
    rig.proxy.nth(words.commit.unwrap_or(words.write), 0, 1, Fault::CutAfter);
    write(rig, ROWS);
    let first = rig.sync();
    assert!(first.count("posted") <= 2, "{first:?}");
    for _ in 0..6 {
        let next = rig.sync();
        if next.count("skipped") == 2 {
            break;
        }
    }
    rig.assert_books(&expected());
    let reference = rig.reference("C1");
    let sum: i64 = rig.subject.lines(&reference).iter().map(|(_, minor)| minor).sum();
    assert_eq!(sum, 0, "it balances");
}

pub(crate) fn claim_that_was_changed_in_the_books_is_noticed(rig: &SystemRig) {
    write(rig, ROWS);
    assert_eq!(rig.sync().count("posted"), 2);
    // A line of the claim was another one when it was exported.
    write(rig, &ROWS.replace("218,00", "219,00"));
    let changed = rig.sync();
    assert_eq!((changed.status, changed.count("posted")), (Some(4), 0), "{changed:?}");
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let claim = items.iter().find(|item| item["record_id"] == "C1").expect("it waits");
    assert_eq!(claim["changed"]["differs"], serde_json::json!(["amount", "lines"]), "{attention:?}");
    rig.assert_books(&expected());
}
