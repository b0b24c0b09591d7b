//! Holds the command line's catalogue. The sentences for error codes and reasons are not here: window, reports and
//! command line share them ([`postonce_reports::sentences`]).

use postonce_words::catalogue;

catalogue! {
    LOCKING: "Taking the lock", "Tar låsen";
    RECOVERING: "Settling what earlier syncs left open", "Avklarer det tidligere synkroniseringer lot stå åpent";
    READING: "Reading records", "Leser utlegg";
    PLANNING: "Deciding what to send", "Avgjør hva som skal sendes";
    SENDING: "Sending", "Sender";
    SETTLING: "Settling what was left in doubt", "Avklarer det som ble stående uavklart";
    FINISHING: "Checking the vouchers in the books", "Kontrollerer bilagene i regnskapet";
    WAITING: "waiting before sending more", "venter før mer sendes";
    STOPPING: "Stopping: what is on its way is answered for first.", "Stopper: det som er på vei, avklares først.";
    LEFT: "left", "igjen";
    ESTIMATING: "working out how long this takes …", "beregner hvor lang tid dette tar …";

    SETUP_MISSING: "Missing in the accounting system:", "Mangler i regnskapssystemet:";

    NOTHING_NEW: "Nothing new to export.", "Ingenting nytt å eksportere.";
    EXPORTED: "Exported", "Eksportert";
    ALREADY: "Already exported", "Allerede eksportert";
    OF_THESE_FOUND: "  of these found in the books, not made now", "  av disse funnet i regnskapet, ikke bokført nå";
    HANDED_OVER: "Handed over, waiting for the books", "Overlevert, venter på regnskapet";
    ALREADY_HANDED_OVER: "Handed over before, waiting for the books", "Overlevert før, venter på regnskapet";
    WITHDRAWN: "Withdrawn with its file", "Trukket tilbake med filen";
    VOUCHER_FILE: "Voucher file", "Bilagsfil";
    NO_FILES: "No voucher file was handed over yet.", "Ingen bilagsfil er overlevert ennå.";
    FILE_RENDERED: "made, not delivered yet", "laget, ikke levert ennå";
    FILE_SEALED: "handed over", "overlevert";
    FILE_WAIT: "waiting for the books", "venter på regnskapet";
    BOOKS_VOUCHERS: "Vouchers in the file", "Bilag i filen";
    BOOKS_EXPORTED: "Now seen in the books", "Nå sett i regnskapet";
    BOOKS_WAITING: "Still waiting for the books", "Venter fortsatt på regnskapet";
    BOOKS_ABSENT: "  of these proven not to be there", "  av disse som beviselig ikke står der";
    imported_twice(record: &str, vouchers: &str):
        "{record} stands in the books as {vouchers}: imported twice. Reverse all but one of them there, and read the books back again.",
        "{record} står i regnskapet som {vouchers}: importert to ganger. Tilbakefør alle unntatt ett der, og les regnskapet tilbake på nytt.";
    FILES_OVERDUE: "Files not seen in the books in time", "Filer som ikke er sett i regnskapet i tide";
    REFUSED: "Refused", "Avvist";
    HELD: "Held back", "Holdt tilbake";
    IN_DOUBT: "In doubt", "Uavklart";
    CHANGED: "Changed since export", "Endret etter eksport";
    WAITS: "Waiting", "Venter";
    SENDS: "Being sent", "Sendes";
    NOT_SENT: "Not sent", "Ikke sendt";
    GONE: "Left the source before it was exported", "Forlot kilden før det ble eksportert";
    READ: "Read", "Lest";
    TOTAL: "Sum", "Sum";
    STOPPED: "Stopped. The next sync sends the rest.", "Stoppet. Neste synkronisering sender resten.";
    SEE_ATTENTION: "Something needs attention:", "Noe krever oppfølging:";
    output_lost(reason: &str):
        "Standard output takes no more ({reason}): what stands there is not whole. What was done stays done.",
        "Standard ut tar ikke imot mer ({reason}): Det som står der, er ikke helt. Det som er gjort, er gjort.";
    JOINED_NOTHING: "Nothing was sent.", "Ingenting ble sendt.";

    LOCK_WAITING: "Waiting for another sync", "Venter på en annen synkronisering";
    LOCK_NOTHING_SENT: "Nothing was sent from here. To wait until it is our turn, add: --wait SECONDS", "Ingenting ble sendt herfra. For å vente på tur, legg til: --wait SEKUNDER";
    LOCK_NOTHING_CHANGED: "Nothing was changed. Try again when that is finished.", "Ingenting ble endret. Prøv igjen når det er ferdig.";
    LOCK_MINE_ELSEWHERE: "That is you, on another machine.", "Det er deg selv, på en annen maskin.";
    LOCK_MINE_HERE: "That is you, in another program on this machine.", "Det er deg selv, i et annet program på denne maskinen.";
    holder_works(name: &str, doing: &str, host: &str, far: &str, since: &str, heard: &str):
        "{name} is {doing} on {host}{far}. Started {since}, last heard from {heard} ago.",
        "{name} {doing} på {host}{far}. Startet {since}, sist hørt fra for {heard} siden.";
    holder_looks_dead(time: &str):
        "That program looks dead; the lock frees itself in {time}.",
        "Programmet der ser ut til å ha stoppet opp; låsen blir fri av seg selv om {time}.";
    far_sent(processed: u64, total: u64): ": {processed} of {total} sent", ": {processed} av {total} er sendt";
    far_done(processed: u64, total: u64): ": {processed} of {total} done", ": {processed} av {total} er unnagjort";
    about_left(time: &str): ", about {time} left", ", om lag {time} igjen";
    DOES_SYNC: "syncing", "synkroniserer";
    DOES_RE_EXPORT: "re-exporting a record", "eksporterer et utlegg på nytt";
    DOES_COMPARE: "comparing", "avstemmer";
    DOES_REBUILD: "rebuilding the ledger", "bygger opp eksportjournalen på nytt";
    DOES_RESOLVE: "deciding on a record in doubt", "avgjør et uavklart utlegg";
    DOES_SOMETHING: "at work", "er i gang";
    hours(hours: u64): "{hours} h", "{hours} t";
    LOCK_WAITED: "The other sync has ended; it was our turn.", "Den andre synkroniseringen er ferdig; det ble vår tur.";
    LOCK_BROKEN: "The lock was taken from its holder. What it had under way is looked up before anything is sent.", "Låsen ble tatt fra innehaveren. Det som var underveis, slås opp før noe sendes.";

    WOULD_SEND: "Would send", "Ville sendt";
    DRY_RUN: "Dry run: nothing was sent.", "Prøvekjøring: ingenting ble sendt.";
    MORE: "and more", "og flere";
    source_checked(records: u64, held: u64, left_out: u64): "{records} records, {held} rows held, {left_out} left out.",
        "{records} utlegg, {held} rader holdt tilbake, {left_out} holdt utenfor.";
    SOURCE_ONE_READING: "Everything has one reading.", "Alt har én lesemåte.";
    SOURCE_OPEN: "Not everything has one reading: see the list.", "Ikke alt har én lesemåte: Se listen.";

    ORGANISATION: "Organisation", "Organisasjon";
    ACCOUNTING: "Accounting system", "Regnskapssystem";
    SIGNED_IN: "Signed in as", "Logget inn som";
    PROTECTION: "Protection", "Vern";
    ENFORCED: "the accounting system never makes a second voucher for a reference",
        "regnskapssystemet lager aldri to bilag med samme referanse";
    FENCED: "the accounting system refuses writes with an older lock", "regnskapssystemet avviser skriving med en eldre lås";
    STAGED: "drafts first, each posted once", "kladd først, hver bokføres én gang";
    OBSERVED: "the accounting system can only be searched", "regnskapssystemet kan bare søkes i";
    WAITS_AFTER_OTHERS: "After others", "Etter andre";
    waits_after_others(seconds: u64):
        "a sync that follows somebody else's first waits {seconds} s or more, until all that was sent has arrived and is found",
        "en synkronisering etter noen andres venter først {seconds} s eller mer, til alt som ble sendt, er kommet fram og finnes";
    LOCK: "Lock", "Lås";
    FREE: "free", "ledig";
    LAST_RUN: "Last run", "Siste kjøring";
    NEXT_RUN: "Next run by schedule", "Neste kjøring etter tidsplan";
    SCHEDULE: "Schedule", "Tidsplan";
    MISSED: "Missed since the run before", "Falt bort siden forrige kjøring";
    MISSED_NOT_CAUGHT_UP: "Missed, and not caught up, as the workspace says:",
        "Falt bort, og tas ikke igjen, slik arbeidsområdet sier:";
    NO_NEXT_RUN: "The schedule has no next time.", "Tidsplanen har ingen neste gang.";
    LAST_SUCCESS: "Last completed sync", "Siste fullførte synkronisering";
    night_failed(when: &str): "The last scheduled sync, {when}, did not do its work, and none has since:",
        "Den siste planlagte synkroniseringen, {when}, gjorde ikke jobben, og ingen har gjort den siden:";
    time_unserved(when: &str): "No sync has been run for the scheduled time {when}. Is postonce schedule running, or the desktop open?",
        "Ingen synkronisering er kjørt for det planlagte tidspunktet {when}. Kjører postonce schedule, eller er programmet åpent?";
    RESTORED: "The backup is the ledger now. What was there before is kept beside it. If anything was exported since the copy was made, the next sync says so before it sends anything, and the ledger is made anew from the accounting system:",
        "Sikkerhetskopien er eksportjournalen nå. Den som var der, ligger ved siden av. Hvis noe er eksportert siden kopien ble tatt, sier neste synkronisering det før noe sendes, og journalen bygges opp på nytt fra regnskapssystemet:";
    SERVICE_LINUX: "services are set up for systemd, on Linux; elsewhere the system's own scheduler runs “sync --scheduled”",
        "tjenester settes opp for systemd, på Linux; ellers kjører systemets egen oppgaveplanlegger «sync --scheduled»";
    SERVICE_AS: "--system wants --as USER", "--system krever --as BRUKER";
    service_calendar(cron: &str): "“{cron}” cannot be said to a timer of systemd's; leave --timer out",
        "«{cron}» kan ikke sies til en tidsutløser i systemd; utelat --timer";
    service_credential(path: &str): "{path} is missing", "{path} mangler";
    SERVICE_STARTED: "The service is at work:", "Tjenesten er i gang:";
    SERVICE_WRITTEN: "The units are written. To start them:", "Enhetene er skrevet. Slik startes de:";
    SERVICE_REMOVED: "The service is gone. The workspace stays:", "Tjenesten er fjernet. Arbeidsområdet blir:";
    SERVICE_NONE: "There is no service for this workspace.", "Det finnes ingen tjeneste for dette arbeidsområdet.";
    service_unit(unit: &str, state: &str): "{unit}: {state}", "{unit}: {state}";
    PROXY: "Proxy", "Mellomtjener";
    NO_PROXY: "none", "ingen";
    proxy_of(proxy: &str, chosen_by: &str): "{proxy} ({chosen_by})", "{proxy} ({chosen_by})";
    BY_SYSTEM: "as the machine says", "slik maskinen sier";
    BY_SCRIPT: "as the company's script says", "slik virksomhetens skript sier";
    BY_WORKSPACE: "as workspace.toml says", "slik workspace.toml sier";
    BY_POLICY: "as the rules of this machine say", "slik reglene for maskinen sier";
    POLICY: "Rules of this machine", "Regler for denne maskinen";
    BACKUP: "Newest backup of the ledger", "Nyeste sikkerhetskopi av eksportjournalen";
    NEVER: "never", "aldri";
    PRACTICE: "Practice workspace: nothing here is real money.", "Øvingsområde: ingenting her er ekte penger.";

    NO_RUNS: "No sync has been run yet.", "Ingen synkronisering er kjørt ennå.";
    ALL_CLEAR: "Nothing needs attention.", "Ingenting krever oppfølging.";
    RUN: "Run", "Kjøring";
    RECORD: "Record", "Utlegg";
    VOUCHER: "Voucher", "Bilag";
    REFERENCE: "Reference", "Referanse";
    RESULT: "Result", "Resultat";
    REASON: "Reason", "Årsak";
    STATE: "State", "Status";
    DATE: "Date", "Dato";
    PAYEE: "Payee", "Mottaker";
    AMOUNT: "Amount", "Beløp";
    CATEGORY: "Category", "Kategori";
    TEXT: "Text", "Tekst";
    PLACE: "Source", "Kilde";
    FIRST_SEEN: "First seen", "Lest første gang";
    ATTEMPT: "Attempt", "Forsøk";
    LINE: "line", "linje";
    REPEATED: "Repeated in the source", "Gjentatt i kilden";
    ACCOUNT: "Account", "Konto";
    DEBIT: "Debit", "Debet";
    CREDIT: "Credit", "Kredit";
    VOUCHER_BY_RULES: "Voucher by the present rules", "Bilag etter reglene nå";
    other_vouchers(count: u64): "{count} more; each voucher is seen with", "{count} til; hvert bilag vises med";
    VOUCHER_SENT: "Voucher as it was sent", "Bilag slik det ble sendt";
    month_unread(month: &str): "{month} was not read yet.", "{month} er ikke lest ennå.";
    MONTH_APPROVED: "approved", "godkjent";
    MONTH_IN_BOOKS: "in the books", "i regnskapet";
    MONTH_OPEN: "open", "åpne";
    MONTH_UNDATED: "Rows without a readable day that wait for a person", "Rader uten lesbar dato som venter på noen";
    MONTH_READ: "Records last read", "Utlegg sist lest";
    LEFT_OUT: "Left out by rule", "Holdt utenfor etter regel";
    FOUND: "Found in the accounting system", "Funnet i regnskapssystemet";

    EXPORTED_BEFORE: "Exported before", "Eksportert før";
    STANDS_NOW: "In the accounting system now", "I regnskapssystemet nå";
    NOTHING_STANDS: "nothing", "ingenting";
    REVERSED: "reversed", "tilbakeført";
    WILL_BE_MADE: "Will be made", "Blir laget";
    WAITS_FOR_APPROVAL: "Kept, and not sent: somebody else has to approve it with:",
        "Lagret, men ikke sendt: noen andre må godkjenne det med:";
    APPROVAL_WANTED: "A re-export waits for an approval", "En ny eksport venter på godkjenning";
    DECLINED: "The re-export was taken back. Nothing was sent.", "Den nye eksporten ble trukket tilbake. Ingenting ble sendt.";
    RESOLVED_POSTED: "Settled: the record is exported, as that voucher.", "Avklart: utlegget er eksportert, som det bilaget.";
    RESOLVED_NOT_POSTED: "Settled: the record is not exported. The next sync sends it.",
        "Avklart: utlegget er ikke eksportert. Neste synkronisering sender det.";

    REBUILDING: "Reading source and accounting system; nothing is sent.", "Leser kilde og regnskapssystem; ingenting sendes.";
    REBUILT: "The new ledger is in place; the old one is kept beside it.",
        "Den nye eksportjournalen er på plass; den gamle er beholdt ved siden av.";
    WITHOUT_RECORD: "Vouchers without a record in the source", "Bilag uten utlegg i kilden";

    NOTIFIED: "Every way took the test message.", "Alle veier tok imot prøvemeldingen.";
    undelivered(outlet: &str, detail: &str): "No message could be sent by {outlet}: {detail}", "Ingen melding kunne sendes med {outlet}: {detail}";
    CONFIG_READ: "Everything in it can be read:", "Alt i den kan leses:";
    MADE: "Made the workspace", "Laget arbeidsområdet";
    NEXT_SYNC: "Next:", "Neste:";
    NEXT_EDIT: "Next: edit workspace.toml, then", "Neste: rediger workspace.toml, og deretter";
    SECRET_KEPT: "Kept in the system's keyring:", "Lagret i systemets nøkkelring:";
    SECRET_DELETED: "Deleted from the system's keyring:", "Slettet fra systemets nøkkelring:";
    SECRET_WAS_NOT: "Was not in the system's keyring:", "Fantes ikke i systemets nøkkelring:";
    secret_unknown(name: &str, names: &str):
        "this workspace has no secret that is set under the name “{name}”; it uses: {names}",
        "arbeidsområdet har ingen hemmelighet som settes under navnet «{name}»; det bruker: {names}";
    SECRET_PROMPT: "Value (not shown): ", "Verdi (vises ikke): ";
    LISTENING: "The sandbox listens at", "Øvingsserveren lytter på";
    TOKENS: "Tokens: accounting practice-token, platform practice-platform-token. Ctrl-C stops it.",
        "Nøkler: regnskap practice-token, plattform practice-platform-token. Ctrl-C stopper den.";

    TRAIL_WHOLE: "The audit trail is whole.", "Revisjonssporet er intakt.";
    TRAIL_CHANGED: "The audit trail is not what it was:", "Revisjonssporet er ikke som det var:";
    TRAIL_TO_EXPLAIN: "Every entry is as it was written, but somebody should know why this is so:",
        "Hver oppføring er som den ble skrevet, men noen bør vite hvorfor det er slik:";
    ENTRY: "Entry", "Oppføring";
    ENTRIES: "Entries", "Oppføringer";
    VOUCHED: "Vouched for up to entry", "Bekreftet til og med oppføring";
    SEAL: "Seal", "Forsegling";
    SEALS: "Seals", "Forseglinger";
    SIGNED: "signed", "signert";
    WITNESS: "Witness", "Vitne";
    NEWEST_HASH: "Newest hash", "Nyeste kontrollsum";
    SOUND_UP_TO: "Last seal that fits: entry", "Siste forsegling som stemmer: oppføring";
    NO_KEY: "The seals are not signed: this machine has neither a keyring nor POSTONCE_SECRET_AUDIT_KEY.",
        "Forseglingene er ikke signert: Maskinen har verken nøkkelring eller POSTONCE_SECRET_AUDIT_KEY.";
    PRACTICE_NEEDS_NO_KEY: "The seals are not signed: practice needs no key.",
        "Forseglingene er ikke signert: Øving trenger ingen nøkkel.";
    were_open(count: usize): "Others on this machine could read {count} folders or files of this workspace. They are closed to them now:",
        "Andre på denne maskinen kunne lese {count} mapper eller filer i arbeidsområdet. De er stengt for dem nå:";
    are_open(count: usize): "Others on this machine can read or change {count} folders or files of this workspace. Close them (700 for a folder, 600 for a file), unless it is meant so:",
        "Andre på denne maskinen kan lese eller endre {count} mapper eller filer i arbeidsområdet. Steng dem (700 for en mappe, 600 for en fil), hvis det ikke er meningen:";
    unreported(count: u64): "The source has not heard of {count} exports yet. They are in the books; the next sync tells it again.",
        "Kilden har ennå ikke fått vite om {count} eksporter. De er i regnskapet; neste synkronisering sier fra på nytt.";
    CONTENT_CHANGED: "the content is not what was written.", "innholdet er ikke det som ble skrevet.";
    LINK_BROKEN: "does not go on from the entry before it.", "fortsetter ikke fra oppføringen før.";
    ENTRIES_MISSING: "missing.", "mangler.";
    NUMBER_WRONG: "no entry has such a number.", "ingen oppføring har et slikt nummer.";
    CUT_OFF: "cut off: the trail was sealed with these entries.", "kuttet: Sporet ble forseglet med disse oppføringene.";
    SEAL_DIFFERS: "the trail was sealed with another entry here: it was made anew since.",
        "sporet ble forseglet med en annen oppføring her: Det er laget på nytt siden.";
    SIGNATURE_WRONG: "the seal's signature is false.", "signaturen på forseglingen er falsk.";
    SEALS_MISSING: "missing.", "mangler.";
    KEY_CHANGED: "sealed with another key than before, or than this machine's. Is it a new machine or keyring? If not, the seal is forged.",
        "forseglet med en annen nøkkel enn før, eller enn denne maskinens. Er maskinen eller nøkkelringen ny? Hvis ikke, er forseglingen falsk.";
    SIGNATURE_MISSING: "the newest seal is not signed, though there is a key.", "den nyeste forseglingen er ikke signert, enda det finnes en nøkkel.";
    WITNESS_AHEAD: "the accounting system has seen more entries than there are: the ledger was restored from an old copy, cut off, or a copy of it was used elsewhere.",
        "regnskapssystemet har sett flere oppføringer enn det som finnes: Eksportjournalen er gjenopprettet fra en gammel kopi, kuttet, eller en kopi av den er brukt et annet sted.";
    WITNESS_DIFFERS: "the accounting system remembers another entry here: the trail was made anew, or another copy of the ledger went on by itself.",
        "regnskapssystemet husker en annen oppføring her: Sporet er laget på nytt, eller en annen kopi av eksportjournalen har gått videre på egen hånd.";
    WITNESS_SIGNATURE_WRONG: "the signature that the accounting system keeps is false.", "signaturen som regnskapssystemet har, er falsk.";
    ROW_CHANGED: "not as it was when it was written.",
        "ikke slik den var da den ble skrevet.";
    ROW_MISSING: "gone.",
        "borte.";
    ROW_ADDED: "not written by Postonce.",
        "ikke skrevet av Postonce.";
    ROWS_DIFFER: "the rows are not those that this entry was written over.",
        "radene er ikke de som denne oppføringen ble skrevet over.";
    SIGNATURES_REMOVED: "the trail was signed up to here once, and now it is not: signatures were taken away.",
        "sporet var signert hit en gang, og er det ikke nå: Signaturer er fjernet.";
    MEMORY_DIFFERS: "this computer’s keyring remembers other or more entries: the ledger was restored from an old copy, cut off, or made anew.",
        "nøkkelringen på denne maskinen husker andre eller flere oppføringer: Eksportjournalen er gjenopprettet fra en gammel kopi, kuttet eller laget på nytt.";
    HISTORY_DIFFERS: "an earlier witness at the accounting system remembers other or more entries than there are.",
        "et tidligere vitne i regnskapssystemet husker andre eller flere oppføringer enn det som finnes.";
    REPLACED_AHEAD: "the ledger that this one replaced had other or more entries than the rebuild named.",
        "eksportjournalen som denne erstattet, hadde andre eller flere oppføringer enn gjenoppbyggingen oppgav.";
    OTHER_LEDGER: "another ledger was used from this computer before this one began, and no rebuild names it. Was it deleted, or is it another workspace’s?",
        "en annen eksportjournal ble brukt fra denne maskinen før denne begynte, og ingen gjenoppbygging nevner den. Ble den slettet, eller hører den til et annet arbeidsområde?";
    TABLE: "Table", "Tabell";
    ROW: "row", "rad";
    ROWS_CHECKED: "Rows checked", "Rader kontrollert";
    ROWS_FROM: "covered from entry", "dekket fra oppføring";
    ROWS_OPEN: "not covered by an entry yet", "ikke dekket av noen oppføring ennå";
    ROWS_NOT_COVERED: "none: the next sync seals those of this ledger", "ingen: Neste synkronisering forsegler dem";
    WITNESS_HISTORY: "Earlier witnesses", "Tidligere vitner";
    WITNESS_LIST: "Witnesses of other ledgers", "Vitner om andre eksportjournaler";
    MACHINE_MEMORY: "This computer's memory", "Denne maskinens hukommelse";
    MEMORY_KEPT: "kept, and looked at", "tatt vare på, og sett på";
    MEMORY_NOT_OFFERED: "none is kept: the trail is protected less", "ingen: Sporet er svakere beskyttet";
    MEMORY_UNREACHABLE: "not asked", "ikke spurt";
    OTHER_LEDGERS: "Other ledgers of the organisation", "Andre eksportjournaler i organisasjonen";
    LEDGER_REPLACED: "replaced by this one", "erstattet av denne";
    WITNESS_MISSING: "the accounting system no longer remembers this ledger, though it did. Was it restored?",
        "regnskapssystemet husker ikke lenger denne eksportjournalen, enda det gjorde det. Er det gjenopprettet?";
    WITNESS_IS_SAME: "the accounting system remembers the same trail", "regnskapssystemet husker det samme sporet";
    WITNESS_IS_NONE: "the accounting system remembers nothing of this ledger", "regnskapssystemet husker ingenting om denne eksportjournalen";
    WITNESS_NOT_OFFERED: "the accounting system keeps none", "regnskapssystemet tar ikke vare på noe";
    WITNESS_NOT_ASKED: "not asked: the accounting system could not be reached", "ikke spurt: Regnskapssystemet kunne ikke nås";

    ACT_SYNC_STARTED: "sync started", "synkronisering startet";
    ACT_SYNC_ENDED: "sync ended", "synkronisering avsluttet";
    ACT_RE_EXPORT_REQUESTED: "re-export asked for", "ba om ny eksport";
    ACT_RE_EXPORT_APPROVED: "re-export approved", "ny eksport godkjent";
    ACT_RE_EXPORT_WITHDRAWN: "re-export withdrawn", "ny eksport trukket tilbake";
    ACT_RE_EXPORT_CLAIMED: "re-export about to be sent", "ny eksport klar til sending";
    ACT_RE_EXPORT_SETTLED: "re-export answered", "ny eksport besvart";
    ACT_REVERSAL_CLAIMED: "reversal about to be sent", "tilbakeføring klar til sending";
    ACT_REVERSAL_SETTLED: "reversal answered", "tilbakeføring besvart";
    ACT_FILE_SEALED: "voucher file handed over", "bilagsfil overlevert";
    ACT_FILE_WITHDRAWN: "voucher file withdrawn", "bilagsfil trukket tilbake";
    ACT_BOOKS_READ: "books read back", "regnskapet lest tilbake";
    ACT_RESOLVED: "doubt resolved", "uavklart utlegg avgjort";
    ACT_ACCEPTED: "accepted as it is", "godtatt som det er";
    ACT_CONFIRMED: "confirmed", "bekreftet";
    ACT_SET_ASIDE: "set aside", "satt til side";
    ACT_RECEIPT_SET_ASIDE: "receipts set aside", "kvitteringer satt til side";
    ACT_OTHER_DAY: "other day chosen", "annen dag valgt";
    ACT_DISOWNED: "voucher found to be another record’s", "bilaget viste seg å gjelde et annet utlegg";
    ACT_LOCK_BROKEN: "lock broken", "lås brutt";
    ACT_SETTINGS_CHANGED: "settings changed", "innstillinger endret";
    ACT_REBUILT: "ledger rebuilt", "eksportjournal bygd opp på nytt";
    ACT_VERIFIED: "audit trail verified", "revisjonsspor kontrollert";
    ACT_COMPARED: "compared", "avstemt";
    ACT_ALARM_RAISED: "alarm raised", "varsel gitt";
    ACT_FORGOTTEN: "personal data blanked", "personopplysninger slettet";
    forgets(records: u64): "{records} records would lose payee and text. Nothing was changed.",
        "{records} utlegg ville mistet mottaker og tekst. Ingenting ble endret.";
    forgotten(records: u64, copies: u64): "{records} records lost payee and text, and so did {copies} backups and ledgers that were set aside.",
        "{records} utlegg mistet mottaker og tekst, og det samme gjaldt {copies} sikkerhetskopier og journaler som var lagt til side.";
    FORGET_LEFT: "These copies could not be changed, and keep it:", "Disse kopiene kunne ikke endres, og har det fremdeles:";
    ACT_BACKUP_RESTORED: "backup put back", "sikkerhetskopi lagt tilbake";
    ACT_BACKUP_MADE: "backup made", "sikkerhetskopi tatt";
    ACT_HISTORY_SEALED: "earlier rows sealed", "tidligere rader forseglet";
    AUDIT_TRAIL: "Audit trail", "Revisjonsspor";

    COMPLETED: "completed", "fullført";
    OUTCOME_STOPPED: "stopped", "stoppet";
    LEASE_LOST: "lock lost", "låsen gikk tapt";
    FAILED: "failed", "mislyktes";
    INTERRUPTED: "interrupted", "avbrutt";
    RUNNING: "running", "pågår";

    VANISHED: "Voucher gone or reversed", "Bilaget er borte eller tilbakeført";
    EXPORTED_AS: "as exported", "slik det ble eksportert";
    IS_NOW: "now", "nå";
    CONFIRMED: "Confirmed. The next sync goes on.", "Bekreftet. Neste synkronisering fortsetter.";
    SET_ASIDE: "Set aside", "Satt til side";
    RECEIPT_MISSING: "Receipt missing", "Kvittering mangler";
    RECEIPT_STEP: "Remove the cause: the next sync tries again. Or leave the voucher without it:",
        "Fjern årsaken, så prøver neste synkronisering igjen. Eller la bilaget stå uten:";
    RECEIPTS: "Receipts", "Kvitteringer";
    RECEIPT: "Receipt", "Kvittering";
    RECEIPT_PLANNED: "waits", "venter";
    RECEIPT_SENT: "in doubt", "uavklart";
    RECEIPT_ATTACHED: "attached", "lagt ved";
    RECEIPT_FAILED: "missing", "mangler";
    NO_ATTACHMENTS: "This accounting system takes no attachments from Postonce: the receipts that the records name stay where they are.",
        "Dette regnskapssystemet tar ikke imot vedlegg fra Postonce: Kvitteringene som utleggene oppgir, blir liggende der de er.";
    BOOK_ON: "The next sync books on", "Neste synkronisering bokfører";
    ASKED: "A person has to answer this before anything more is sent", "Dette må en person svare på før noe mer sendes";
    NO_SCHEME: "These books do not keep how references begin: another workspace with another short name would not be noticed once this one has exported.",
        "Dette regnskapet tar ikke vare på hva referansene begynner med: Et annet arbeidsområde med et annet kortnavn blir ikke oppdaget når dette har eksportert.";
    NO_WITNESS_HISTORY: "These books keep the newest witness of the audit trail alone, or none: an audit trail that was changed would pass if that was replaced as well, for which the token is enough.",
        "Dette regnskapet tar bare vare på det nyeste vitnet om revisjonssporet, eller på ingen: Et revisjonsspor som er endret, ville slippe gjennom hvis det også ble byttet ut, og til det er tilgangsnøkkelen nok.";
    ACCEPTED: "Accepted as it is", "Godtatt slik det er";
    GONE_STEP: "Put it back into the source, or set it aside (set-aside).",
        "Legg det tilbake i kilden, eller sett det til side (set-aside).";
    LOOK_ALIKES: "Others like it (for information)", "Andre som ligner (til orientering)";
    LOOK_ALIKES_PLANNED: "Have another like them (for information)", "Har et annet som ligner (til orientering)";
    LEDGER: "Ledger", "Eksportjournal";
    VOUCHERS: "Vouchers", "Bilag";
    COMPARE_LEDGER: "Looking up the ledger's vouchers", "Slår opp bilagene i eksportjournalen";
    COMPARE_ACCOUNTING: "Reading the accounting system's vouchers", "Leser bilagene i regnskapssystemet";
    COMPARE_DRAFTS: "Looking for drafts that are left", "Ser etter kladder som ligger igjen";
    COMPARE_STOPPING: "Stopping.", "Stopper.";
    COMPARE_STOPPED: "Stopped, so there is no result.", "Stoppet, så det finnes ikke noe resultat.";
    CERTIFICATE: "Certificate", "Attest";
    NO_CERTIFICATE: "This run has no certificate:", "Denne kjøringen har ingen attest:";
    REPORT_WRITTEN: "Written:", "Skrevet:";
    ALARM_GONE: "nothing stands under its reference any more: the expense is in no book",
        "ingenting står lenger under referansen: utlegget står ikke i regnskapet";
    ALARM_REVERSED: "its voucher was reversed or voided in the accounting system: the expense is in no book",
        "bilaget er tilbakeført eller annullert i regnskapssystemet: utlegget står ikke i regnskapet";
    ALARM_REVERSED_BY_US: "its voucher was reversed by Postonce for a new export, which was not booked: the expense is in no book",
        "bilaget ble tilbakeført av Postonce for en ny eksport, som ikke ble bokført: utlegget står ikke i regnskapet";
    ALARM_SEVERAL: "more than one voucher stands in the books for it", "mer enn ett bilag står i regnskapet for det";
    ALARM_OTHER: "its voucher stands there with another content than was acknowledged",
        "bilaget står der med et annet innhold enn det som ble kvittert for";
    ALARM_OTHER_VOUCHER: "the acknowledged voucher no longer stands, and another one stands for it",
        "bilaget det ble kvittert for, står ikke lenger, og et annet står for utlegget";
    ALARM_STEP_AGAIN: "Put right what is named here, then export it once more (re-export); or accept that it stays out of the books (accept).",
        "Rett det som er nevnt her, og eksporter det på nytt (re-export); eller godta at det ikke skal stå i regnskapet (accept).";
    ALARM_STEP_ONE: "Reverse the surplus voucher in the accounting system; the next sync sees it. Or accept both (accept).",
        "Tilbakefør det overflødige bilaget i regnskapssystemet; neste synkronisering ser det. Eller godta begge (accept).";
    ALARM_STEP_OTHER: "Accept the voucher as it stands (accept), or replace it (re-export --reverse).",
        "Godta bilaget slik det står (accept), eller erstatt det (re-export --reverse).";
    ALARM_STEP_HAND: "Accept that voucher (accept); or reverse it in the accounting system and sync, and it can be exported once more.",
        "Godta det bilaget (accept); eller tilbakefør det i regnskapssystemet og synkroniser, så kan det eksporteres på nytt.";
    DOUBT_STEP: "Name the voucher that was made for it (resolve --posted VOUCHER --reason …); what is left to do is then shown here.",
        "Oppgi bilaget som ble laget for det (resolve --posted BILAG --reason …); det som gjenstår, vises da her.";
    OTHER_DATE: "another date", "annen dato";
    OTHER_CURRENCY: "another currency", "annen valuta";
    OTHER_AMOUNT: "another amount", "annet beløp";
    OTHER_SIGN: "the other sign", "motsatt fortegn";
    OTHER_ACCOUNT: "other accounts", "andre kontoer";
    OTHER_PAYEE: "another payee", "annen mottaker";
    OTHER_TEXT: "another text", "annen tekst";
    OTHER_VAT: "other VAT", "annen mva";
    OTHER_DIMENSIONS: "other dimensions", "andre dimensjoner";
    OTHER_OWN_AMOUNT: "another amount in own currency", "annet beløp i egen valuta";
    PART_SIGN: "Sign", "Fortegn";
    PART_ACCOUNT: "Accounts", "Kontoer";
    UNSEEN: "Not compared, since the accounting system does not show it",
        "Ikke sammenlignet, fordi regnskapssystemet ikke viser det";
    FOUND_THERE: "found there", "funnet der";
    FIELD_PAYEE_ID: "Payee id", "Mottaker-id";
    FIELD_CURRENCY: "Currency", "Valuta";
    FIELD_DEPARTMENT: "Department", "Avdeling";
    FIELD_PROJECT: "Project", "Prosjekt";
    FIELD_LINES: "Lines", "Linjer";
    FIELD_DIMENSIONS: "Dimensions", "Dimensjoner";
    FIELD_VAT: "VAT", "Mva";
    FIELD_EXCHANGE: "Rate and own currency", "Kurs og egen valuta";
    OWN_AMOUNT: "Own currency", "Egen valuta";
    RATE: "Rate", "Kurs";
}
