use postonce_engine::error::{ErrorCode, Problem};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const COMMENTED: &str = r#"# Ours; do not touch without Kari.
[organisation]
id = "hlf"   # never change it
name = "HLF"
currency = "NOK"
time_zone = "Europe/Oslo"

[source] # from the platform's own export
kind = "csv"
path = "records.csv"
delimiter = ";"        # as Excel writes it
[source.columns]
id = "Bilagsnr"
date = "Dato"
amount = "Beløp"
payee = "Likeperson"
category = "Kategori"
text = "Leverandør"

# The books.
[accounting]
kind = "open"
url = "http://127.0.0.1:4010"    # the test server
secret = "accounting-token"

[posting]
payable_account = "2930"
[posting.categories]
"Reise, mat" = "7140" # travel
# and courses:
"Kurs" = "6860"

[sync]
wait_for_lock_seconds = 0
# [schedule]
# cron = "0 2 * * *"
"#;

fn workspace(text: &str) -> (TempDir, Workspace) {
    let dir = TempDir::new().expect("a folder");
    let workspace = Workspace::create(dir.path(), text).expect("it is valid");
    (dir, workspace)
}

fn file(workspace: &Workspace) -> String {
    fs::read_to_string(workspace.path()).expect("it is there")
}

fn wait(seconds: u32) -> Change {
    Change::of(&["sync", "wait_for_lock_seconds"], Some(Value::Number(seconds)))
}

#[test]
fn value_is_changed_and_everything_else_stays_to_the_byte() {
    let (_dir, before) = workspace(COMMENTED);
    let edited =
        before.edit(&[Change::text(&["accounting", "url"], "https://books.example.org")]).expect("it is saved");
    assert_eq!(file(&before), COMMENTED.replace("http://127.0.0.1:4010", "https://books.example.org"));
    assert_eq!(
        edited.changed,
        [ValueChange {
            key: "accounting.url".to_owned(),
            before: Some("http://127.0.0.1:4010".to_owned()),
            after: Some("https://books.example.org".to_owned()),
        }]
    );
    assert_eq!(edited.workspace.text(), file(&before));
}

#[test]
fn tables_are_made_and_keys_go_and_the_reader_takes_the_file() {
    let (_dir, before) = workspace(COMMENTED);
    let changes = [
        Change::text(&["schedule", "cron"], "0 2 * * 1-5"),
        Change::of(&["re_export", "second_approval"], Some(Value::Flag(true))),
        Change::Retain(owned(&["posting", "categories"]), owned(&["Kurs"])),
        Change::text(&["posting", "categories", "Gaver \"små\""], "7700"),
        Change::Remove(owned(&["source", "delimiter"])),
        Change::Remove(owned(&["source", "nothing", "of", "this"])),
    ];
    let after = before.edit(&changes).expect("it is saved").workspace;
    let opened = Workspace::open(before.dir()).expect("it is valid");
    assert_eq!(opened.text(), after.text());
    let settings = opened.settings();
    assert!(settings.re_export_needs_approval);
    assert_eq!(settings.schedule.expect("a schedule").cron(), "0 2 * * 1-5");
    let mut categories: Vec<_> = settings.posting.categories.keys().cloned().collect();
    categories.sort();
    assert_eq!(categories, ["Gaver \"små\"", "Kurs"]);
    for comment in
        ["do not touch", "never change it", "from the platform", "The books", "the test server", "# [schedule]"]
    {
        assert!(opened.text().contains(comment), "{comment} is gone:\n{}", opened.text());
    }
}

#[test]
fn invalid_change_is_refused_and_nothing_is_written() {
    let (_dir, before) = workspace(COMMENTED);
    for change in [
        wait(100_000),
        Change::text(&["accounting", "url"], "http://books.example.org"),
        Change::text(&["accounting", "kind", "deeper"], "x"),
        Change::Remove(owned(&["posting", "payable_account"])),
        Change::text(&["sync", "unheard_of"], "x"),
    ] {
        assert!(before.edit(std::slice::from_ref(&change)).is_err(), "{change:?}");
        assert_eq!(file(&before), COMMENTED, "{change:?}");
    }
}

