//! Tests the audit trail: the entries of a sync, a backup and a check are found again, in both languages.

use crate::records::live;
use crate::window_rig::{ESCAPE, at_desk};

#[test]
fn the_trail_is_read_searched_and_checked_and_shows_the_check() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("nav-audit");
        window.wait_for_text("audit-empty", "No entries yet");
        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");

        window.click("nav-audit");
        window.wait_for("[data-testid=audit-entry][data-act=sync_ended]");
        window.wait_for_text("audit-table", "The sync was completed");
        window.wait_for_text("audit-table", "started a sync");
        window.click("audit-verify");
        window.wait_for_text("verdict", "The audit trail is whole");
        window.click_on("[data-testid=verdict] summary");
        window.wait_for_text("verdict-facts", "the same");
        window.wait_for("[data-testid=audit-entry][data-act=verified]");

        window.click_on("[data-act=sync_ended] [data-testid=audit-toggle]");
        window.wait_for_text("audit-detail", "counts.posted");

        window.type_into("audit-search", "no such thing");
        window.wait_for_text("audit-empty", "Nothing found");
        window.click("audit-clear");
        window.wait_for("[data-testid=audit-entry][data-act=sync_started]");

        window.click("nav-settings");
        window.click("language-nb");
        window.click("ledger-backup");
        window.wait_for_text("ledger-backed-up", "Sikkerhetskopien er tatt");
        window.click("nav-audit");
        window.wait_for_text("audit-table", "tok en sikkerhetskopi av eksportjournalen");
        window.click("audit-verify");
        window.wait_for_text("verdict", "Revisjonssporet er intakt");
    });
}

#[test]
fn a_trail_that_somebody_edited_is_shown_as_what_it_is() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
    });
    let raw = rusqlite::Connection::open(cli.path().join("ledger.sqlite")).expect("the ledger's file");
    raw.execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor_user = 'ola' WHERE entry = 2")
        .expect("the file can be edited");
    drop(raw);
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("nav-audit");
        window.wait_for("[data-testid=audit-entry][data-act=sync_ended]");
        window.click("audit-verify");
        window.wait_for_text("verdict", "The audit trail is not what it was");
        window.wait_for_text("findings", "the content is not what was written");
        window.click("nav-settings");
        window.click("language-nb");
        window.click("nav-audit");
        window.click("audit-verify");
        window.wait_for_text("verdict", "Revisjonssporet er endret");
    });
}

#[test]
fn a_ledger_made_anew_after_a_comparison_exports_nothing() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        window.click("nav-settings");
        window.click("ledger-compare");
        window.click("compare-start");
        window.wait_for_text("compare-result", "20 vouchers, each on both sides");
        window.click("dialog-close");
        window.click("ledger-rebuild");
        let name = window.look("return document.querySelector('[data-testid=frame-facts] dd').textContent");
        window.type_into("confirm-id", name.as_str().expect("the organisation has a name"));
        window.type_into("reason", "The old one is too old");
        window.click("dialog-confirm");
        window.wait_for("[data-testid=rebuild-done]");
        window.wait_for_text("rebuild-done", "20");
        window.press(ESCAPE);
        window.wait_for_no("[data-testid=rebuild-dialog]");
        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for_text("result", "Nothing new to export.");
    });
    assert_eq!(cli.stats()["vouchers"], 20);
    assert_eq!(cli.stats()["duplicates"], 0);
}
