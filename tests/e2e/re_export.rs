//! A voucher that was voided behind our back: shown under Needs attention, and exported once more through the dialog.

use postonce_tests::Bench;
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, at_desk};
use crate::records::live;

const RECORD: &str = "U-0007";
const REASON: &str = "Voided by mistake when October was closed.";
const ESCAPE: &str = "\u{e00c}";
/// The confirming button, while it may not be clicked; and when it may.
const LOCKED: &str = "[data-testid=dialog-confirm]:disabled";
const FREE: &str = "[data-testid=dialog-confirm]:enabled";

#[test]
fn a_voided_voucher_is_shown_and_exported_once_more_with_a_reason_and_the_id_typed_again() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        let earlier = voucher_under(&bench, "hlf:U-0007");
        bench.admin(Method::POST, &format!("vouchers/{earlier}/void"), Some(&json!({})));
        bench.run(&["compare"]);

        desk.click("nav-attention");
        desk.wait_for_text("attention-vanished", RECORD);
        let shown = desk.text("attention-vanished");
        for part in ["The voucher was reversed or voided", earlier.as_str(), "Reversed or voided"] {
            assert!(shown.contains(part), "{part} in: {shown}");
        }
        nothing_happens_on_escape(desk, &bench);

        desk.click("re-export");
        desk.wait_for_text("present", &earlier);
        let consequence = desk.text("consequence");
        assert!(consequence.contains("does not count in the books any more"), "{consequence}");
        desk.wait_for(LOCKED);
        desk.type_into("reason", REASON);
        desk.wait_for("[data-testid=reason-count][data-enough=true]");
        desk.wait_for(LOCKED);
        desk.type_into("confirm-id", RECORD);
        desk.wait_for(FREE);
        desk.click("dialog-confirm");
        desk.wait_for_text("re-export-done", "U-0007 is exported again, as voucher");

        let anew = voucher_under(&bench, "hlf:U-0007%232");
        assert_ne!(anew, earlier);
        desk.wait_for(&format!("[data-testid=re-export-voucher][data-voucher='{anew}']"));
        desk.click("re-export-run");
        desk.wait_for("[data-testid=run].open");
        desk.wait_for(&format!(
            "[data-testid=run-item][data-record='{RECORD}'][data-result=posted] [data-voucher-id='{anew}']"
        ));
        assert_eq!(bench.stats()["vouchers"], 21);
        desk.click("nav-attention");
        desk.wait_for("[data-testid=attention-empty]");
    });
}

fn nothing_happens_on_escape(desk: &Desk, bench: &Bench) {
    desk.click("re-export");
    desk.type_into("reason", REASON);
    desk.type_into("confirm-id", &format!("{RECORD}{ESCAPE}"));
    desk.wait_for_path("/html/body[not(.//*[@role='dialog'])]");
    assert_eq!(bench.stats()["vouchers"], 20, "Escape sends nothing");
}

/// The id of the one voucher under a reference, in the sandbox's own books.
fn voucher_under(bench: &Bench, reference: &str) -> String {
    let found = bench.admin(Method::GET, &format!("vouchers?reference={reference}"), None);
    let vouchers: &[Value] = found["vouchers"].as_array().expect("a list");
    assert_eq!(vouchers.len(), 1, "{found}");
    vouchers[0]["voucher_id"].as_str().expect("an id").to_owned()
}
