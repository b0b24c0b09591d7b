//! Tests the table of what the books show of a record, what a ledger has of it, and which content either side has: each cell
//! is told truly, and every act that is offered works. Counted in the sandbox's own books.

use std::collections::HashMap;

use postonce_tests::{CliRig, CommandOutput};
use reqwest::Method;
use serde_json::{Value, json};

use super::two_ledgers::{REASON, TwoLedgers, id_of, standing};

/// The ledger that is looked at: it made the voucher, found it in the books before, or sees the record for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ledger {
    Made,
    Found,
    Fresh,
}

/// The state of the books when the ledger syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Books {
    /// The one voucher stands.
    Stands,
    /// An accountant voided it.
    Reversed,
    /// It is gone.
    Deleted,
    /// It is gone, and another one of the same content was written by hand under its reference.
    Replaced,
    /// It is gone, and another one of another content was written by hand under its reference.
    Rewritten,
    /// Another one was written by hand beside it, under its reference.
    Beside,
    /// Somebody else exported the record once more, and reversed the first voucher.
    Corrected,
    /// Somebody else exported it once more, and both stand.
    Doubled,
    /// Somebody else exported it once more, and then the later of the two was voided.
    DoubledReversed,
    /// Another one was written by hand beside it, under its reference, and then the first was voided.
    BesideReversed,
    /// Somebody else exported it once more, after the first was gone.
    Renewed,
    /// Somebody else exported it twice more, each time after the voucher before was gone.
    RenewedTwice,
    /// Somebody else corrected it; the correction is gone, and was exported once more.
    CorrectionRenewed,
    /// Somebody else's correction was voided.
    CorrectionReversed,
    /// Somebody else's correction is gone.
    CorrectionDeleted,
    /// Somebody else corrected it twice.
    CorrectedTwice,
}

/// The side whose source has another amount than was exported first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    Nowhere,
    Here,
    There,
    Both,
}

use Books::*;
use Changed::{Both, Here, Nowhere, There};

/// Lists, for each cell, the kinds of what is shown one after the other to a ledger that made it, that found it, and that is
/// fresh, until a person has decided. An empty text: nothing waits. Behind `|` for a person who exports, if it is another.
const CELLS: &[(Books, Changed, [&str; 3])] = &[
    (Stands, Nowhere, ["", "", ""]),
    (Stands, Here, ["changed", "changed", "evidence_differs other_content"]),
    (Reversed, Nowhere, ["reversed", "reversed", "evidence_reversed reversed"]),
    (Reversed, Here, ["reversed", "reversed", "evidence_reversed reversed"]),
    (Deleted, Nowhere, ["gone", "gone", ""]),
    (Deleted, Here, ["gone", "gone", ""]),
    (Replaced, Nowhere, ["other_voucher", "other_voucher", ""]),
    (Replaced, Here, ["other_voucher", "other_voucher", "evidence_differs other_content"]),
    (Rewritten, Nowhere, ["other_voucher", "other_voucher", "evidence_differs other_content"]),
    (Rewritten, Here, ["other_voucher", "other_voucher", ""]),
    (Beside, Nowhere, ["several", "several", "evidence_several several"]),
    (
        Beside,
        Here,
        [
            "several|several changed",
            "several|several changed",
            "evidence_several several|evidence_several several other_content",
        ],
    ),
    (Corrected, Nowhere, ["", "", ""]),
    (Corrected, Here, ["changed", "changed", "evidence_differs other_content"]),
    (Corrected, There, ["changed", "changed", "evidence_differs other_content"]),
    (Corrected, Both, ["", "", ""]),
    (Doubled, Nowhere, ["several", "several", "several"]),
    (
        Doubled,
        Here,
        [
            "several|several changed",
            "several|several changed",
            "evidence_differs several|evidence_differs several other_content",
        ],
    ),
    (
        Doubled,
        There,
        [
            "several|several changed",
            "several|several changed",
            "evidence_differs several|evidence_differs several other_content",
        ],
    ),
    (Doubled, Both, ["several", "several", "several"]),
    (DoubledReversed, Nowhere, ["other_voucher", "other_voucher", "evidence_reversed other_voucher"]),
    (DoubledReversed, Here, ["other_voucher", "other_voucher", "evidence_reversed other_voucher"]),
    (DoubledReversed, Both, ["other_voucher", "other_voucher", "evidence_reversed other_voucher"]),
    (DoubledReversed, There, ["other_voucher", "other_voucher", "evidence_reversed other_voucher"]),
    (BesideReversed, Nowhere, ["other_voucher", "other_voucher", "evidence_unclear"]),
    (BesideReversed, Here, ["other_voucher", "other_voucher", "evidence_unclear other_content"]),
    (Renewed, Nowhere, ["", "", ""]),
    (Renewed, Here, ["changed", "changed", "evidence_differs other_content"]),
    (Renewed, There, ["changed", "changed", "evidence_differs other_content"]),
    (Renewed, Both, ["", "", ""]),
    (RenewedTwice, Nowhere, ["", "", ""]),
    (RenewedTwice, Here, ["changed", "changed", "evidence_differs other_content"]),
    (RenewedTwice, There, ["changed", "changed", "evidence_differs other_content"]),
    (RenewedTwice, Both, ["", "", ""]),
    (CorrectionRenewed, Nowhere, ["", "", ""]),
    (CorrectionRenewed, Here, ["changed", "changed", "evidence_differs other_content"]),
    (CorrectionReversed, Nowhere, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionReversed, Here, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionReversed, There, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionReversed, Both, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionDeleted, Nowhere, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionDeleted, Here, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionDeleted, There, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectionDeleted, Both, ["reversed", "reversed", "evidence_reversed reversed"]),
    (CorrectedTwice, Nowhere, ["", "", ""]),
    (CorrectedTwice, Here, ["changed", "changed", "evidence_differs other_content"]),
    (CorrectedTwice, There, ["changed", "changed", "evidence_differs other_content"]),
    (CorrectedTwice, Both, ["", "", ""]),
];

