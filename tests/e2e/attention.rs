//! What needs attention, and the two languages.

use crate::records::live_over;
use crate::window_rig::{WindowRig, at_desk};

/// The accounting system's chart has no such account.
const UNKNOWN_ACCOUNT: &str = "[posting.categories]\n\"Feilført\" = \"9999\"\n";

#[test]
fn what_is_held_or_refused_stands_under_needs_attention_with_its_reason_in_either_language() {
    let rows = [
        "U-1;05.10.2026;100,00;PM-0001;Reise;Samtale;NOK",
        ";06.10.2026;200,00;PM-0001;Reise;Samtale;NOK",
        "U-3;07.10.2026;0,00;PM-0001;Reise;Samtale;NOK",
        "U-4;31.02.2026;400,00;PM-0001;Reise;Samtale;NOK",
        "U-5;08.10.2026;500,00;PM-0001;Feilført;Samtale;NOK",
    ];
    let cli = live_over(&rows.map(str::to_owned), UNKNOWN_ACCOUNT);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "1 record for kr");
        assert_eq!(window.text("result-attention"), "4 records need attention.");
        assert_eq!(window.text("count-attention"), "4");
        assert_eq!(window.text("nav-attention-count"), "4");

        window.click("nav-attention");
        let held = window.text("attention-held");
        for reason in [
            "The row has no id",
            "The amount is zero: there is nothing to book.",
            "“31.02.2026” is not a date in the form",
            "records.csv, line 3",
        ] {
            assert!(held.contains(reason), "{reason} in: {held}");
        }
        let refused = window.text("attention-refused");
        assert!(refused.contains("U-5") && refused.contains("9999"), "{refused}");

        choose(window, "nb");
        assert_eq!(words_of_the_menu(window), ["Oversikt", "Historikk", "Utlegg", "Til oppfølging", "Innstillinger"]);
        window.click("nav-attention");
        window.wait_for_text("attention-held", "Raden har ingen id");
        assert!(window.text("attention-refused").contains("Avvist"), "{}", window.text("attention-refused"));
        window.click("nav-overview");
        assert_eq!(window.text("sync-now"), "Synkroniser nå");

        choose(window, "en");
        assert_eq!(words_of_the_menu(window), ["Overview", "History", "Records", "Needs attention", "Settings"]);
    });
}

fn choose(window: &WindowRig, language: &str) {
    window.click("nav-settings");
    window.click(&format!("language-{language}"));
    window.wait_for(&format!("html[lang={language}]"));
}

fn words_of_the_menu(window: &WindowRig) -> [String; 5] {
    // The count of what needs attention stands behind its word.
    let word = |screen: &str| window.text(&format!("nav-{screen}")).trim_end_matches([' ', '4']).to_owned();
    ["overview", "history", "records", "attention", "settings"].map(word)
}