#[test]
fn file_that_somebody_else_changed_meanwhile_is_left_alone() {
    let (dir, before) = workspace(COMMENTED);
    let theirs = COMMENTED.replace("2930", "2940");
    fs::write(before.path(), &theirs).expect("a file");
    let problem = Problem::from(before.edit(&[wait(60)]).expect_err("it is another file"));
    assert_eq!(problem.code, ErrorCode::WorkspaceChanged);
    assert_eq!(file(&before), theirs);
    let names: Vec<_> =
        fs::read_dir(dir.path()).expect("a folder").map(|entry| entry.expect("a name").file_name()).collect();
    assert_eq!(names, [FILE_NAME], "nothing is left beside it");
}

#[test]
fn change_can_be_taken_back_unless_there_was_another() {
    let (_dir, before) = workspace(COMMENTED);
    before.edit(&[wait(60)]).expect("it is saved").take_back().expect("it is put back");
    assert_eq!(file(&before), COMMENTED);
    let edited = before.edit(&[wait(60)]).expect("it is saved");
    let later = Workspace::open(before.dir()).expect("it is valid");
    later.edit(&[wait(90)]).expect("it is saved");
    assert!(edited.take_back().is_err());
    assert!(file(&before).contains("wait_for_lock_seconds = 90"));
}

#[test]
fn file_is_not_written_if_nothing_changes() {
    let (_dir, before) = workspace(COMMENTED);
    let edited = before.edit(&[wait(0), Change::text(&["organisation", "name"], "HLF")]).expect("it is well");
    assert_eq!((edited.changed, file(&before).as_str()), (vec![], COMMENTED));
}

#[cfg(unix)]
#[test]
fn link_and_the_rights_of_the_file_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (dir, before) = workspace(COMMENTED);
    let real = dir.path().join("real.toml");
    fs::rename(before.path(), &real).expect("our own file");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("our own file");
    symlink(&real, before.path()).expect("a link");
    before.edit(&[wait(60)]).expect("it is saved");
    assert!(fs::symlink_metadata(before.path()).expect("it is there").is_symlink());
    assert_eq!(fs::metadata(&real).expect("it is there").permissions().mode() & 0o777, 0o640);
}

#[test]
fn byte_order_mark_and_the_line_ends_of_windows_stay() {
    let dir = TempDir::new().expect("a folder");
    let text = format!("\u{feff}{}", COMMENTED.replace('\n', "\r\n"));
    fs::write(dir.path().join(FILE_NAME), &text).expect("a file");
    let before = Workspace::open(dir.path()).expect("it is valid");
    before.edit(&[wait(60)]).expect("it is saved");
    assert_eq!(file(&before), text.replace("seconds = 0", "seconds = 60"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn value_that_is_set_is_read_and_set_back_to_the_byte(
        seconds in 1u32..86_400, account in "[0-9]{1,8}", category in "[a-zA-ZæøåÆØÅ\"\\\\#=\\[\\]. ]{1,20}",
    ) {
        prop_assume!(!category.trim().is_empty() && !["Kurs", "Reise, mat"].contains(&category.trim()));
        let (_dir, before) = workspace(COMMENTED);
        let changes = [
            wait(seconds),
            Change::text(&["posting", "categories", &category], &account),
            Change::text(&["posting", "categories", "Kurs"], &account),
        ];
        let after = before.edit(&changes).expect("it is saved").workspace;
        let opened = Workspace::open(before.dir()).expect("it is valid");
        let settings = opened.settings();
        prop_assert_eq!(settings.wait_for_lock.as_secs(), u64::from(seconds));
        prop_assert_eq!(&settings.posting.categories[category.trim()].0, &account);
        let comments = |text: &str| text.lines().filter_map(|line| line.split_once('#')).count();
        prop_assert!(comments(opened.text()) >= comments(COMMENTED));
        let back = [
            wait(0),
            Change::text(&["posting", "categories", "Kurs"], "6860"),
            Change::Remove(owned(&["posting", "categories", &category])),
        ];
        after.edit(&back).expect("it is saved");
        prop_assert_eq!(file(&before), COMMENTED);
    }
}
