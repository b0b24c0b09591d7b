//! Tests the first start, from an empty folder to a first sync, and the settings that are changed later.

use std::path::Path;

use postonce_tests::{CliRig, TOKEN, wait_until};
use serde_json::json;

use crate::records::live;
use crate::window_rig::{WindowRig, at_desk};

const RECORDS: usize = 40;

/// Returns a file as a Norwegian spreadsheet saves it: windows-1252, semicolons, and titles of its own.
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
fn a_first_start_leads_from_an_empty_folder_to_a_first_sync() {
    let cli = CliRig::over_csv(&spreadsheet());
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = home.path().join("books");
    at_desk(home.path(), Some(&folder), |window| {
        window.click("begin-setup");
        a_wrong_address_is_named_at_its_field(window);
        the_connection_is_tested(window, &cli);
        the_file_is_read(window, &cli.path().join("records.csv"));
        // Back and forth without loss.
        window.click("setup-back");
        window.wait_for("[data-testid=setup-connection]");
        window.wait_for("[data-testid=connection-found]");
        window.click("setup-next");
        window.wait_for("[data-testid=source-state][data-read=true]");
        window.click("setup-next");

        window.wait_for_text("survey", "40 records for");
        window.wait_for_text("accounts-left", "2 categories have no account. Their records are held back.");
        window.type_into("default-account", "7790");
        window.wait_for_text("accounts-left", "Their records go to 7790.");
        window.click("setup-next");
        window.wait_for_text("rehearsal-send", "40");
        assert!(!folder.exists(), "nothing is written before the end");
        window.click("setup-done");

        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("sync-now");
        window.wait_for_text("result", "40 records for kr");
    });
    let stats = cli.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(RECORDS), &json!(0)), "{stats}");
    let text = std::fs::read_to_string(folder.join("workspace.toml")).expect("it was made");
    assert!(!text.contains(TOKEN), "{text}");
    for part in ["encoding = \"windows-1252\"", "text = \"Leverandør\"", "default_account = \"7790\"", "# what is owed"]
    {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

fn a_wrong_address_is_named_at_its_field(window: &WindowRig) {
    window.type_into("accounting-url", "http://example.org");
    window.click("test-connection");
    window.wait_for_path("//*[@data-testid='problem-code'][contains(., 'insecure_url')]");
    window.type_into("accounting-url", &"\u{e003}".repeat(40));
}

fn the_connection_is_tested(window: &WindowRig, cli: &CliRig) {
    window.type_into("accounting-url", cli.url());
    window.click("test-connection");
    window.wait_for_path("//*[@data-testid='problem-code'][contains(., 'secret_missing')]");
    window.type_into("accounting-secret", TOKEN);
    window.click("test-connection");
    window.wait_for_text("connection-found", "Refuses double vouchers itself");
    window.click("setup-next");
}

fn the_file_is_read(window: &WindowRig, file: &Path) {
    window.wait_for("[data-testid=setup-source]");
    window.type_into("source-path", &file.display().to_string());
    window.click("read-file");
    window.wait_for("[data-testid=source-state][data-read=true]");
    let look = "const of = (name) => document.querySelector(`[data-testid=${name}]`).value;
         return [of('column-id'), of('column-date'), of('column-amount'), of('column-text'), of('source-encoding'),
                 document.querySelectorAll('[data-testid=sample-row][data-kind=record]').length];";
    let expected = json!(["Bilagsnr", "Dato", "Beløp", "Leverandør", "windows-1252", 8]);
    wait_until(&format!("{expected}"), || window.look(look) == expected);
    window.text_with("sample", "1,125.50");
}

#[test]
fn settings_are_changed_in_either_language_undone_and_audited() {
    let cli = live(4);
    let file = cli.path().join("workspace.toml");
    let commented = format!("# Ours.\n{}", std::fs::read_to_string(&file).expect("it is there"));
    std::fs::write(&file, &commented).expect("our own file");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let text = || std::fs::read_to_string(&file).expect("it is there");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("nav-settings");
        window.click("change-schedule");
        window.click("rhythm-weekdays");
        window.wait_for("[data-testid=next-runs]");
        window.click("save-schedule");
        window.wait_for_text("schedule-words", "Monday to Friday at 02:00.");
        assert!(text().contains("cron = \"0 2 * * 1-5\"") && text().starts_with("# Ours.\n"), "{}", text());
        window.click("settings-undo");
        window.wait_for_text("schedule-words", "Off");
        assert_eq!(text(), commented, "what was undone is as it was");

        window.click("language-nb");
        window.click("change-approval");
        window.click("approval-two");
        window.click("save-approval");
        window.wait_for_text("approval-words", "En annen administrator godkjenner");
        window.wait_for_text("settings-saved", "revisjonssporet");
        // The engine has taken it up: the same window syncs with it.
        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for("[data-testid=result]");
    });
    let trail = cli.path().join("trail.json");
    let exported = cli.run(&["audit", "export", &trail.display().to_string()]);
    assert_eq!(exported.status, Some(0), "{exported:?}");
    let trail = std::fs::read_to_string(trail).expect("it was written");
    assert_eq!(trail.matches("settings_changed").count(), 3, "each change once, and none again by the run: {trail}");
    assert!(trail.contains("re_export.second_approval") && trail.contains("schedule.cron"), "{trail}");
}

#[test]
fn settings_stay_as_they_are_while_a_sync_is_on() {
    let cli = live(240);
    let before = std::fs::read_to_string(cli.path().join("workspace.toml")).expect("it is there");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.wait_for("[data-testid=connection][data-reach=reached]");
        cli.hold(&["vouchers"], 0);
        window.click("sync-now");
        window.wait_for("[data-testid=progress-processed]");
        window.click("nav-settings");
        window.click("change-approval");
        window.click("approval-two");
        window.click("save-approval");
        window.wait_for_text("settings-problem", "A sync is running on this machine");
        window.click("nav-overview");
        window.click("stop");
        window.wait_for_while("[data-testid=result]", || cli.let_go());
    });
    let after = std::fs::read_to_string(cli.path().join("workspace.toml")).expect("it is there");
    assert_eq!(after, before);
}
