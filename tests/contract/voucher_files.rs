//! Are vouchers handed over in files exactly once, over the real command line and a real folder, whatever happens to the
//! folder?

use std::fs;

use postonce_tests::FileRig;
use serde_json::json;

const THREE: [(&str, &str, &str); 3] =
    [("U-1", "2026-10-28", "412.00"), ("U-2", "2026-10-29", "99.50"), ("U-3", "2026-10-30", "1.00")];

#[test]
fn sync_puts_each_record_into_one_file_and_says_so() {
    let rig = FileRig::over(&THREE);
    let first = rig.sync();
    assert_eq!(first.status, Some(0), "{first:?}");
    assert_eq!((first.count("handed_over"), first.count("posted"), first.count("in_doubt")), (3, 0, 0));
    let files = rig.files();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].starts_with("hlf-") && files[0].ends_with("-0001_3_512.50-NOK.csv"), "{files:?}");
    let text = rig.text(&files[0]);
    for id in ["hlf:U-1", "hlf:U-2", "hlf:U-3"] {
        // Each posting's text is there for the ledger and for the sub-ledger.
        assert_eq!(text.matches(&format!("{id} ")).count(), 4, "{id} in {text}");
    }
    let again = rig.sync();
    assert_eq!((again.status, again.count("handed_over"), again.count("skipped")), (Some(0), 0, 3), "{again:?}");
    assert_eq!(rig.files(), files);
    let record = rig.run(&["record", "U-1"]);
    assert_eq!(record.last()["state"], "handed_over");
    assert_eq!(record.last()["attempts"][0]["state"], "handed_over");
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["records"]["handed_over"]), (Some(0), &json!(3)), "{status:?}");
    assert_eq!(status.last()["protection"], "observed");
}

#[test]
fn file_has_one_fiscal_year_and_its_number_has_no_gap() {
    let rig =
        FileRig::over(&[("U-1", "2025-12-31", "1.00"), ("U-2", "2026-01-01", "2.00"), ("U-3", "2025-06-01", "3.00")]);
    assert_eq!(rig.sync().count("handed_over"), 3);
    let files = rig.files();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files[0].contains("-0001_2_4.00-NOK") && files[1].contains("-0002_1_2.00-NOK"), "{files:?}");
    rig.write_records(&[("U-4", "2026-02-01", "4.00")]);
    assert_eq!(rig.sync().count("handed_over"), 1);
    assert!(rig.files()[2].contains("-0003_1_4.00-NOK"), "{:?}", rig.files());
}

#[test]
fn folder_that_is_gone_full_or_closed_loses_nothing() {
    let rig = FileRig::over(&THREE);
    let away = rig.folder().with_extension("away");
    fs::rename(rig.folder(), &away).expect("it is moved");
    let gone = rig.sync();
    assert_eq!((gone.status, gone.code()), (Some(5), "file_folder_missing"), "{gone:?}");
    fs::rename(&away, rig.folder()).expect("it is back");
    let back = rig.sync();
    assert_eq!((back.status, back.count("handed_over")), (Some(0), 3), "{back:?}");
}

#[test]
fn second_workspace_over_the_same_folder_is_refused() {
    let rig = FileRig::over(&THREE);
    assert_eq!(rig.sync().count("handed_over"), 3);
    let other = tempfile::tempdir().expect("a folder");
    for name in ["workspace.toml", "records.csv"] {
        fs::copy(rig.workspace().join(name), other.path().join(name)).expect("writable");
    }
    let files = rig.files();
    let second = postonce_tests::command_output(rig.command_in(other.path(), &["sync"]));
    assert_eq!(
        (second.status, second.last()["error"]["code"].as_str()),
        (Some(6), Some("file_ledger_differs")),
        "{second:?}"
    );
    assert_eq!(rig.files(), files);
    let records = postonce_tests::command_output(rig.command_in(other.path(), &["status"])).last()["records"].clone();
    assert_eq!((&records["in_doubt"], &records["eligible"]), (&0.into(), &3.into()), "nothing of it left: {records}");
}

#[test]
fn file_that_was_fetched_is_never_delivered_again() {
    let rig = FileRig::over(&THREE);
    assert_eq!(rig.sync().count("handed_over"), 3);
    fs::remove_file(rig.folder().join(&rig.files()[0])).expect("an importer takes it");
    assert_eq!(rig.sync().status, Some(0));
    assert!(rig.files().is_empty(), "{:?}", rig.files());
    rig.write_records(&[("U-4", "2026-10-31", "4.00")]);
    assert_eq!(rig.sync().count("handed_over"), 1);
    assert!(rig.files()[0].contains("-0002_1_"), "{:?}", rig.files());
}

#[test]
fn file_that_somebody_changed_is_named() {
    let rig = FileRig::over(&THREE);
    assert_eq!(rig.sync().count("handed_over"), 3);
    fs::write(rig.folder().join(&rig.files()[0]), "other").expect("writable");
    let status = rig.run(&["status"]);
    assert_eq!(status.last()["missing"][0]["code"], "file_changed", "{status:?}");
    assert_eq!(status.status, Some(4));
}

#[test]
fn letter_that_the_format_lacks_holds_its_record_alone() {
    let rig = FileRig::over(&THREE);
    let csv = fs::read_to_string(rig.workspace().join("records.csv")).expect("it is there");
    fs::write(rig.workspace().join("records.csv"), csv.replacen("Tog til Bodø", "Tog til Łódź", 1)).expect("writable");
    let first = rig.sync();
    assert_eq!((first.status, first.count("handed_over"), first.count("held")), (Some(4), 2, 1), "{first:?}");
    assert!(!rig.all_text().contains("hlf:U-1"));
    let attention = rig.run(&["attention"]);
    assert_eq!(attention.last()["items"][0]["reason_code"]["held"]["code"], "file_letter", "{attention:?}");
}

#[test]
fn folder_that_was_emptied_is_asked_about() {
    let rig = FileRig::over(&THREE);
    assert_eq!(rig.sync().count("handed_over"), 3);
    fs::remove_dir_all(rig.folder()).expect("somebody cleans up");
    fs::create_dir(rig.folder()).expect("writable");
    rig.write_records(&[("U-4", "2026-10-31", "4.00")]);
    let asked = rig.sync();
    assert_eq!(asked.last()["error"]["code"], "books_differ", "{asked:?}");
    assert!(rig.files().is_empty());
    let said = rig.run(&["confirm", "books", "--reason", "the share was moved to another server"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(rig.sync().count("handed_over"), 1);
    assert!(rig.files()[0].contains("-0002_1_"), "{:?}", rig.files());
}

#[test]
fn format_without_room_for_references_is_refused_at_set_up() {
    let rig = FileRig::in_format(&THREE, "format = \"visma-business\"\ntext_max = 37\n");
    let refused = rig.run(&["status"]);
    assert_eq!(refused.code(), "accounting_reference_short", "{refused:?}");
    let rig = FileRig::in_format(&THREE, "format = \"visma-business\"\n");
    let long = "R".repeat(80);
    rig.write_records(&[(long.as_str(), "2026-10-28", "412.00")]);
    assert_eq!(rig.sync().count("handed_over"), 1);
    assert!(rig.all_text().contains("hlf:~"), "{}", rig.all_text());
}
