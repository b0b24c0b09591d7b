//! Tests that a record is exported once whatever changes around it: another short name, another rule for references,
//! other books, other ids, a source that was replaced. Vouchers are counted in the books.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, command_output};
use reqwest::Method;
use serde_json::{Value, json};

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta;Nr\n";
const REASON: &str = "the treasurer has looked into it";

/// Returns a file of so many records of a month, with ids that begin so, and running numbers in a last column.
fn records(ids: &str, month: u32, count: u32) -> String {
    let rows = (1..=count).map(|n| {
        format!("{ids}{n:03};{:02}.{month:02}.2026;{n},00;PM-{:02};Reise;Samtale {n};NOK;{n}\n", n % 28 + 1, n % 7)
    });
    format!("{HEAD}{}", rows.collect::<String>())
}

fn vouchers(rig: &CliRig) -> u64 {
    let stats = rig.stats();
    assert_eq!(stats["duplicates"], 0, "{stats}");
    stats["vouchers"].as_u64().expect("a count")
}

fn write(rig: &CliRig, csv: &str) {
    std::fs::write(rig.path().join("records.csv"), csv).expect("a temporary folder is writable");
}

/// Returns the code of the problem with which a command stopped.
fn code(output: &CommandOutput) -> String {
    assert_ne!(output.code(), "", "{} {}", output.last(), output.words);
    output.code().to_owned()
}

fn stopped_by(output: &CommandOutput) -> String {
    assert_eq!(output.status, Some(1), "{}", output.words);
    code(output)
}

fn states(rig: &CliRig) -> Vec<(String, String)> {
    let items = rig.run(&["attention"]).last()["items"].as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| (text(&item["record_id"]), text(&item["state"]))).collect()
}

/// Makes a second administrator's workspace over the same books, with that short name and the same records.
fn second(rig: &CliRig, short_name: &str) -> tempfile::TempDir {
    let folder = rig.copy_of_workspace();
    let text = rig.workspace().replace("id = \"hlf\"", &format!("id = \"{short_name}\""));
    std::fs::write(folder.path().join("workspace.toml"), text).expect("it is writable");
    folder
}

fn run_in(rig: &CliRig, folder: &Path, arguments: &[&str]) -> CommandOutput {
    command_output(rig.command_in(folder, arguments))
}

fn reference_scheme(rig: &CliRig, value: &str) {
    rig.set_faults(&json!({ "reference_scheme": value }));
}

#[test]
fn second_short_name_is_refused_with_a_way_on() {
    for keeps in ["on", "off"] {
        let rig = CliRig::over_csv(records("E-", 3, 20).as_bytes());
        reference_scheme(&rig, keeps);
        assert_eq!(rig.sync().status, Some(0));
        let other = second(&rig, "helselaget");
        let refused = run_in(&rig, other.path(), &["sync"]);
        assert_eq!(stopped_by(&refused), "prefix_differs", "{keeps}");
        assert!(refused.words.contains("organisation.id"), "{}", refused.words);
        assert_eq!(vouchers(&rig), 20, "{keeps}");
        // The same name is the way on; so is a word with a reason, for a separate use.
        let same = second(&rig, "hlf");
        assert_eq!(run_in(&rig, same.path(), &["sync"]).status, Some(0));
        assert_eq!(vouchers(&rig), 20, "{keeps}");
        let asked = run_in(&rig, other.path(), &["attention"]);
        assert_eq!(asked.last()["questions"][0]["topic"], "prefix", "{}", asked.last());
        assert_eq!(run_in(&rig, other.path(), &["confirm", "prefix", "--reason", "no"]).status, Some(2));
        assert_eq!(run_in(&rig, other.path(), &["confirm", "prefix", "--reason", REASON]).status, Some(0));
        assert_eq!(run_in(&rig, other.path(), &["sync"]).status, Some(0));
        assert_eq!(rig.stats()["vouchers"], 40, "a person said that it is a separate use");
        // The books know of two ledgers, which wants an explanation and is no change.
        assert_ne!(run_in(&rig, other.path(), &["audit", "verify"]).status, Some(6));
    }
}