/// The way that a person takes: what stands in the books is right, or the record belongs there as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Keep,
    Export,
}

/// The rounds of decisions and syncs in which every cell is settled.
const ROUNDS_MAX: usize = 5;

/// A record of its own for each cell and way.
struct Record {
    id: String,
    books: Books,
    changed: Changed,
    way: Way,
    shown: &'static str,
    place: usize,
}

impl Record {
    fn all(ledger: Ledger) -> Vec<Self> {
        let each = |&(books, changed, shown): &(Books, Changed, [&'static str; 3])| {
            let shown = shown[ledger as usize];
            // Nobody has a choice where nothing waits.
            let ways = if shown.is_empty() { &[Way::Keep][..] } else { &[Way::Keep, Way::Export] };
            ways.iter().map(move |way| (books, changed, *way, shown))
        };
        let cells = CELLS.iter().flat_map(each).enumerate();
        let record = |(place, (books, changed, way, shown))| {
            let id = format!("{books:?}{changed:?}{way:?}{place}");
            Self { id, books, changed, way, shown, place }
        };
        cells.map(record).collect()
    }

    fn amount(&self, is_changed: bool) -> usize {
        100 + 7 * self.place + if is_changed { 1_000 } else { 0 }
    }

    fn row(&self, is_changed: bool) -> String {
        let (id, place, amount) = (&self.id, self.place, self.amount(is_changed));
        let day = place % 28 + 1;
        format!("{id};{day:02}.10.2026;{amount},00;PM-{place:04};Reise;Tur {place};NOK\n")
    }

    /// Writes a voucher under the reference of the first export, by hand, or under one of an export elsewhere.
    fn write(&self, rig: &CliRig, generation: u32, is_changed: bool) {
        let (id, place, amount) = (&self.id, self.place, self.amount(is_changed));
        let reference = if generation == 1 { format!("hlf:{id}") } else { format!("hlf:{id}#{generation}") };
        let voucher = json!({
            "reference": reference, "date": format!("2026-10-{:02}", place % 28 + 1),
            "currency": "NOK", "text": format!("Tur {place}"),
            "lines": [
                { "account": "7790", "amount": format!("{amount}.00") },
                { "account": "2930", "amount": format!("-{amount}.00"), "party": format!("PM-{place:04}") },
            ],
        });
        rig.admin(Method::POST, "vouchers", Some(&voucher));
    }
}

/// The two ledgers, by their parts in the table.
struct Matrix {
    both: TwoLedgers,
    ledger: Ledger,
    records: Vec<Record>,
}

impl Matrix {
    /// Returns the matrix with every record exported once.
    fn over(protection: &str, ledger: Ledger) -> Self {
        let records = Record::all(ledger);
        let rows: String = records.iter().map(|record| record.row(false)).collect();
        let both = TwoLedgers::over(protection, &rows);
        let said = both.rig.sync();
        assert_eq!(said.count("posted"), records.len() as u64, "{said:?}");
        if ledger != Ledger::Fresh {
            assert_eq!(both.other(&["sync"]).count("found"), records.len() as u64);
        }
        Self { both, ledger, records }
    }

