//! Tests that a voucher is seen in the window before it is sent and afterwards, and what each rule catches.

use crate::records::live_over;
use crate::window_rig::at_desk;

const RULES: &str = "[[posting.rules]]\namount = \"negative\"\naccount = \"6860\"\n\
                     [posting.categories]\n\"Reise\" = \"7140\"\n";

#[test]
fn voucher_is_seen_before_it_is_sent_and_afterwards() {
    let rows = [
        "U-1;05.10.2026;100,00;PM-0001;Reise;Samtale;NOK",
        "U-2;06.10.2026;-20,00;PM-0002;Reise;Refundert;NOK",
        "U-3;07.10.2026;300,00;PM-0001;Annet;Skruer;NOK",
    ];
    let cli = live_over(&rows.map(str::to_owned), RULES);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-menu");
        window.click("dry-run");
        window.wait_for_text("plan-answer", "3 records for kr");
        window.click_on("[data-testid=plan-records] summary");
        // The newest stands first: U-3, which no rule and no category catches.
        window.open_row("plan-voucher");
        let voucher = window.text_with("voucher-lines", "Skruer");
        for part in ["7790", "kr 300.00", "2930", "PM-0001"] {
            assert!(voucher.contains(part), "{part}: {voucher}");
        }
        window.click("plan-sync");
        window.wait_for_text("result", "3 records for kr");

        window.click("nav-records");
        window.open_row("record-toggle");
        window.text_with("story", "Voucher, as it was sent");
        window.text_with("voucher-lines", "7 October 2026 · Skruer");

        window.click("nav-settings");
        window.click("rules-open");
        window.wait_for_dialog("rules-dialog");
        let rules = window.text_with("rules", "negative amount");
        for part in ["6860", "U-2", "Reise", "U-1", "Everything else", "U-3"] {
            assert!(rules.contains(part), "{part}: {rules}");
        }
        window.click("rules-close");
    });
}
