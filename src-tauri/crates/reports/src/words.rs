//! Holds the words of a report, in both languages; a word without one of them does not compile.

use postonce_engine::domain::{DifferenceKind, ItemResult, Outcome, Protection};
use postonce_engine::views::Comparison;

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Norwegian Bokmål.
    Nb,
}

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word(&'static str, &'static str);

impl Word {
    pub(crate) fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.0,
            Language::Nb => self.1,
        }
    }
}

macro_rules! words {
    ($($name:ident: $en:literal, $nb:literal;)+) => {
        $(pub(crate) const $name: Word = Word($en, $nb);)+
    };
}

words! {
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
    BY: "By", "Av";
    FIGURES: "Figures", "Tall";
    LEDGER: "Ledger", "Eksportjournal";
    DIFFERENCE: "Difference", "Avvik";
    VOUCHERS: "Vouchers", "Bilag";
    SUM: "Sum", "Sum";
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
    WHAT: "What", "Hva";
    IN_ACCOUNTING: "In the accounting system", "I regnskapssystemet";
    NOTHING_THERE: "nothing", "ingenting";
    NOT_IN_LEDGER: "nothing", "ingenting";
    VOIDED: "reversed", "tilbakeført";
    DRAFT: "draft", "kladd";
    ORIGIN: "Origin", "Opphav";
    LEDGER_ID: "Ledger", "Eksportjournal";
    AUDIT: "Audit trail", "Revisjonsspor";
    ENTRIES: "entries, head", "oppføringer, siste";
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
    ALREADY_EXPORTED: "Already exported", "Allerede eksportert";
    FOUND_IN_ACCOUNTING: "Already in the accounting system", "Fantes allerede i regnskapssystemet";
    REPEATED_IN_SOURCE: "The same row again", "Samme rad på nytt";
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
}

pub(crate) fn outcome(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Completed => COMPLETED,
        Outcome::Stopped => STOPPED,
        Outcome::LeaseLost => LEASE_LOST,
        Outcome::Failed => FAILED,
        Outcome::Interrupted => INTERRUPTED,
    }
}

pub(crate) fn result(result: Option<ItemResult>) -> Word {
    match result {
        None => TURN_NOT_COME,
        Some(ItemResult::Posted) => POSTED,
        Some(ItemResult::SkippedAlreadyExported) => ALREADY_EXPORTED,
        Some(ItemResult::SkippedFoundInAccounting) => FOUND_IN_ACCOUNTING,
        Some(ItemResult::SkippedRepeatedInSource) => REPEATED_IN_SOURCE,
        Some(ItemResult::Refused) => REFUSED,
        Some(ItemResult::Held) => HELD,
        Some(ItemResult::InDoubt) => IN_DOUBT,
        Some(ItemResult::NotSent) => NOT_SENT,
    }
}

pub(crate) fn protection(protection: Protection) -> Word {
    match protection {
        Protection::Enforced => ENFORCED,
        Protection::Fenced => FENCED,
        Protection::Staged => STAGED,
        Protection::Observed => OBSERVED,
    }
}

/// Names the kind of a difference, in a few words.
pub fn difference(kind: DifferenceKind, language: Language) -> &'static str {
    let word = match kind {
        DifferenceKind::MissingInAccounting => Word("Missing in the accounting system", "Mangler i regnskapssystemet"),
        DifferenceKind::Reversed => Word("Reversed there", "Tilbakeført der"),
        DifferenceKind::Several => Word("Several vouchers", "Flere bilag"),
        DifferenceKind::OtherContent => Word("Other content", "Annet innhold"),
        DifferenceKind::OtherVoucher => Word("Another voucher", "Et annet bilag"),
        DifferenceKind::UnknownToLedger => Word("Unknown to the ledger", "Ukjent for eksportjournalen"),
        DifferenceKind::InDoubtFound => Word("In doubt, found there", "Uavklart, funnet der"),
        DifferenceKind::DraftLeft => Word("Draft left", "Kladd ligger igjen"),
    };
    word.text(language)
}

