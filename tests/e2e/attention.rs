//! What needs attention, and the two languages.

use crate::desk::{Desk, at_desk};
use crate::records::live_over;

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
    let bench = live_over(&rows.map(str::to_owned), UNKNOWN_ACCOUNT);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "1 record for kr");
        assert_eq!(desk.text("result-attention"), "4 records need attention.");
        assert_eq!(desk.text("count-attention"), "4");
        assert_eq!(desk.text("nav-attention-count"), "4");

        desk.click("nav-attention");
        let held = desk.text("attention-held");
        for reason in [
            "The row has no id",
            "The amount is zero: there is nothing to book.",
            "“31.02.2026” is not a date in the form",
            "records.csv, line 3",
        ] {
            assert!(held.contains(reason), "{reason} in: {held}");
        }
        let refused = desk.text("attention-refused");
        assert!(refused.contains("U-5") && refused.contains("9999"), "{refused}");

        choose(desk, "nb");
        assert_eq!(words_of_the_menu(desk), ["Oversikt", "Historikk", "Utlegg", "Til oppfølging", "Innstillinger"]);
        desk.click("nav-attention");
        desk.wait_for_text("attention-held", "Raden har ingen id");
        assert!(desk.text("attention-refused").contains("Avvist"), "{}", desk.text("attention-refused"));
        desk.click("nav-overview");
        assert_eq!(desk.text("sync-now"), "Synkroniser nå");

        choose(desk, "en");
        assert_eq!(words_of_the_menu(desk), ["Overview", "History", "Records", "Needs attention", "Settings"]);
    });
}

fn choose(desk: &Desk, language: &str) {
    desk.click("nav-settings");
    desk.click(&format!("language-{language}"));
    desk.wait_for(&format!("html[lang={language}]"));
}

fn words_of_the_menu(desk: &Desk) -> [String; 5] {
    // The count of what needs attention stands behind its word.
    let word = |screen: &str| desk.text(&format!("nav-{screen}")).trim_end_matches([' ', '4']).to_owned();
    ["overview", "history", "records", "attention", "settings"].map(word)
}
