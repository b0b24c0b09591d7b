//! The audit trail: what a sync, a backup and a check leave in it, found again, in both languages.

use crate::desk::at_desk;
use crate::records::live;

#[test]
fn the_trail_is_read_searched_checked_and_tells_of_the_check() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("nav-audit");
        desk.wait_for_text("audit-empty", "No entries yet");
        desk.click("nav-overview");
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");

        desk.click("nav-audit");
        desk.wait_for("[data-testid=audit-entry][data-act=sync_ended]");
        desk.wait_for_text("audit-table", "The sync was completed");
        desk.wait_for_text("audit-table", "started a sync");
        desk.click("audit-verify");
        desk.wait_for_text("verdict", "The audit trail is whole");
        desk.wait_for_text("verdict-facts", "remembers the same trail");
        desk.wait_for("[data-testid=audit-entry][data-act=verified]");

        desk.click_on("[data-act=sync_ended] [data-testid=audit-toggle]");
        desk.wait_for_text("audit-detail", "counts.posted");

        desk.type_into("audit-search", "no such thing");
        desk.wait_for_text("audit-empty", "No entry fits");
        desk.click("audit-clear");
        desk.wait_for("[data-testid=audit-entry][data-act=sync_started]");

        desk.click("nav-settings");
        desk.click("language-nb");
        desk.click("ledger-backup");
        desk.wait_for_text("ledger-backed-up", "Sikkerhetskopien er tatt");
        desk.click("nav-audit");
        desk.wait_for_text("audit-table", "tok en sikkerhetskopi av eksportjournalen");
        desk.click("audit-verify");
        desk.wait_for_text("verdict", "Revisjonssporet er intakt");
    });
}

#[test]
fn a_trail_that_somebody_edited_is_shown_as_what_it_is() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
    });
    let raw = rusqlite::Connection::open(bench.path().join("ledger.sqlite")).expect("the ledger's file");
    raw.execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor_user = 'ola' WHERE entry = 2")
        .expect("the file can be edited");
    drop(raw);
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("nav-audit");
        desk.wait_for("[data-testid=audit-entry][data-act=sync_ended]");
        desk.click("audit-verify");
        desk.wait_for_text("verdict", "The audit trail is not what it was");
        desk.wait_for_text("findings", "the content is not what was written");
        desk.click("nav-settings");
        desk.click("language-nb");
        desk.click("nav-audit");
        desk.click("audit-verify");
        desk.wait_for_text("verdict", "Revisjonssporet er ikke slik det var");
    });
}

#[test]
fn a_ledger_is_compared_and_made_anew_and_the_next_sync_exports_nothing() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        desk.click("nav-settings");
        desk.click("ledger-compare");
        desk.click("compare-start");
        desk.wait_for_text("compare-result", "20 vouchers, each on both sides");
        desk.click("dialog-close");
        desk.click("ledger-rebuild");
        let name = desk.look("return document.querySelector('[data-testid=frame-facts] dd').textContent");
        desk.type_into("confirm-id", name.as_str().expect("the organisation has a name"));
        desk.click("dialog-confirm");
        desk.wait_for("[data-testid=rebuild-done]");
        desk.wait_for_text("rebuild-done", "20");
        desk.press("\u{e00c}");
        desk.click("nav-overview");
        desk.click("sync-now");
        desk.wait_for_text("result", "Nothing new to export.");
    });
    assert_eq!(bench.stats()["vouchers"], 20);
    assert_eq!(bench.stats()["duplicates"], 0);
}