    fn rig(&self) -> &CliRig {
        &self.both.rig
    }

    fn here(&self, arguments: &[&str]) -> CommandOutput {
        if self.ledger == Ledger::Made { self.rig().run(arguments) } else { self.both.other(arguments) }
    }

    /// Does in the source and the books what the cells say.
    fn play(&self) {
        let is_changed = |record: &Record| matches!(record.changed, Here | Both);
        let rows: String = self.records.iter().map(|record| record.row(is_changed(record))).collect();
        if self.ledger == Ledger::Made {
            self.both.rows(&rows)
        } else {
            self.both.other_rows(&rows)
        }
        for record in &self.records {
            self.play_one(record);
        }
    }

    fn play_one(&self, record: &Record) {
        let is_changed = matches!(record.changed, There | Both);
        let write = |generation| record.write(self.rig(), generation, is_changed);
        let (void, delete) = (|| self.end(record, &Method::POST, 0), || self.end(record, &Method::DELETE, 0));
        match record.books {
            Stands => {}
            Reversed => void(),
            Deleted => delete(),
            Replaced | Rewritten => {
                delete();
                record.write(self.rig(), 1, record.books == Rewritten);
            }
            Beside => record.write(self.rig(), 1, false),
            BesideReversed => {
                record.write(self.rig(), 1, false);
                void();
            }
            Corrected => {
                void();
                write(2);
            }
            Doubled => write(2),
            DoubledReversed => {
                write(2);
                self.end(record, &Method::POST, 1);
            }
            Renewed => {
                delete();
                write(2);
            }
            RenewedTwice => {
                for generation in 2..=3 {
                    self.end(record, &Method::DELETE, 0);
                    write(generation);
                }
            }
            CorrectionRenewed => {
                void();
                write(2);
                delete();
                write(3);
            }
            CorrectionReversed | CorrectionDeleted => {
                void();
                write(2);
                if record.books == CorrectionReversed { void() } else { delete() }
            }
            CorrectedTwice => {
                void();
                write(2);
                void();
                write(3);
            }
        }
    }

    /// Voids (`POST`) or deletes one of the vouchers that stand for a record, in the order of their references.
    fn end(&self, record: &Record, method: &Method, which: usize) {
        let voucher = standing(self.rig(), &record.id).remove(which);
        let path = format!("vouchers/{}{}", id_of(&voucher), if *method == Method::POST { "/void" } else { "" });
        self.rig().admin(method.clone(), &path, None);
    }

    /// Returns what waits here, by record.
    fn waiting(&self) -> HashMap<String, Value> {
        let said = self.here(&["attention"]);
        let items = said.last()["items"].as_array().cloned().unwrap_or_default();
        let by_id = |item: Value| (item["record_id"].as_str().expect("each is a record's").to_owned(), item);
        items.into_iter().map(by_id).collect()
    }

