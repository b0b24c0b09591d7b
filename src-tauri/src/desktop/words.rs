//! Holds the shell's catalogue: the words outside the page, in menu, tray and notifications, and the names that saved
//! files begin with. The page has its own catalogues in `ui/messages`.

use postonce_words::catalogue;

catalogue! {
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
    MONTH: "Month's End", "Månedsslutt";
    AUDIT: "Audit Trail", "Revisjonsspor";
    SETTINGS: "Settings", "Innstillinger";
    LARGER: "Larger", "Større";
    SMALLER: "Smaller", "Mindre";
    NORMAL_SIZE: "Normal Size", "Normal størrelse";
    HELP_PAGES: "Postonce Help", "Hjelp til Postonce";
    LOG_FOLDER: "Open Log Folder", "Åpne loggmappen";
    ABOUT: "About Postonce", "Om Postonce";
    OPEN: "Open Postonce", "Åpne Postonce";

    CHOOSE_FILE: "Choose the File of Expenses", "Velg filen med utlegg";
    CHOOSE_FOLDER: "Choose a Folder", "Velg en mappe";
    SAVE_AS: "Save As", "Lagre som";
    TABLES: "Text and workbooks", "Tekst og regneark";
    ALL_FILES: "All files", "Alle filer";

    CALM: "No sync is on", "Ingen synkronisering pågår";
    SYNCING: "Syncing…", "Synkroniserer …";
    syncing_of(n: u64, total: u64): "Syncing: {n} of {total}", "Synkroniserer: {n} av {total}";
    waiting_for_you(n: u64): "To be looked at: {n}", "Til oppfølging: {n}";

    NEEDS_YOU: "Postonce needs you", "Noe må følges opp i Postonce";
    SYNC_FAILED: "The sync did not finish. Open Postonce to see why; nothing is exported twice.",
        "Synkroniseringen ble ikke fullført. Åpne Postonce for å se hvorfor; ingenting eksporteres to ganger.";
    records_need_you(n: u64): "The sync is over. To be looked at: {n}.", "Synkroniseringen er ferdig. Til oppfølging: {n}.";
    SCHEDULE_TROUBLE: "The scheduled sync could not begin. Open Postonce to see why.",
        "Den planlagte synkroniseringen kunne ikke starte. Åpne Postonce for å se hvorfor.";

    FILE_OF_RUN: "run", "synkronisering";
    FILE_OF_CERTIFICATE: "certificate", "avstemmingsbevis";
    FILE_OF_COMPARISON: "comparison", "avstemming";
    FILE_OF_MONTH: "month", "maned";
    FILE_OF_TRAIL: "audit-trail", "revisjonsspor";
}
