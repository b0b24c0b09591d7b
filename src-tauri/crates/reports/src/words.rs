//! Holds the catalogue of reports: their words, and the sentence that sums up a comparison. The sentences for error codes
//! and reasons stand in [`crate::sentences`].

use postonce_engine::domain::{DifferenceKind, ItemResult, Outcome, Protection};
use postonce_engine::views::Comparison;
use postonce_words::{Language, Message, catalogue};

catalogue! {
    CERTIFICATE: "Certificate of export", "Eksportattest";
    COMPARISON: "Comparison with the accounting system", "Avstemming mot regnskapssystemet";
    MADE: "Printed", "Skrevet ut";
    ORGANISATION: "Organisation", "Organisasjon";
    ACCOUNTING: "Accounting system", "Regnskapssystem";
    SIGNED_IN: "Signed in as", "Logget inn som";
    PERIOD: "Period", "Periode";
    EVERYTHING: "all days", "alle dager";
    COMPARED: "Compared", "Avstemt";
    RUN: "Run", "Kjøring";
    STARTED_BY: "Started by", "Startet av";
    RAN: "Ran", "Kjørte";
    OUTCOME: "Outcome", "Utfall";
    FENCE: "Lock number", "Låsnummer";
    PROTECTION: "Protection", "Vern";
    RECEIPTS: "Receipts", "Kvitteringer";
    receipts(attached: u64, missing: u64): "{attached} attached, {missing} missing", "{attached} lagt ved, {missing} mangler";
    BY: "By", "Av";
    FIGURES: "Figures", "Tall";
    LEDGER: "Ledger", "Eksportjournal";
    DIFFERENCE: "Difference", "Avvik";
    VOUCHERS: "Vouchers", "Bilag";
    SUM: "Sum", "Sum";
    ACCOUNTS: "By account", "Per konto";
    DEBIT: "Debit", "Debet";
    CREDIT: "Credit", "Kredit";
    more_accounts(n: usize): "and {n} more accounts, which the window shows", "og {n} kontoer til, som vinduet viser";
    MATCHED: "Found as acknowledged", "Funnet slik det ble kvittert for";
    WAITING: "Too new to be found in a search", "For nye til å vises i et søk";
    REVERSED: "Reversed, as the ledger expects", "Tilbakeført, som ventet";
    DIFFERENCES: "Differences", "Avvik";
    NONE: "None.", "Ingen.";
    RUNS_VOUCHERS: "Vouchers of the run", "Bilag i kjøringen";
    RECORD: "Record", "Utlegg";
    REFERENCE: "Reference", "Referanse";
    VOUCHER_ID: "Voucher id", "Bilags-id";
    NUMBER: "Number", "Nummer";
    DATE: "Date", "Dato";
    AMOUNT: "Amount", "Beløp";
    ACCOUNT: "Account", "Konto";
    VAT_CODE: "VAT", "MVA";
    WHAT: "What", "Hva";
    IN_ACCOUNTING: "In the accounting system", "I regnskapssystemet";
    JANUARY: "January", "Januar";
    FEBRUARY: "February", "Februar";
    MARCH: "March", "Mars";
    APRIL: "April", "April";
    MAY: "May", "Mai";
    JUNE: "June", "Juni";
    JULY: "July", "Juli";
    AUGUST: "August", "August";
    SEPTEMBER: "September", "September";
    OCTOBER: "October", "Oktober";
    NOVEMBER: "November", "November";
    DECEMBER: "December", "Desember";
    NOTHING_THERE: "nothing", "ingenting";
    NOT_IN_LEDGER: "nothing", "ingenting";
    VOIDED: "reversed", "tilbakeført";
    DRAFT: "draft", "kladd";
    ORIGIN: "Origin", "Opphav";
    LEDGER_ID: "Ledger", "Eksportjournal";
    AUDIT: "Audit trail", "Revisjonsspor";
    ENTRIES: "entries, head", "oppføringer, siste";
    ROOT: "The run's root", "Kjøringens rot";
    ROOT_ENTRY: "entry", "oppføring";
    ROOT_ROWS: "rows:", "rader:";
    NO_ENTRIES: "no entries yet", "ingen oppføringer ennå";
    PROGRAM: "Program", "Program";
    PAGE: "Page", "Side";
    OF: "of", "av";

    RUN_SHEET: "Run", "Kjøring";
    GENERATION: "Export no.", "Eksportnr.";
    PAYEE: "Payee", "Mottaker";
    CURRENCY: "Currency", "Valuta";
    RESULT: "Result", "Resultat";
    REASON: "Reason", "Årsak";
    EARLIER_RUN: "Exported earlier in run", "Eksportert tidligere i kjøring";
    EARLIER_AT: "Exported earlier at", "Eksportert tidligere, tidspunkt";
    FILE: "Source file", "Kildefil";
    LINE: "Line", "Linje";

    POSTED: "Exported", "Eksportert";
    HANDED_OVER: "handed over, waiting for the books", "overlevert, venter på regnskapet";
    ALREADY_HANDED_OVER: "handed over before, waiting for the books", "overlevert før, venter på regnskapet";
    ALREADY_EXPORTED: "Already exported", "Allerede eksportert";
    FOUND_IN_ACCOUNTING: "Already in the accounting system", "Fantes allerede i regnskapssystemet";
    REPEATED_IN_SOURCE: "The same row again", "Samme rad på nytt";
    LEFT_OUT: "Left out by rule", "Holdt utenfor etter regel";
    REFUSED: "Refused", "Avvist";
    HELD: "Held back", "Holdt tilbake";
    IN_DOUBT: "In doubt", "Uavklart";
    NOT_SENT: "Not sent", "Ikke sendt";
    TURN_NOT_COME: "Waiting", "Venter";

    COMPLETED: "completed", "fullført";
    STOPPED: "stopped", "stoppet";
    LEASE_LOST: "lock lost", "låsen gikk tapt";
    FAILED: "failed", "mislyktes";
    INTERRUPTED: "interrupted", "avbrutt";

    ENFORCED: "the accounting system never makes a second voucher for a reference",
        "regnskapssystemet lager aldri to bilag med samme referanse";
    FENCED: "the accounting system refuses writes with an older lock", "regnskapssystemet avviser skriving med en eldre lås";
    STAGED: "drafts first, each posted once", "kladd først, hver bokføres én gang";
    OBSERVED: "the accounting system can only be searched", "regnskapssystemet kan bare søkes i";

    MISSING_IN_ACCOUNTING: "Missing in the accounting system", "Mangler i regnskapssystemet";
    REVERSED_THERE: "Reversed there", "Tilbakeført der";
    SEVERAL: "Several vouchers", "Flere bilag";
    OTHER_CONTENT: "Other content", "Annet innhold";
    OTHER_VOUCHER: "Another voucher", "Et annet bilag";
    UNKNOWN_TO_LEDGER: "Unknown to the ledger", "Ukjent for eksportjournalen";
    IN_DOUBT_FOUND: "In doubt, found there", "Uavklart, funnet der";
    DRAFT_LEFT: "Draft left", "Kladd ligger igjen";

    BROKE_OFF: "This comparison broke off, so there is no result.",
        "Denne avstemmingen ble avbrutt, så det finnes ikke noe resultat.";
    ONE_DIFFERENCE: "There is 1 difference. It is listed below.", "Det er 1 avvik. Det står nedenfor.";
    several_differences(differences: u64): "There are {differences} differences. They are listed below.",
        "Det er {differences} avvik. De står nedenfor.";
    ONE_CERTIFIED: "The one voucher of this run stands in the accounting system as it was acknowledged.",
        "Det ene bilaget i denne kjøringen står i regnskapssystemet slik det ble kvittert for.";
    each_certified(vouchers: u64):
        "Each of the {vouchers} vouchers of this run stands in the accounting system as it was acknowledged.",
        "Hvert av de {vouchers} bilagene i denne kjøringen står i regnskapssystemet slik det ble kvittert for.";
    ONE_AGREES: "Ledger and accounting system agree: the one voucher stands on both sides as it was acknowledged.",
        "Eksportjournalen og regnskapssystemet stemmer overens: Det ene bilaget står på begge sider slik det ble kvittert for.";
    each_agrees(vouchers: u64):
        "Ledger and accounting system agree: {vouchers} vouchers, each on both sides, each as acknowledged.",
        "Eksportjournalen og regnskapssystemet stemmer overens: {vouchers} bilag, alle på begge sider, alle slik det ble kvittert for.";
    ONE_TOO_NEW: "No differences, but the one voucher is too new to be found in a search. Compare again later.",
        "Ingen avvik, men det ene bilaget er for nytt til å vises i et søk. Avstem på nytt senere.";
    one_of_too_new(vouchers: u64):
        "No differences, but 1 of {vouchers} vouchers is too new to be found in a search. Compare again later.",
        "Ingen avvik, men 1 av {vouchers} bilag er for nytt til å vises i et søk. Avstem på nytt senere.";
    several_too_new(waiting: u64, vouchers: u64):
        "No differences, but {waiting} of {vouchers} vouchers are too new to be found in a search. Compare again later.",
        "Ingen avvik, men {waiting} av {vouchers} bilag er for nye til å vises i et søk. Avstem på nytt senere.";
}