/// Returns the result of the comparison, in one sentence.
pub fn verdict(comparison: &Comparison, language: Language) -> String {
    let vouchers = comparison.ledger_vouchers;
    let is_certificate = comparison.run_id.is_some();
    if comparison.finished_at.is_none() {
        let word = Word(
            "This comparison broke off, so there is no result.",
            "Denne avstemmingen ble avbrutt, så det finnes ikke noe resultat.",
        );
        return word.text(language).to_owned();
    }
    match (comparison.differences, comparison.waiting, language) {
        (0, 0, _) if is_certificate => certified(vouchers, language),
        (0, 0, _) => agreed(vouchers, language),
        (0, waiting, _) => too_new(waiting, vouchers, language),
        (1, _, Language::En) => "There is 1 difference. It is listed below.".to_owned(),
        (1, _, Language::Nb) => "Det er 1 avvik. Det står nedenfor.".to_owned(),
        (differences, _, Language::En) => format!("There are {differences} differences. They are listed below."),
        (differences, _, Language::Nb) => format!("Det er {differences} avvik. De står nedenfor."),
    }
}

fn certified(vouchers: u64, language: Language) -> String {
    match (vouchers, language) {
        (1, Language::En) => {
            "The one voucher of this run stands in the accounting system as it was acknowledged.".to_owned()
        }
        (1, Language::Nb) => {
            "Det ene bilaget i denne kjøringen står i regnskapssystemet slik det ble kvittert for.".to_owned()
        }
        (_, Language::En) => {
            format!(
                "Each of the {vouchers} vouchers of this run stands in the accounting system as it was acknowledged."
            )
        }
        (_, Language::Nb) => {
            format!(
                "Hvert av de {vouchers} bilagene i denne kjøringen står i regnskapssystemet slik det ble kvittert for."
            )
        }
    }
}

fn agreed(vouchers: u64, language: Language) -> String {
    match (vouchers, language) {
        (1, Language::En) => {
            "Ledger and accounting system agree: the one voucher stands on both sides as it was acknowledged."
                .to_owned()
        }
        (1, Language::Nb) => {
            "Eksportjournalen og regnskapssystemet stemmer overens: Det ene bilaget står på begge sider slik det ble kvittert for."
                .to_owned()
        }
        (_, Language::En) => {
            format!(
                "Ledger and accounting system agree: {vouchers} vouchers, each on both sides, each as acknowledged."
            )
        }
        (_, Language::Nb) => format!(
            "Eksportjournalen og regnskapssystemet stemmer overens: {vouchers} bilag, alle på begge sider, alle slik det ble kvittert for."
        ),
    }
}

fn too_new(waiting: u64, vouchers: u64, language: Language) -> String {
    match (waiting, vouchers, language) {
        (1, 1, Language::En) => {
            "No differences, but the one voucher is too new to be found in a search. Compare again later.".to_owned()
        }
        (1, 1, Language::Nb) => {
            "Ingen avvik, men det ene bilaget er for nytt til å vises i et søk. Avstem på nytt senere.".to_owned()
        }
        (1, _, Language::En) => {
            format!(
                "No differences, but 1 of {vouchers} vouchers is too new to be found in a search. Compare again later."
            )
        }
        (1, _, Language::Nb) => {
            format!("Ingen avvik, men 1 av {vouchers} bilag er for nytt til å vises i et søk. Avstem på nytt senere.")
        }
        (_, _, Language::En) => {
            format!(
                "No differences, but {waiting} of {vouchers} vouchers are too new to be found in a search. Compare again later."
            )
        }
        (_, _, Language::Nb) => {
            format!(
                "Ingen avvik, men {waiting} av {vouchers} bilag er for nye til å vises i et søk. Avstem på nytt senere."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_voucher_is_spoken_of_in_the_singular() {
        assert!(certified(1, Language::En).starts_with("The one voucher of this run stands"));
        assert!(certified(1, Language::Nb).starts_with("Det ene bilaget i denne kjøringen står"));
        assert!(certified(2, Language::En).starts_with("Each of the 2 vouchers"));
        assert!(agreed(1, Language::En).contains("the one voucher stands on both sides"));
        assert!(agreed(1, Language::Nb).contains("Det ene bilaget står på begge sider"));
        assert!(agreed(2, Language::Nb).contains("2 bilag, alle på begge sider"));
        assert!(too_new(1, 1, Language::En).contains("the one voucher is too new"));
        assert!(too_new(1, 1, Language::Nb).contains("det ene bilaget er for nytt"));
        assert!(too_new(1, 9, Language::En).contains("1 of 9 vouchers is too new"));
        assert!(too_new(1, 9, Language::Nb).contains("1 av 9 bilag er for nytt"));
        assert!(too_new(3, 9, Language::En).contains("3 of 9 vouchers are too new"));
        assert!(too_new(3, 9, Language::Nb).contains("3 av 9 bilag er for nye"));
    }
}
