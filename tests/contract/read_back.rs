//! Does what was handed over become exported by what the books show, and by nothing else: once, twice, half, edited,
//! reversed, of another company or day; over the real command line?

use std::path::Path;

use postonce_tests::{CommandOutput, FileRig, MadeUpBooks};
use serde_json::{Value, json};

const THREE: [(&str, &str, &str); 3] =
    [("U-1", "2026-10-28", "412.00"), ("U-2", "2026-10-29", "99.50"), ("U-3", "2026-10-30", "1.00")];
/// A day on which none of these tests runs, and before which all of them do.
const LATER: &str = "2199-01-01";

fn handed_over() -> (FileRig, String) {
    let rig = FileRig::over(&THREE);
    assert_eq!(rig.sync().count("handed_over"), 3);
    let text = rig.all_text();
    (rig, text)
}

fn read(rig: &FileRig, books: &MadeUpBooks) -> CommandOutput {
    let path = books.hand_out(&rig.workspace());
    rig.run(&["compare", "--file", path.to_str().expect("a plain path")])
}

fn state(rig: &FileRig, id: &str) -> Value {
    rig.run(&["record", id]).last()["state"].clone()
}

fn records(rig: &FileRig) -> (u64, u64) {
    let status = rig.run(&["status"]);
    let count = |name: &str| status.last()["records"][name].as_u64().expect("a count");
    (count("posted"), count("handed_over"))
}

