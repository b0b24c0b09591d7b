//! Holds the words outside the page: menu, tray, notifications. A word without one of the languages does not compile.

use crate::wire::Language;

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word(&'static str, &'static str);

impl Word {
    pub(super) fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.0,
            Language::Nb => self.1,
        }
    }
}

macro_rules! words {
    ($($name:ident: $en:literal, $nb:literal;)+) => {
        $(pub(super) const $name: Word = Word($en, $nb);)+
    };
}

words! {
    FILE: "File", "Fil";
    EDIT: "Edit", "Rediger";
    VIEW: "View", "Vis";
    HELP: "Help", "Hjelp";
    SYNC_NOW: "Sync Now", "Synkroniser nå";
    SETTINGS_DOTS: "Settings…", "Innstillinger …";
    QUIT: "Quit Postonce", "Avslutt Postonce";
    CUT: "Cut", "Klipp ut";
    COPY: "Copy", "Kopier";
    PASTE: "Paste", "Lim inn";
    SELECT_ALL: "Select All", "Merk alt";
    SEARCH: "Search", "Søk";
    OVERVIEW: "Overview", "Oversikt";
    HISTORY: "History", "Historikk";
    RECORDS: "Records", "Utlegg";
    ATTENTION: "Needs Attention", "Til oppfølging";
    AUDIT: "Audit Trail", "Revisjonsspor";
    SETTINGS: "Settings", "Innstillinger";
    LOG_FOLDER: "Open Log Folder", "Åpne loggmappen";
    ABOUT: "About Postonce", "Om Postonce";
    OPEN: "Open Postonce", "Åpne Postonce";

    CALM: "No sync is on", "Ingen synkronisering pågår";
    SYNCING: "Syncing…", "Synkroniserer …";
    SYNCING_OF: "Syncing: {n} of {total}", "Synkroniserer: {n} av {total}";
    WAITING_FOR_YOU: "To be looked at: {n}", "Til oppfølging: {n}";

    NEEDS_YOU: "Postonce needs you", "Noe må følges opp i Postonce";
    SYNC_FAILED: "The sync did not finish. Open Postonce to see why; nothing is exported twice.",
        "Synkroniseringen ble ikke fullført. Åpne Postonce for å se hvorfor; ingenting eksporteres to ganger.";
    RECORDS_NEED_YOU: "The sync is over. To be looked at: {n}.", "Synkroniseringen er ferdig. Til oppfølging: {n}.";
    SCHEDULE_TROUBLE: "The scheduled sync could not begin. Open Postonce to see why.",
        "Den planlagte synkroniseringen kunne ikke starte. Åpne Postonce for å se hvorfor.";
}
