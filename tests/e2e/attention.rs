//! Tests the screen of records that need attention, and the two languages.

use postonce_tests::wait_until;

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