#[test]
fn short_name_that_was_edited_sends_nothing_after_a_rebuild() {
    let rig = CliRig::over_csv(records("E-", 3, 20).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    write(&rig, &records("E-", 3, 25));
    rig.change_workspace("id = \"hlf\"", "id = \"hlf2\"");
    assert_eq!(stopped_by(&rig.sync()), "prefix_differs");
    let rebuilt = rig.run(&["rebuild", "--reason", REASON, "--confirm", "hlf2"]);
    assert_eq!(code(&rebuilt), "prefix_differs", "{}", rebuilt.words);
    assert_eq!(stopped_by(&rig.sync()), "prefix_differs");
    assert_eq!(vouchers(&rig), 20);
    rig.change_workspace("id = \"hlf2\"", "id = \"hlf\"");
    assert_eq!(rig.sync().status, Some(0), "nothing is asked any more");
    assert_eq!(vouchers(&rig), 25);
}

#[test]
fn reference_length_that_changes_doubles_nothing() {
    for keeps in ["on", "off"] {
        let rig = CliRig::over_csv(records(&"lang-".repeat(12), 3, 10).as_bytes());
        for (first, then) in [(64, 128), (128, 64)] {
            rig.set_faults(&json!({ "reference_scheme": keeps, "reference_max_length": first }));
            assert_eq!(rig.sync().status, Some(0));
            let before = vouchers(&rig);
            rig.set_faults(&json!({ "reference_scheme": keeps, "reference_max_length": then }));
            assert_eq!(rig.sync().status, Some(0));
            let other = second(&rig, "hlf");
            assert_eq!(run_in(&rig, other.path(), &["sync"]).status, Some(0), "a second ledger");
            assert_eq!(vouchers(&rig), before, "{keeps} {first} {then}");
            let ids = format!("{}-{first}-", "kort-".repeat(14));
            write(&rig, &records(&ids, 4, 10));
        }
    }
}

#[test]
fn books_that_nobody_confirmed_get_no_record() {
    let rig = CliRig::over_csv(records("E-", 3, 5).as_bytes());
    let confirmed =
        format!("\n[accounting.books]\norganisation = \"another\"\nname = \"Another\"\naddress = \"{}\"\n", rig.url());
    let text = rig.workspace();
    std::fs::write(rig.path().join("workspace.toml"), format!("{text}{confirmed}")).expect("it is writable");
    let refused = rig.sync();
    assert_eq!(stopped_by(&refused), "books_differ");
    assert_eq!(vouchers(&rig), 0);
    assert_eq!(rig.run(&["confirm", "books", "--reason", REASON]).status, Some(0));
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!(vouchers(&rig), 5);
}

#[test]
fn server_at_another_address_gets_no_record() {
    let rig = CliRig::over_csv(records("E-", 3, 5).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    let elsewhere = CliRig::over_csv(b"Id\n");
    rig.change_workspace(rig.url().trim_end_matches('/'), elsewhere.url().trim_end_matches('/'));
    write(&rig, &records("E-", 3, 7));
    assert_eq!(stopped_by(&rig.sync()), "books_differ");
    assert_eq!(code(&rig.run(&["compare"])), "books_differ", "nothing is told as gone either");
    assert_eq!((vouchers(&rig), vouchers(&elsewhere)), (5, 0));
    assert_eq!(states(&rig), []);
}

#[test]
fn id_column_that_changed_stops_the_sync() {
    let rig = CliRig::over_csv(records("E-", 3, 30).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    rig.change_workspace("id = \"Id\"", "id = \"Nr\"");
    assert_eq!(stopped_by(&rig.sync()), "source_ids_moved");
    assert_eq!(code(&rig.run(&["sync", "--dry-run"])), "source_ids_moved");
    assert_eq!(vouchers(&rig), 30);
    // A word on the column is none on thirty records that equal exported ones.
    assert_eq!(rig.run(&["confirm", "source", "--reason", REASON]).status, Some(0));
    assert_eq!(stopped_by(&rig.sync()), "look_alikes_many");
    assert_eq!(vouchers(&rig), 30);
    rig.change_workspace("id = \"Nr\"", "id = \"Id\"");
    // With the column go thirty records that were seen under its ids, and not exported.
    assert_eq!(stopped_by(&rig.sync()), "source_lost");
    assert_eq!(rig.run(&["confirm", "source", "--reason", REASON]).status, Some(0));
    assert_ne!(rig.sync().status, Some(1));
    assert_eq!(vouchers(&rig), 30);
}

#[test]
fn change_that_makes_nothing_look_new_is_noted_alone() {
    let rig = CliRig::over_csv(records("E-", 3, 5).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    std::fs::write(rig.path().join("april.csv"), records("E-", 3, 5)).expect("it is writable");
    rig.change_workspace("records.csv", "april.csv");
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!(vouchers(&rig), 5);
}

#[test]
fn ids_made_anew_for_the_same_records_stop_the_sync() {
    for count in [2, 30] {
        let rig = CliRig::over_csv(records("E-", 3, count).as_bytes());
        assert_eq!(rig.sync().status, Some(0));
        let anew = records("Z-9", 3, count);
        // Really new ones beside them change nothing.
        let and_new =
            format!("{anew}N-1;05.03.2026;77,00;PM-99;Reise;Ny;NOK;991\nN-2;05.03.2026;78,00;PM-99;Reise;Ny;NOK;992\n");
        for text in [&and_new, &anew] {
            write(&rig, text);
            assert_eq!(stopped_by(&rig.sync()), "look_alikes_many", "{count}");
            assert_eq!(vouchers(&rig), u64::from(count));
        }
    }
}

#[test]
fn records_of_another_system_with_other_texts_stop_the_sync() {
    let rig = CliRig::over_csv(records("E-", 3, 8).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    let moved = records("Z-9", 3, 8).replace("Samtale", "samtale nr.").replace("PM-0", "K-0");
    write(&rig, &moved);
    assert_eq!(stopped_by(&rig.sync()), "records_moved");
    assert_eq!(vouchers(&rig), 8);
    assert_eq!(rig.run(&["confirm", "look-alikes", "--reason", REASON]).status, Some(0));
    // The word was given on these records, and on no others of their number.
    write(&rig, &moved.replace("samtale nr. 5", "noe annet").replace("samtale nr. 6", "noe tredje"));
    assert_eq!(stopped_by(&rig.sync()), "records_moved");
    write(&rig, &moved);
    assert_eq!(rig.sync().count("posted"), 8, "a person said that they are other expenses");
}

#[test]
fn one_record_whose_id_changed_stops_the_sync() {
    let rig = CliRig::over_csv(records("E-", 3, 10).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    write(&rig, &records("E-", 3, 10).replace("E-004", "03.apr"));
    assert_eq!(stopped_by(&rig.sync()), "look_alikes_many");
    assert_eq!(vouchers(&rig), 10);
}

#[test]
fn few_look_alikes_go_and_their_number_is_said() {
    let rig = CliRig::over_csv(records("E-", 3, 10).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    let first = records("E-", 3, 10);
    let again: String = records("Z-9", 3, 3).lines().skip(1).map(|line| format!("{line}\n")).collect();
    write(&rig, &format!("{first}{again}"));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 3), "{}", sync.words);
    assert_eq!(sync.last()["look_alikes"], 3);
    assert_eq!(vouchers(&rig), 13);
}

#[test]
fn sync_that_was_stopped_goes_on_with_alike_records() {
    let alike = |count: u32| {
        let rows = (1..=count).map(|n| format!("B-{n};04.03.2026;42,00;PM-01;Reise;Buss;NOK;{n}\n"));
        format!("{HEAD}{}", rows.collect::<String>())
    };
    let rig = CliRig::over_csv(alike(40).as_bytes());
    rig.change_workspace("[posting]", "[sync]\nvouchers_per_request = 5\nrequests_in_flight = 1\n\n[posting]");
    rig.hold(&["vouchers"], 2);
    let sync = rig.sync_up_to(5);
    rig.wait_until_held();
    sync.kill();
    rig.release();
    let goes_on = rig.sync();
    assert_ne!(goes_on.status, Some(1), "{}", goes_on.words);
    assert_eq!(vouchers(&rig), 40, "rows that stood side by side are expenses of their own");
}

#[test]
fn id_that_a_spreadsheet_rewrote_is_held_with_both_ids() {
    let of = |id: &str| format!("{HEAD}{id};04.03.2026;100,00;PM-01;Reise;Lunsj;NOK;1\n");
    for (was, is) in [
        ("000123", "123"),
        ("123", "123.0"),
        ("PM-7", "pm-07"),
        ("BODØ-1", "bodø-1"),
        ("A-1", "Ａ-1"),
        ("e\u{301}-1", "é-1"),
        ("A-1", "A\u{200B}-1"),
        ("000123", "'000123"),
        ("A-1", "A–1"),
    ] {
        let rig = CliRig::over_csv(of(was).as_bytes());
        assert_eq!(rig.sync().status, Some(0), "{was}");
        write(&rig, &of(is));
        let sync = rig.sync();
        assert_eq!(vouchers(&rig), 1, "{was} {is}: {}", sync.words);
        if sync.status == Some(0) {
            // The reader takes it for the id that it was.
            assert_eq!(sync.count("skipped"), 1, "{was} {is}");
            continue;
        }
        assert_eq!(sync.status, Some(4), "{was} {is}: {}", sync.words);
        let item = rig.run(&["attention"]).last()["items"][0].clone();
        let sentence = item["reason"].as_str().expect("a sentence");
        assert!(sentence.contains(was) && sentence.contains(is), "{was} {is}: {item}");
        assert_eq!(rig.run(&["confirm", "record", is, "--reason", REASON]).status, Some(0));
        assert_eq!(rig.sync().count("posted"), 1, "a person said that it is another expense");
        assert_eq!(rig.stats()["vouchers"], 2);
    }
}

#[test]
fn rewritten_id_is_held_although_its_amount_was_corrected() {
    let of = |id: &str, amount: &str| format!("{HEAD}{id};04.03.2026;{amount};PM-01;Reise;Lunsj;NOK;1\n");
    let rig = CliRig::over_csv(of("000123", "100,00").as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    write(&rig, &of("123", "110,00"));
    let sync = rig.sync();
    assert_eq!((sync.status, vouchers(&rig)), (Some(4), 1), "{}", sync.words);
    let item = rig.run(&["attention"]).last()["items"][0].clone();
    assert_eq!(item["reason_code"]["held"]["code"], "id_look_alike", "{item}");
}

#[test]
fn running_numbers_that_begin_anew_are_no_changes() {
    let month = |month: u32, count: u32, text: &str, amount: u32| {
        let rows = (1..=count)
            .map(|n| format!("{n};{:02}.{month:02}.2026;{},00;PM-01;Reise;{text};NOK;{n}\n", n % 25 + 3, amount + n));
        format!("{HEAD}{}", rows.collect::<String>())
    };
    for count in [1, 2, 40] {
        let rig = CliRig::over_csv(month(3, count, "Lunsj", 100).as_bytes());
        assert_eq!(rig.sync().status, Some(0));
        write(&rig, &month(4, count + 1, "Tog", 500));
        let sync = rig.sync();
        assert_eq!(stopped_by(&sync), "ids_begin_anew", "{count}");
        assert_eq!(code(&rig.run(&["sync", "--dry-run"])), "ids_begin_anew");
        assert_eq!(vouchers(&rig), u64::from(count));
        assert!(!states(&rig).iter().any(|(_, state)| state == "changed"), "nothing is told as changed");
    }
}

#[test]
fn record_that_somebody_corrected_is_shown_as_changed() {
    let csv = records("E-", 3, 20);
    let rig = CliRig::over_csv(csv.as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    write(&rig, &csv.replace("Samtale 7;", "Samtale, rettet;").replace(";08.03.2026;7,00", ";09.03.2026;17,00"));
    let sync = rig.sync();
    assert_eq!(sync.status, Some(4), "{}", sync.words);
    assert_eq!(states(&rig), [("E-007".to_owned(), "changed".to_owned())]);
}

#[test]
fn column_whose_ids_repeat_stops_the_file() {
    let rows = (1..=40).map(|n| format!("{};{:02}.03.2026;{n},00;PM-01;Reise;Lunsj;NOK;{n}\n", n % 8, n % 28 + 1));
    let rig = CliRig::over_csv(format!("{HEAD}{}", rows.collect::<String>()).as_bytes());
    assert_eq!(stopped_by(&rig.sync()), "ids_shared");
    assert_eq!(vouchers(&rig), 0);
}

#[test]
fn record_that_left_the_source_is_listed_until_set_aside() {
    let good = "A-1;04.03.2026;10,00;PM-01;Reise;Tog;NOK;1\n";
    let bad = "A-2;04.03.2026;ti;PM-01;Reise;Tog;NOK;2\nA-3;04.03.0226;10,00;PM-01;Reise;Tog;NOK;3\n";
    let rig = CliRig::over_csv(format!("{HEAD}{good}{bad}").as_bytes());
    assert_eq!(rig.sync().status, Some(4));
    write(&rig, &records("B-", 4, 3));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(4), 3), "a replaced file is normal use: {}", sync.words);
    assert_eq!(sync.last()["left_source"], 2);
    let gone = |ids: &[&str]| ids.iter().map(|id| ((*id).to_owned(), "gone".to_owned())).collect::<Vec<_>>();
    assert_eq!(states(&rig), gone(&["A-3", "A-2"]), "the exported one is no alarm");
    assert_eq!(rig.run(&["set-aside", "A-1", "A-2", "--reason", REASON]).status, Some(1), "all or none");
    assert_eq!(rig.run(&["set-aside", "A-2", "--reason", REASON]).status, Some(0));
    assert_eq!(states(&rig), gone(&["A-3"]));
    assert_eq!(rig.run(&["set-aside", "A-3", "--reason", REASON]).status, Some(0));
    assert_eq!(rig.sync().status, Some(0));
    // Records that return count anew, and are listed again when they leave again.
    write(&rig, &format!("{HEAD}{bad}"));
    assert_eq!(states(&rig).len(), 0);
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(states(&rig).len(), 2);
    write(&rig, &records("B-", 4, 3));
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(states(&rig), gone(&["A-3", "A-2"]));
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

#[test]
fn reading_that_breaks_off_changes_no_list() {
    let rig = CliRig::practice(600, "");
    let text = rig.workspace();
    let source = text.find("[source]").expect("a source");
    let accounting = text.find("[accounting]").expect("an accounting system");
    let platform = format!("[source]\nkind = \"platform\"\nurl = \"{}\"\nsecret = \"platform-token\"\n\n", rig.url());
    let text = format!("{}{platform}{}", &text[..source], &text[accounting..]);
    let text = text.replace("[posting.categories]", "default_account = \"7790\"\n[posting.categories]");
    std::fs::write(rig.path().join("workspace.toml"), text).expect("it is writable");
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2099-01-01" })));
    assert_eq!(rig.sync().status, Some(4), "all are refused");
    let before = states(&rig);
    assert!(!before.is_empty());
    rig.set_faults(&json!({ "faults": [{ "kind": "body_cut_short", "paths": ["expenses"], "after": 1 }] }));
    assert_ne!(rig.sync().status, Some(0));
    assert_eq!(states(&rig), before);
    rig.set_faults(&json!({ "faults": [] }));
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(states(&rig), before);
}

#[test]
fn empty_source_is_said_and_nothing_is_lost() {
    let rig = CliRig::over_csv(records("E-", 3, 10).as_bytes());
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2099-01-01" })));
    assert_eq!(rig.sync().status, Some(4));
    write(&rig, HEAD);
    assert_eq!(stopped_by(&rig.sync()), "source_lost");
    assert_eq!(states(&rig).len(), 10, "nothing of it was taken over");
    assert_eq!(rig.run(&["attention"]).last()["questions"][0]["topic"], "source");
    assert_eq!(rig.run(&["confirm", "source", "--reason", REASON]).status, Some(0));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.last()["left_source"].as_u64()), (Some(4), Some(10)), "{}", sync.words);
    assert_eq!(states(&rig).len(), 10);
}
