//! Tests a voucher that was voided behind our back: it is shown under Needs attention, and exported once more by the dialog.

use postonce_tests::CliRig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::records::live;
use crate::window_rig::{ESCAPE, WindowRig, at_desk};

const RECORD: &str = "U-0007";
const REASON: &str = "Voided by mistake when October was closed.";
/// The confirming button, while it cannot be clicked; and when it can.
const LOCKED: &str = "[data-testid=dialog-confirm]:disabled";
const FREE: &str = "[data-testid=dialog-confirm]:enabled";

#[test]
fn a_voided_voucher_is_shown_and_exported_once_more() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        let earlier = voucher_under(&cli, "hlf:U-0007");
        cli.admin(Method::POST, &format!("vouchers/{earlier}/void"), Some(&json!({})));
        cli.run(&["compare"]);

        window.click("nav-attention");
        window.wait_for_text("attention-vanished", RECORD);
        window.click("sides");
        for part in ["The voucher was reversed or voided", earlier.as_str(), "Reversed or voided"] {
            window.text_with("attention-vanished", part);
        }
        nothing_happens_on_escape(window, &cli);

        window.click("re-export");
        window.wait_for_text("present", &earlier);
        window.text_with("consequence", "does not count in the books any more");
        window.wait_for(LOCKED);
        window.type_into("reason", REASON);
        window.wait_for("[data-testid=reason-count][data-enough=true]");
        window.wait_for(LOCKED);
        window.type_into("confirm-id", RECORD);
        window.wait_for(FREE);
        window.click("dialog-confirm");
        window.wait_for_text("re-export-done", "U-0007 is exported again, as voucher");

        let anew = voucher_under(&cli, "hlf:U-0007%232");
        assert_ne!(anew, earlier);
        window.wait_for(&format!("[data-testid=re-export-voucher][data-voucher='{anew}']"));
        window.click("re-export-run");
        window.wait_for("[data-testid=run].open");
        window.wait_for(&format!(
            "[data-testid=run-item][data-record='{RECORD}'][data-result=posted] [data-voucher-id='{anew}']"
        ));
        assert_eq!(cli.stats()["vouchers"], 21);
        window.click("nav-attention");
        window.wait_for("[data-testid=attention-empty]");
    });
}

fn nothing_happens_on_escape(window: &WindowRig, cli: &CliRig) {
    window.click("re-export");
    window.type_into("reason", REASON);
    window.type_into("confirm-id", &format!("{RECORD}{ESCAPE}"));
    window.wait_for_path("/html/body[not(.//*[@role='dialog'])]");
    assert_eq!(cli.stats()["vouchers"], 20, "Escape sends nothing");
}

/// Returns the id of the one voucher under a reference, in the sandbox's own books.
fn voucher_under(cli: &CliRig, reference: &str) -> String {
    let found = cli.admin(Method::GET, &format!("vouchers?reference={reference}"), None);
    let vouchers: &[Value] = found["vouchers"].as_array().expect("a list");
    assert_eq!(vouchers.len(), 1, "{found}");
    vouchers[0]["voucher_id"].as_str().expect("an id").to_owned()
}
