//! The first start, from an empty folder to a first sync, and what is changed later in the settings.

use std::path::Path;

use postonce_tests::{Bench, TOKEN};
use serde_json::json;

use crate::desk::{Desk, at_desk};
use crate::records::{live, slow};

const RECORDS: usize = 40;

/// As a Norwegian spreadsheet saves it: windows-1252, semicolons, and titles of its own.
fn spreadsheet() -> Vec<u8> {
    let mut text = "Bilagsnr;Periode;Likeperson;Kategori;Leverandør;Dato;Beløp\r\n".to_owned();
    for number in 1..=RECORDS {
        let (category, day) = (if number % 4 == 0 { "Møter" } else { "Reise, mat" }, number % 27 + 1);
        text += &format!("{};2026-10;PM-0001;{category};Bodø Taxi;{day:02}/10/2026;1 125,50\r\n", 2_141_000 + number);
    }
    // The sheet has no letter beyond Latin-1, of which windows-1252 is the larger sister.
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Latin-1")).collect()
}

#[test]
fn a_first_start_with_a_csv_goes_from_an_empty_folder_to_a_first_sync() {
    let bench = Bench::over_csv(&spreadsheet());
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = home.path().join("books");
    at_desk(home.path(), Some(&folder), |desk| {
        desk.click("begin-setup");
        a_wrong_address_is_told_at_its_field(desk);
        the_connection_is_tested(desk, &bench);
        the_file_is_read(desk, &bench.path().join("records.csv"));
        // Back and forth without loss.
        desk.click("setup-back");
        desk.wait_for("[data-testid=setup-connection]");
        desk.wait_for("[data-testid=connection-found]");
        desk.click("setup-next");
        desk.wait_for("[data-testid=source-state][data-read=true]");
        desk.click("setup-next");

        desk.wait_for_text("survey", "40 records for");
        desk.wait_for_text("accounts-left", "2 categories have no account. Their records are held back.");
        desk.type_into("default-account", "7790");
        desk.wait_for_text("accounts-left", "Their records go to 7790.");
        desk.click("setup-next");
        desk.wait_for_text("rehearsal-send", "40");
        assert!(!folder.exists(), "nothing is written before the end");
        desk.click("setup-done");

        desk.wait_for("[data-testid=connection][data-reach=reached]");
        desk.click("sync-now");
        desk.wait_for_text("result", "40 records for kr");
    });
    let stats = bench.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(RECORDS), &json!(0)), "{stats}");
    let text = std::fs::read_to_string(folder.join("workspace.toml")).expect("it was made");
    assert!(!text.contains(TOKEN), "{text}");
    for part in ["encoding = \"windows-1252\"", "text = \"Leverandør\"", "default_account = \"7790\"", "# what is owed"]
    {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

fn a_wrong_address_is_told_at_its_field(desk: &Desk) {
    desk.type_into("accounting-url", "http://example.org");
    desk.click("test-connection");
    desk.wait_for_path("//*[@data-testid='problem-code'][contains(., 'insecure_url')]");
    desk.type_into("accounting-url", &"\u{e003}".repeat(40));
}

fn the_connection_is_tested(desk: &Desk, bench: &Bench) {
    desk.type_into("accounting-url", bench.url());
    desk.click("test-connection");
    desk.wait_for_path("//*[@data-testid='problem-code'][contains(., 'secret_missing')]");
    desk.type_into("accounting-secret", TOKEN);
    desk.click("test-connection");
    desk.wait_for_text("connection-found", "Refuses double vouchers itself");
    desk.click("setup-next");
}

fn the_file_is_read(desk: &Desk, file: &Path) {
    desk.wait_for("[data-testid=setup-source]");
    desk.type_into("source-path", &file.display().to_string());
    desk.click("read-file");
    desk.wait_for("[data-testid=source-state][data-read=true]");
    let seen = desk.look(
        "const of = (name) => document.querySelector(`[data-testid=${name}]`).value;
         return [of('column-id'), of('column-date'), of('column-amount'), of('column-text'), of('source-encoding'),
                 document.querySelectorAll('[data-testid=sample-row][data-kind=record]').length];",
    );
    assert_eq!(seen, json!(["Bilagsnr", "Dato", "Beløp", "Leverandør", "windows-1252", 8]));
    assert!(desk.text("sample").contains("1,125.50"), "{}", desk.text("sample"));
}

#[test]
fn settings_are_changed_in_either_language_undone_and_audited() {
    let bench = live(4);
    let file = bench.path().join("workspace.toml");
    let commented = format!("# Ours.\n{}", std::fs::read_to_string(&file).expect("it is there"));
    std::fs::write(&file, &commented).expect("our own file");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let text = || std::fs::read_to_string(&file).expect("it is there");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("nav-settings");
        desk.click("change-schedule");
        desk.click("rhythm-weekdays");
        desk.wait_for("[data-testid=next-runs]");
        desk.click("save-schedule");
        desk.wait_for_text("schedule-words", "Monday to Friday at 02:00.");
        assert!(text().contains("cron = \"0 2 * * 1-5\"") && text().starts_with("# Ours.\n"), "{}", text());
        desk.click("settings-undo");
        desk.wait_for_text("schedule-words", "Off");
        assert_eq!(text(), commented, "what was undone is as it was");

        desk.click("language-nb");
        desk.click("change-approval");
        desk.click("approval-two");
        desk.click("save-approval");
        desk.wait_for_text("approval-words", "En annen administrator godkjenner");
        desk.wait_for_text("settings-saved", "revisjonssporet");
        // The engine has taken it up: the same window syncs with it.
        desk.click("nav-overview");
        desk.click("sync-now");
        desk.wait_for("[data-testid=result]");
    });
    let trail = bench.path().join("trail.json");
    let exported = bench.run(&["audit", "export", &trail.display().to_string()]);
    assert_eq!(exported.status, Some(0), "{exported:?}");
    let trail = std::fs::read_to_string(trail).expect("it was written");
    assert_eq!(trail.matches("settings_changed").count(), 3, "each change once, and none again by the run: {trail}");
    assert!(trail.contains("re_export.second_approval") && trail.contains("schedule.cron"), "{trail}");
}

#[test]
fn nothing_is_changed_while_a_sync_is_on() {
    let bench = live(240);
    let before = std::fs::read_to_string(bench.path().join("workspace.toml")).expect("it is there");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.wait_for("[data-testid=connection][data-reach=reached]");
        bench.set_faults(&slow(2_000));
        desk.click("sync-now");
        desk.wait_for("[data-testid=progress-processed]");
        desk.click("nav-settings");
        desk.click("change-approval");
        desk.click("approval-two");
        desk.click("save-approval");
        desk.wait_for_text("settings-problem", "A sync is running on this machine");
        desk.click("nav-overview");
        desk.click("stop");
        desk.wait_for("[data-testid=result]");
    });
    let after = std::fs::read_to_string(bench.path().join("workspace.toml")).expect("it is there");
    assert_eq!(after, before);
}
