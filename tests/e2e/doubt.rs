//! A record in doubt, decided by a person who looked; and what is copied to look for it.

use serde_json::json;

use crate::desk::{Desk, at_desk};
use crate::records::live;

const RECORD: &str = "U-0001";
const REASON: &str = "Looked in the books: it never arrived.";
/// The Control key, until the keys after it are pressed.
const CONTROL: &str = "\u{e009}";

#[test]
fn a_record_in_doubt_is_decided_by_a_person_and_sent_by_the_next_sync() {
    let bench = live(1);
    let file = bench.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let patient =
        text.replace("[posting]\n", "settle_window_seconds = 1\nwhen_still_unknown = \"hold\"\n\n[posting]\n");
    std::fs::write(&file, patient).expect("our own file");
    // Nothing but a search protects, and the one request gets lost on its way.
    let searched = json!({ "unique_references": false, "checks_fence": false, "idempotency_keys": false });
    let mut lost = searched.clone();
    lost["faults"] = json!([{ "kind": "cut_before_commit", "remaining": 1 }]);
    bench.set_faults(&lost);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for("[data-testid=result-attention]");
        assert_eq!(bench.stats()["vouchers"], 0);
        desk.click("nav-attention");
        desk.wait_for_text("attention-in_doubt", RECORD);

        // A voucher that nobody can find is no proof.
        desk.click("decide");
        desk.click("decide-posted");
        desk.type_into("decide-typed", "V-1");
        desk.type_into("reason", REASON);
        desk.click("dialog-confirm");
        desk.wait_for_text("problem", "says otherwise");

        desk.click("decide-not-posted");
        desk.click("dialog-confirm");
        desk.wait_for("[data-testid=decision-done]");
        assert_eq!(bench.stats()["vouchers"], 0, "a decision sends nothing");
        desk.click("dialog-close");
        desk.wait_for("[data-testid=attention-empty]");

        desk.click("nav-overview");
        desk.click("sync-now");
        desk.wait_for_text("result", "1 record for kr");
        assert_eq!((&bench.stats()["vouchers"], &bench.stats()["duplicates"]), (&json!(1), &json!(0)));
        what_is_copied_can_be_pasted(desk);
    });
}

fn what_is_copied_can_be_pasted(desk: &Desk) {
    desk.click("nav-history");
    desk.wait_for("[data-testid=run]");
    desk.look("document.querySelector('[data-testid=run-toggle][aria-expanded=false]')?.click()");
    desk.wait_for("[data-testid=run-item] [data-voucher-id]");
    let voucher =
        desk.look("return document.querySelector('[data-testid=run-item] [data-voucher-id]').dataset.voucherId");
    let voucher = voucher.as_str().expect("an id").to_owned();
    desk.click_on("[data-testid=run-item] [data-testid=copy]");
    desk.wait_for("[data-testid=copy][data-outcome=copied]");
    desk.click("nav-audit");
    desk.type_into("audit-search", &format!("{CONTROL}v"));
    let pasted = "return document.querySelector('[data-testid=audit-search]').value";
    assert_eq!(desk.look(pasted), voucher.as_str());
}
