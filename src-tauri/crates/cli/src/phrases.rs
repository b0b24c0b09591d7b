//! What the command line itself says, in both languages; a phrase without one of them does not compile.

use crate::args::Language;

/// A phrase in both languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase {
    en: &'static str,
    nb: &'static str,
}

impl Phrase {
    pub(crate) fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Nb => self.nb,
        }
    }
}

macro_rules! phrases {
    ($($name:ident: $en:literal, $nb:literal;)+) => {
        $(pub(crate) const $name: Phrase = Phrase { en: $en, nb: $nb };)+
    };
}

phrases! {
    LOCKING: "Taking the lock", "Tar låsen";
    RECOVERING: "Settling what earlier syncs left open", "Avklarer det tidligere synkroniseringer lot stå åpent";
    READING: "Reading records", "Leser utlegg";
    PLANNING: "Deciding what to send", "Avgjør hva som skal sendes";
    SENDING: "Sending", "Sender";
    FINISHING: "Closing the run", "Avslutter";
    WAITING: "the accounting system asked us to wait", "regnskapssystemet ba oss vente";
    STOPPING: "Stopping: what is on its way is answered for first.", "Stopper: det som er på vei, avklares først.";
    LEFT: "left", "igjen";
    ESTIMATING: "working out how long this takes …", "beregner hvor lang tid dette tar …";

    NOTHING_NEW: "Nothing new to export.", "Ingenting nytt å eksportere.";
    EXPORTED: "Exported", "Eksportert";
    ALREADY: "Already exported", "Allerede eksportert";
    REFUSED: "Refused", "Avvist";
    HELD: "Held back", "Holdt tilbake";
    IN_DOUBT: "In doubt", "Uavklart";
    CHANGED: "Changed since export", "Endret etter eksport";
    WAITS: "Waiting", "Venter";
    SENDS: "Being sent", "Sendes";
    NOT_SENT: "Not sent", "Ikke sendt";
    GONE: "No longer in the source", "Ikke lenger i kilden";
    READ: "Read", "Lest";
    TOTAL: "Sum", "Sum";
    STOPPED: "Stopped. The next sync sends the rest.", "Stoppet. Neste synkronisering sender resten.";
    SEE_ATTENTION: "Something needs attention: postonce attention", "Noe krever oppfølging: postonce attention";
    JOINED_NOTHING: "Nothing was sent.", "Ingenting ble sendt.";

    WOULD_SEND: "Would send", "Ville sendt";
    DRY_RUN: "Dry run: nothing was sent.", "Prøvekjøring: ingenting ble sendt.";
    MORE: "and more", "og flere";

    ORGANISATION: "Organisation", "Organisasjon";
    ACCOUNTING: "Accounting system", "Regnskapssystem";
    SIGNED_IN: "Signed in as", "Innlogget som";
    PROTECTION: "Protection", "Beskyttelse";
    ENFORCED: "the accounting system never makes a second voucher for a reference",
        "regnskapssystemet lager aldri to bilag med samme referanse";
    FENCED: "the accounting system refuses writes with an older lock", "regnskapssystemet avviser skriving med en eldre lås";
    STAGED: "drafts first, each posted once", "kladd først, hver bokføres én gang";
    OBSERVED: "the accounting system can only be searched", "regnskapssystemet kan bare søkes i";
    LOCK: "Lock", "Lås";
    FREE: "free", "ledig";
    LAST_RUN: "Last run", "Siste kjøring";
    NEVER: "never", "aldri";
    PRACTICE: "Practice workspace: nothing here is real money.", "Øvingsområde: ingenting her er ekte penger.";

    NO_RUNS: "No sync has been run yet.", "Ingen synkronisering er kjørt ennå.";
    ALL_CLEAR: "Nothing needs attention.", "Ingenting krever oppfølging.";
    RUN: "Run", "Kjøring";
    STARTED: "Started", "Startet";
    OUTCOME: "Outcome", "Resultat";
    BY: "By", "Av";
    RECORD: "Record", "Utlegg";
    VOUCHER: "Voucher", "Bilag";
    REFERENCE: "Reference", "Referanse";
    RESULT: "Result", "Resultat";
    REASON: "Reason", "Årsak";
    STATE: "State", "Tilstand";
    DATE: "Date", "Dato";
    PAYEE: "Payee", "Mottaker";
    AMOUNT: "Amount", "Beløp";
    CATEGORY: "Category", "Kategori";
    TEXT: "Text", "Tekst";
    PLACE: "Source", "Kilde";
    FIRST_SEEN: "First seen", "Først sett";
    ATTEMPT: "Attempt", "Forsøk";
    LINE: "line", "linje";
    REPEATED: "Repeated in the source", "Gjentatt i kilden";
    FOUND: "Found in the accounting system", "Funnet i regnskapssystemet";

    MADE: "Made the workspace", "Laget arbeidsområdet";
    NEXT_SYNC: "Next: postonce sync", "Neste: postonce sync";
    NEXT_EDIT: "Next: edit workspace.toml, then postonce secret set accounting-token",
        "Neste: rediger workspace.toml, og deretter postonce secret set accounting-token";
    SECRET_KEPT: "Kept in the system's keyring:", "Lagret i systemets nøkkelring:";
    SECRET_DELETED: "Deleted from the system's keyring:", "Slettet fra systemets nøkkelring:";
    SECRET_WAS_NOT: "Was not in the system's keyring:", "Fantes ikke i systemets nøkkelring:";
    SECRET_PROMPT: "Value (not shown): ", "Verdi (vises ikke): ";
    LISTENING: "The sandbox listens at", "Sandkassen lytter på";
    TOKENS: "Tokens: accounting practice-token, platform practice-platform-token. Ctrl-C stops it.",
        "Nøkler: regnskap practice-token, plattform practice-platform-token. Ctrl-C stopper den.";

    COMPLETED: "completed", "fullført";
    OUTCOME_STOPPED: "stopped", "stoppet";
    LEASE_LOST: "lock lost", "låsen gikk tapt";
    FAILED: "failed", "feilet";
    INTERRUPTED: "interrupted", "avbrutt";
    RUNNING: "running", "kjører";
}
