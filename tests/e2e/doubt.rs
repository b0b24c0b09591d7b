//! Tests a record in doubt that a person decides who looked for it, and the id that is copied for that.

use postonce_tests::wait_until;
use serde_json::json;

use crate::records::live;
use crate::window_rig::{WindowRig, at_desk};

const RECORD: &str = "U-0001";
const REASON: &str = "Looked in the books: it never arrived.";
/// Tells whether the decision is taken; if not, gives it again as soon as the button can be pressed.
const DECIDE_AGAIN: &str = "
    if (document.querySelector('[data-testid=decision-done]')) return true;
    document.querySelector('[data-testid=dialog-confirm]')?.click();
    return false;
";
/// The Control key, until the keys after it are pressed.
const CONTROL: &str = "\u{e009}";

#[test]
fn a_record_in_doubt_is_decided_by_a_person_and_sent_next() {
    let cli = live(1);
    let file = cli.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let patient =
        text.replace("[posting]\n", "settle_window_seconds = 1\nwhen_still_unknown = \"hold\"\n\n[posting]\n");
    std::fs::write(&file, patient).expect("our own file");
    // Nothing but a search protects, and the one request gets lost on its way.
    let searched = json!({ "unique_references": false, "checks_fence": false, "idempotency_keys": false });
    let mut lost = searched.clone();
    lost["faults"] = json!([{ "kind": "cut_before_commit", "remaining": 1 }]);
    cli.set_faults(&lost);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for("[data-testid=result-attention]");
        assert_eq!(cli.stats()["vouchers"], 0);
        window.click("nav-attention");
        window.wait_for_text("attention-in_doubt", RECORD);

        // A voucher that nobody can find is no proof.
        window.click("decide");
        window.click("decide-posted");
        window.type_into("decide-typed", "V-1");
        window.type_into("reason", REASON);
        window.click("dialog-confirm");
        window.wait_for_text("problem", "says otherwise");

        // Too early, the word is refused, and nothing is changed: it is given again until it counts.
        window.click("decide-not-posted");
        wait_until("the decision", || window.look(DECIDE_AGAIN) == true);
        assert_eq!(cli.stats()["vouchers"], 0, "a decision sends nothing");
        window.click("dialog-close");
        window.wait_for("[data-testid=attention-empty]");

        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for_text("result", "1 record for kr");
        assert_eq!((&cli.stats()["vouchers"], &cli.stats()["duplicates"]), (&json!(1), &json!(0)));
        a_copied_id_can_be_pasted(window);
    });
}

fn a_copied_id_can_be_pasted(window: &WindowRig) {
    window.click("nav-history");
    window.open_row("run-toggle");
    window.wait_for("[data-testid=run-item] [data-voucher-id]");
    let voucher =
        window.look("return document.querySelector('[data-testid=run-item] [data-voucher-id]').dataset.voucherId");
    let voucher = voucher.as_str().expect("an id").to_owned();
    window.click_on("[data-testid=run-item] [data-testid=copy]");
    window.wait_for("[data-testid=copy][data-outcome=copied]");
    window.click("nav-audit");
    window.type_into("audit-search", &format!("{CONTROL}v"));
    let pasted = "return document.querySelector('[data-testid=audit-search]').value";
    wait_until("the pasted id", || window.look(pasted) == voucher.as_str());
}