/// The months in their order.
pub(crate) const MONTHS: [Message; 12] =
    [JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER];

pub(crate) fn outcome(outcome: Outcome) -> Message {
    match outcome {
        Outcome::Completed => COMPLETED,
        Outcome::Stopped => STOPPED,
        Outcome::LeaseLost => LEASE_LOST,
        Outcome::Failed => FAILED,
        Outcome::Interrupted => INTERRUPTED,
    }
}

pub(crate) fn result(result: Option<ItemResult>) -> Message {
    match result {
        None => TURN_NOT_COME,
        Some(ItemResult::Posted) => POSTED,
        Some(ItemResult::HandedOver) => HANDED_OVER,
        Some(ItemResult::SkippedHandedOver) => ALREADY_HANDED_OVER,
        Some(ItemResult::SkippedAlreadyExported) => ALREADY_EXPORTED,
        Some(ItemResult::SkippedFoundInAccounting) => FOUND_IN_ACCOUNTING,
        Some(ItemResult::SkippedRepeatedInSource) => REPEATED_IN_SOURCE,
        Some(ItemResult::LeftOut) => LEFT_OUT,
        Some(ItemResult::Refused) => REFUSED,
        Some(ItemResult::Held) => HELD,
        Some(ItemResult::InDoubt) => IN_DOUBT,
        Some(ItemResult::NotSent) => NOT_SENT,
    }
}

