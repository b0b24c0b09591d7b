//! Tests the screen of records that need attention, and the two languages.

use postonce_tests::wait_until;
use reqwest::Method;
use serde_json::json;

use crate::records::live_over;
use crate::window_rig::{WindowRig, at_desk};

/// The accounting system's chart has no such account.
const UNKNOWN_ACCOUNT: &str = "[posting.categories]\n\"Feilført\" = \"9999\"\n";

#[test]
fn held_and_refused_records_have_reasons_in_either_language() {
    let rows = [
        "U-1;05.10.2026;100,00;PM-0001;Reise;Samtale;NOK",
        ";06.10.2026;200,00;PM-0001;Reise;Samtale;NOK",
        "U-3;07.10.2026;12,5x;PM-0001;Reise;Samtale;NOK",
        "U-4;31.02.2026;400,00;PM-0001;Reise;Samtale;NOK",
        "U-5;08.10.2026;500,00;PM-0001;Feilført;Samtale;NOK",
    ];
    let cli = live_over(&rows.map(str::to_owned), UNKNOWN_ACCOUNT);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "1 record for kr");
        window.wait_for_words("result-attention", "4 records need attention.");
        window.wait_for_words("count-attention", "4");
        window.wait_for_words("nav-attention-count", "4");

        window.click("nav-attention");
        for reason in [
            "The row has no id",
            "“12,5x” is not an amount",
            "“31.02.2026” is not a date in the form",
            "records.csv, line 3",
        ] {
            window.text_with("attention-held", reason);
        }
        let refused = window.text_with("attention-refused", "U-5");
        assert!(refused.contains("9999"), "{refused}");

        choose(window, "nb");
        the_menu_says(window, ["Oversikt", "Historikk", "Utlegg", "Til oppfølging", "Innstillinger"]);
        window.click("nav-attention");
        window.wait_for_text("attention-held", "Raden har ingen id");
        window.text_with("attention-refused", "Avvist");
        window.click("nav-overview");
        window.wait_for_words("sync-now", "Synkroniser nå");

        choose(window, "en");
        the_menu_says(window, ["Overview", "History", "Records", "Needs attention", "Settings"]);
    });
}

#[test]
fn record_of_a_closed_period_is_booked_on_the_next_open_day() {
    let row = "U-1;05.10.2026;100,00;PM-0001;Reise;Samtale;NOK".to_owned();
    let cli = live_over(&[row], "");
    cli.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2026-10-31" })));
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_words("count-attention", "1");
        assert_eq!(cli.stats()["vouchers"], 0);
        window.click("nav-attention");
        window.text_with("attention-refused", "U-1");
        window.click("other-day-open");
        window.wait_for("[data-testid=dialog-confirm]:disabled");
        window.type_into("reason", "October was closed before it was exported");
        window.wait_for("[data-testid=dialog-confirm]:enabled");
        window.click("dialog-confirm");
        window.wait_for_path("/html/body[not(.//*[@role='dialog'])]");
        assert_eq!(cli.stats()["vouchers"], 0, "a decision sends nothing");

        window.click("nav-overview");
        window.click("sync-now");
        window.wait_for_text("result", "1 record for kr");
        let found = cli.admin(Method::GET, "vouchers?reference=hlf:U-1", None);
        let vouchers = found["vouchers"].as_array().expect("a list");
        assert_eq!((vouchers.len(), &vouchers[0]["date"]), (1, &json!("2026-11-01")), "{found}");
        window.click("nav-attention");
        window.wait_for("[data-testid=attention-empty]");
    });
}

fn choose(window: &WindowRig, language: &str) {
    window.click("nav-settings");
    window.click(&format!("language-{language}"));
    window.wait_for(&format!("html[lang={language}]"));
}

fn the_menu_says(window: &WindowRig, words: [&str; 5]) {
    // The count of what needs attention stands behind its word.
    let word = |screen: &str| window.text(&format!("nav-{screen}")).trim_end_matches([' ', '4']).to_owned();
    wait_until(&format!("the menu's words {words:?}"), || {
        ["overview", "history", "records", "attention", "settings"].map(word) == words
    });
}