#[test]
fn file_imported_once_is_exported_with_its_voucher_numbers() {
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    let first = read(&rig, &books);
    assert_eq!(
        (first.status, &first.last()["exported"], &first.last()["differences"]),
        (Some(0), &json!(3), &json!([])),
        "{first:?}"
    );
    assert_eq!(records(&rig), (3, 0));
    let record = rig.run(&["record", "U-1"]);
    assert_eq!(record.last()["attempts"][0]["voucher_number"], "10001", "{record:?}");
    let again = read(&rig, &books);
    assert_eq!((again.status, &again.last()["exported"]), (Some(0), &json!(0)), "{again:?}");
    assert_eq!(rig.sync().count("skipped"), 3);
    let run = rig.run(&["history"]);
    assert!(
        run.last()["runs"].as_array().is_some_and(|runs| runs.iter().any(|run| run["counts"]["posted"] == 3)),
        "{run:?}"
    );
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

#[test]
fn file_imported_twice_is_named_with_both_numbers() {
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    books.import(&text);
    let twice = read(&rig, &books);
    assert_eq!((twice.status, &twice.last()["exported"]), (Some(4), &json!(3)), "{twice:?}");
    let difference = &twice.last()["differences"][0];
    assert_eq!((&difference["kind"], &difference["record_id"]), (&json!("several"), &json!("U-1")));
    let text = difference.to_string();
    assert!(text.contains("10001") && text.contains("10004"), "{text}");
    assert_eq!(state(&rig, "U-1"), "vanished");
    // The accountant reverses the second one of each.
    for place in 3..6 {
        books.reverse(place);
    }
    let mended = read(&rig, &books);
    assert_eq!((mended.status, &mended.last()["differences"]), (Some(0), &json!([])), "{mended:?}");
    assert_eq!((state(&rig, "U-1"), records(&rig)), (json!("posted"), (3, 0)));
}

#[test]
fn record_that_is_not_there_stays_handed_over() {
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of(LATER);
    books.import(&text);
    books.vouchers.truncate(2);
    let half = read(&rig, &books);
    let last = half.last();
    assert_eq!(
        (half.status, &last["exported"], &last["still_waiting"], &last["proven_absent"]),
        (Some(0), &json!(2), &json!(1), &json!(1)),
        "{half:?}"
    );
    assert_eq!((state(&rig, "U-3"), records(&rig)), (json!("handed_over"), (2, 1)));
}

#[test]
fn absence_is_proven_only_by_later_books_that_cover_the_day() {
    let (rig, _) = handed_over();
    for (made_on, from, to) in [("2026-11-01", "2025-01-01", "2027-12-31"), (LATER, "2026-11-01", "2026-12-31")] {
        let mut books = MadeUpBooks::of(made_on);
        books.selected = (from.to_owned(), to.to_owned());
        let read = read(&rig, &books);
        assert_eq!(
            (read.status, &read.last()["still_waiting"], &read.last()["proven_absent"]),
            (Some(0), &json!(3), &json!(0)),
            "{read:?}"
        );
    }
    let proven = read(&rig, &MadeUpBooks::of(LATER));
    assert_eq!(proven.last()["proven_absent"], 3, "{proven:?}");
    // An importer that drops the texts leaves nothing to know a voucher by, but day and sum.
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of(LATER);
    books.import(&text);
    books.vouchers.iter_mut().for_each(|voucher| voucher.text = "Import".to_owned());
    let dropped = read(&rig, &books);
    assert_eq!((&dropped.last()["exported"], &dropped.last()["proven_absent"]), (&json!(0), &json!(0)), "{dropped:?}");
}

#[test]
fn voucher_that_was_changed_is_exported_and_named() {
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    books.vouchers[0].lines[0].1 += 50;
    books.vouchers[0].lines[1].1 -= 50;
    "2026-12-24".clone_into(&mut books.vouchers[1].date);
    "6100".clone_into(&mut books.vouchers[2].lines[0].0);
    let changed = read(&rig, &books);
    assert_eq!((changed.status, &changed.last()["exported"]), (Some(4), &json!(3)), "{changed:?}");
    let differs: Vec<&Value> =
        (0..3).map(|place| &changed.last()["differences"][place]["accounting"][0]["differs"]).collect();
    assert_eq!(differs, [&json!(["amount"]), &json!(["date"]), &json!(["account"])], "{changed:?}");
}

#[test]
fn voucher_that_was_reversed_is_named() {
    let (rig, text) = handed_over();
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    assert_eq!(read(&rig, &books).status, Some(0));
    books.reverse(1);
    let reversed = read(&rig, &books);
    assert_eq!(
        (reversed.status, &reversed.last()["differences"][0]["kind"]),
        (Some(4), &json!("reversed")),
        "{reversed:?}"
    );
    assert_eq!(state(&rig, "U-2"), "vanished");
}

#[test]
fn books_that_cannot_be_read_or_are_of_others_change_nothing() {
    let (rig, text) = handed_over();
    rig.change_workspace("kind = \"file\"\n", "kind = \"file\"\norganisation_number = \"123 456 789\"\n");
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    let others = read(&rig, &books);
    assert_eq!((others.status, others.code()), (Some(1), "books_of_others"), "{others:?}");
    "123456789".clone_into(&mut books.company);
    let path = books.hand_out(&rig.workspace());
    let whole = std::fs::read_to_string(&path).expect("readable");
    let bomb = whole.replacen("?>", "?><!DOCTYPE x [<!ENTITY a \"aaaa\">]>", 1);
    for broken in
        [&whole.as_bytes()[..whole.len() / 2], bomb.as_bytes(), b"PK\x03\x04rest of an archive", b"", b"some text\n"]
    {
        std::fs::write(&path, broken).expect("writable");
        let read = rig.run(&["compare", "--file", path.to_str().expect("a plain path")]);
        assert_eq!((read.status, read.code()), (Some(1), "books_unreadable"), "{read:?}");
    }
    assert_eq!(records(&rig), (0, 3));
    std::fs::write(&path, whole).expect("writable");
    assert_eq!(rig.run(&["compare", "--file", path.to_str().expect("a plain path")]).last()["exported"], 3);
}

#[test]
fn person_may_name_the_voucher_and_never_its_absence() {
    let (rig, _) = handed_over();
    let reason = "seen in the journal by Kari";
    let no = rig.run(&["resolve", "U-1", "--not-posted", "--reason", reason]);
    assert_eq!((no.status, no.code()), (Some(1), "record_in_file"), "{no:?}");
    let yes = rig.run(&["resolve", "U-1", "--posted", "10417", "--reason", reason]);
    assert_eq!(yes.status, Some(0), "{yes:?}");
    assert_eq!((state(&rig, "U-1"), records(&rig)), (json!("posted"), (1, 2)));
}

#[test]
fn file_waits_for_a_person_only_after_its_time() {
    let (rig, _) = handed_over();
    assert_eq!(rig.run(&["attention"]).status, Some(0));
    age(&rig.workspace(), "2020-01-01T00:00:00.000Z");
    let late = rig.run(&["attention"]);
    assert_eq!((late.status, &late.last()["files"][0]["waiting"]), (Some(4), &json!(3)), "{late:?}");
    assert_eq!(rig.run(&["status"]).status, Some(4));
    assert_eq!(rig.sync().status, Some(4));
}

/// Makes it a long time since the files of a workspace were handed over.
fn age(workspace: &Path, sealed_at: &str) {
    let ledger = rusqlite::Connection::open(workspace.join("ledger.sqlite")).expect("the ledger");
    ledger.execute("UPDATE sealed_file SET sealed_at = ?1", [sealed_at]).expect("nobody else writes");
}

#[test]
fn file_is_withdrawn_only_when_its_absence_is_proven_today() {
    let (rig, text) = handed_over();
    let label = rig.run(&["files"]).last()["files"][0]["file"].as_str().expect("a number").to_owned();
    let withdraw = |books: &MadeUpBooks, confirm: &str| {
        let path = books.hand_out(&rig.workspace());
        let path = path.to_str().expect("a plain path");
        let reason = "the file was lost before anybody imported it";
        rig.run(&["files", "withdraw", &label, "--books", path, "--reason", reason, "--confirm", confirm])
    };
    let today = today();
    let same_day = withdraw(&MadeUpBooks::of(&today), &label);
    assert_eq!((same_day.status, same_day.code()), (Some(1), "file_absence_unproven"), "{same_day:?}");
    age(&rig.workspace(), "2020-01-01T00:00:00.000Z");
    let wrong = withdraw(&MadeUpBooks::of(&today), "2020-0001");
    assert_eq!(wrong.code(), "confirmation_differs", "{wrong:?}");
    let yesterday = withdraw(&MadeUpBooks::of("2020-06-01"), &label);
    assert_eq!(yesterday.code(), "file_absence_unproven", "{yesterday:?}");
    let done = withdraw(&MadeUpBooks::of(&today), &label);
    assert_eq!((done.status, &done.last()["withdrawn"]["state"]), (Some(0), &json!("withdrawn")), "{done:?}");
    let twice = withdraw(&MadeUpBooks::of(&today), &label);
    assert_eq!((twice.status, twice.code()), (Some(1), "file_not_waiting"), "{twice:?}");
    let next = rig.sync();
    assert_eq!((next.status, next.count("handed_over")), (Some(0), 3), "{next:?}");
    let second = rig.files().into_iter().find(|name| name.contains("-0002_")).expect("a new file");
    assert!(rig.text(&second).contains("hlf:U-1#2 "), "{}", rig.text(&second));
    // The old file is imported after all, beside the new one.
    let mut books = MadeUpBooks::of(LATER);
    books.import(&text);
    books.import(&rig.text(&second));
    let both = read(&rig, &books);
    assert_eq!((both.status, &both.last()["exported"]), (Some(4), &json!(3)), "{both:?}");
    assert_eq!(both.last()["differences"].as_array().map(Vec::len), Some(3), "{both:?}");
    assert_eq!(state(&rig, "U-1"), "vanished");
}

#[test]
fn file_that_was_imported_is_not_withdrawn() {
    let (rig, text) = handed_over();
    let label = rig.run(&["files"]).last()["files"][0]["file"].as_str().expect("a number").to_owned();
    age(&rig.workspace(), "2020-01-01T00:00:00.000Z");
    let mut books = MadeUpBooks::of(&today());
    books.import(&text);
    books.vouchers.truncate(1);
    let path = books.hand_out(&rig.workspace());
    let reason = "nobody remembers that it was imported";
    let path = path.to_str().expect("a plain path");
    let refused = rig.run(&["files", "withdraw", &label, "--books", path, "--reason", reason, "--confirm", &label]);
    assert_eq!((refused.status, refused.code()), (Some(1), "file_was_imported"), "{refused:?}");
    assert_eq!(records(&rig), (1, 2));
}

#[test]
fn file_is_saved_again_with_the_very_bytes() {
    let (rig, text) = handed_over();
    let to = rig.workspace().join("again.csv");
    let path = to.to_str().expect("a plain path");
    let saved = rig.run(&["files", "save", "1", path]);
    assert_eq!(saved.status, Some(0), "{saved:?}");
    let bytes = std::fs::read(&to).expect("written");
    assert_eq!(bytes.iter().map(|byte| char::from(*byte)).collect::<String>(), text);
    assert_eq!(rig.run(&["files", "save", "1", path]).code(), "report_exists");
    assert_eq!(rig.run(&["files", "save", "2020-0009", path, "--force"]).code(), "file_not_found");
}

#[test]
fn books_in_the_inbox_are_read_by_the_next_sync() {
    let (rig, text) = handed_over();
    let inbox = rig.workspace().join("inbox");
    std::fs::create_dir(&inbox).expect("writable");
    let mut books = MadeUpBooks::of("2026-11-01");
    books.import(&text);
    let path = books.hand_out(&inbox);
    let whole = std::fs::read(&path).expect("readable");
    std::fs::write(&path, &whole[..whole.len() / 2]).expect("writable");
    let half = rig.sync();
    assert_eq!((half.status, half.count("posted")), (Some(4), 0), "{half:?}");
    assert!(path.exists() && half.words.contains("saft-2026-11-01.xml"), "{half:?}");
    std::fs::write(&path, &whole).expect("writable");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("skipped")), (Some(0), 3, 0), "{sync:?}");
    assert!(!path.exists() && inbox.join("read/saft-2026-11-01.xml").exists());
    assert_eq!(records(&rig), (3, 0));
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

#[test]
fn comparison_without_a_file_says_how_the_books_are_read() {
    let (rig, _) = handed_over();
    let compared = rig.run(&["compare"]);
    assert_eq!((compared.status, compared.code()), (Some(1), "books_cannot_be_asked"), "{compared:?}");
}

/// Returns today by the clock of the organisation.
fn today() -> String {
    let printed =
        std::process::Command::new("date").env("TZ", "Europe/Oslo").arg("+%F").output().expect("there is a clock");
    String::from_utf8(printed.stdout).expect("digits").trim().to_owned()
}