pub(crate) fn protection(protection: Protection) -> Message {
    match protection {
        Protection::Enforced => ENFORCED,
        Protection::Fenced => FENCED,
        Protection::Staged => STAGED,
        Protection::Observed => OBSERVED,
    }
}

/// Names the kind of a difference, in a few words.
pub fn difference(kind: DifferenceKind, language: Language) -> &'static str {
    let message = match kind {
        DifferenceKind::MissingInAccounting => MISSING_IN_ACCOUNTING,
        DifferenceKind::Reversed => REVERSED_THERE,
        DifferenceKind::Several => SEVERAL,
        DifferenceKind::OtherContent => OTHER_CONTENT,
        DifferenceKind::OtherVoucher => OTHER_VOUCHER,
        DifferenceKind::UnknownToLedger => UNKNOWN_TO_LEDGER,
        DifferenceKind::InDoubtFound => IN_DOUBT_FOUND,
        DifferenceKind::DraftLeft => DRAFT_LEFT,
    };
    message.text(language)
}

/// Returns the result of the comparison, in one sentence.
pub fn verdict(comparison: &Comparison, language: Language) -> String {
    let vouchers = comparison.ledger_vouchers;
    let is_certificate = comparison.run_id.is_some();
    if comparison.finished_at.is_none() {
        return BROKE_OFF.text(language).to_owned();
    }
    match (comparison.differences, comparison.waiting) {
        (0, 0) if is_certificate => certified(vouchers, language),
        (0, 0) => agreed(vouchers, language),
        (0, waiting) => too_new(waiting, vouchers, language),
        (1, _) => ONE_DIFFERENCE.text(language).to_owned(),
        (differences, _) => several_differences(language, differences),
    }
}

fn certified(vouchers: u64, language: Language) -> String {
    match vouchers {
        1 => ONE_CERTIFIED.text(language).to_owned(),
        _ => each_certified(language, vouchers),
    }
}

fn agreed(vouchers: u64, language: Language) -> String {
    match vouchers {
        1 => ONE_AGREES.text(language).to_owned(),
        _ => each_agrees(language, vouchers),
    }
}

fn too_new(waiting: u64, vouchers: u64, language: Language) -> String {
    match (waiting, vouchers) {
        (1, 1) => ONE_TOO_NEW.text(language).to_owned(),
        (1, _) => one_of_too_new(language, vouchers),
        _ => several_too_new(language, waiting, vouchers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_voucher_is_spoken_of_in_the_singular() {
        assert!(certified(1, Language::English).starts_with("The one voucher of this run stands"));
        assert!(certified(1, Language::Bokmal).starts_with("Det ene bilaget i denne kjøringen står"));
        assert!(certified(2, Language::English).starts_with("Each of the 2 vouchers"));
        assert!(agreed(1, Language::English).contains("the one voucher stands on both sides"));
        assert!(agreed(1, Language::Bokmal).contains("Det ene bilaget står på begge sider"));
        assert!(agreed(2, Language::Bokmal).contains("2 bilag, alle på begge sider"));
        assert!(too_new(1, 1, Language::English).contains("the one voucher is too new"));
        assert!(too_new(1, 1, Language::Bokmal).contains("det ene bilaget er for nytt"));
        assert!(too_new(1, 9, Language::English).contains("1 of 9 vouchers is too new"));
        assert!(too_new(1, 9, Language::Bokmal).contains("1 av 9 bilag er for nytt"));
        assert!(too_new(3, 9, Language::English).contains("3 of 9 vouchers are too new"));
        assert!(too_new(3, 9, Language::Bokmal).contains("3 av 9 bilag er for nye"));
    }
}