    /// Does what is offered for what is shown, the way that this person wants it.
    fn decide(&self, record: &Record, item: &Value) {
        let id = record.id.as_str();
        let act = |arguments: &[&str]| {
            let said = self.here(arguments);
            assert_eq!(said.status, Some(0), "{id}: {arguments:?} was offered for {item}: {said:?}");
        };
        let accept = || act(&["accept", id, "--reason", REASON]);
        let again = |options: &[&str]| {
            let arguments = [&["re-export", id, "--reason", REASON, "--confirm", id], options].concat();
            let said = self.here(&arguments);
            // Others still wait for their turn.
            let done = (matches!(said.status, Some(0 | 4)), said.count("posted"));
            assert_eq!(done, (true, 1), "{id}: {arguments:?} was offered for {item}: {said:?}");
        };
        match (kind_of(item), record.way) {
            (kind, _) if kind.starts_with("evidence") => {
                let vouchers = item["evidence"].as_array().cloned().unwrap_or_default();
                let named = vouchers.iter().find(|one| one["state"] == "posted").or(vouchers.first());
                let named = named.expect("a voucher to name")["acknowledgement"]["voucher_id"].clone();
                act(&["resolve", id, "--posted", named.as_str().expect("an id"), "--reason", REASON]);
            }
            (_, Way::Keep) => accept(),
            ("changed" | "other_content", Way::Export) => again(&["--reverse"]),
            ("gone" | "reversed", Way::Export) => again(&[]),
            // The surplus voucher, or the one in its place, is reversed by hand.
            (_, Way::Export) => {
                let standing = standing(self.rig(), id);
                let surplus = standing.iter().position(|voucher| voucher["voucher_id"] != item["voucher_id"]);
                self.end(record, &Method::POST, surplus.expect("one is not the acknowledged"));
            }
        }
    }
}

/// Returns the kind of what is shown: one word for each sentence.
fn kind_of(item: &Value) -> &str {
    let word = |value: &'static str| value;
    match item["state"].as_str() {
        Some("changed") => word("changed"),
        Some("in_doubt") => item["reason_code"]["in_doubt"]["code"].as_str().unwrap_or("?"),
        Some("vanished") if item["vanished"]["other_voucher"] == true => word("other_voucher"),
        Some("vanished") => item["vanished"]["kind"].as_str().unwrap_or("?"),
        _ => item["state"].as_str().unwrap_or("?"),
    }
}

/// Plays the whole table against one ledger, and follows what is shown until nothing waits.
fn follow(protection: &str, ledger: Ledger) {
    let matrix = Matrix::over(protection, ledger);
    matrix.play();
    let stood: Vec<usize> = matrix.records.iter().map(|record| standing(matrix.rig(), &record.id).len()).collect();
    let mut shown: HashMap<&str, Vec<String>> = HashMap::new();
    for round in 0..ROUNDS_MAX {
        let said = matrix.here(&["sync"]);
        let waiting = matrix.waiting();
        assert_eq!(said.status, Some(if waiting.is_empty() { 0 } else { 4 }), "round {round}: {said:?}");
        if waiting.is_empty() {
            break;
        }
        for record in &matrix.records {
            let Some(item) = waiting.get(&record.id) else { continue };
            shown.entry(&record.id).or_default().push(kind_of(item).to_owned());
            matrix.decide(record, item);
        }
    }
    let mut wrong = Vec::new();
    for (record, stood) in matrix.records.iter().zip(stood) {
        let id = record.id.as_str();
        let now = standing(matrix.rig(), id).len();
        let shown = shown.remove(id).unwrap_or_default().join(" ");
        let expected = if shown.is_empty() || record.way == Way::Export { 1 } else { stood };
        // The voucher in the place of its own is reversed by hand first, and then there is nothing in the books.
        let then = if record.way == Way::Export && record.shown.ends_with("other_voucher") { " reversed" } else { "" };
        let (keeps, exports) = record.shown.split_once('|').unwrap_or((record.shown, record.shown));
        let should = if record.way == Way::Keep { keeps.to_owned() } else { format!("{exports}{then}") };
        if shown != should || now != expected {
            wrong.push(format!("{id}: shown {shown:?}, not {should:?}; {now} stand, {expected} should"));
        }
    }
    assert!(wrong.is_empty(), "{protection} {ledger:?}:\n{}", wrong.join("\n"));
    assert!(matrix.waiting().is_empty(), "{protection} {ledger:?}");
    let said = matrix.here(&["sync"]);
    assert_eq!((said.status, said.count("posted")), (Some(0), 0), "{protection} {ledger:?}: {said:?}");
    // The books know of two ledgers, which wants an explanation and is no change.
    assert_ne!(matrix.here(&["audit", "verify"]).status, Some(6), "{protection} {ledger:?}");
}

#[test]
fn every_finding_has_a_way_out_for_whoever_made_the_voucher() {
    follow("fenced", Ledger::Made);
}

#[test]
fn every_finding_has_a_way_out_for_whoever_found_the_voucher() {
    follow("enforced", Ledger::Found);
}

#[test]
fn every_finding_has_a_way_out_for_a_fresh_ledger() {
    follow("enforced", Ledger::Fresh);
}

#[test]
fn every_finding_has_a_way_out_where_the_books_are_asked_first() {
    follow("staged", Ledger::Fresh);
}
