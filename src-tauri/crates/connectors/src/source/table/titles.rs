//! Compares the titles of columns by their words, and holds the words by which a title or a cell says what is meant: in
//! Bokmål, Nynorsk, English, Swedish, Danish, German, French and Spanish.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Words of an approval.
pub(crate) const APPROVED: &str = "valide validee godkjent godkjenning attestert attestering approved approval \
    godkand godkannande godkendt freigegeben freigabe genehmigt genehmigung approuve approbation validation \
    aprobado aprobacion zatwierdzony";

/// Words of a title that name the one who approves, and no payee.
pub(crate) const BY: &str = "by av af von par por approver manager leder attestant godkjenner chef";

/// Words of an amount before tax.
pub(crate) const NET: &str = "net netto eks ekskl exkl exklusive eksklusive excl excluding ex uten utan ohne ht \
    sin subtotal neto grunnlag";

/// Words of an amount with tax.
pub(crate) const GROSS: &str = "totalbelop totalbelopp totalamount ialt linjesum brutto gross inkl inklusive incl \
    including inc med ttc total totalt bruto sum gesamt con";

/// Words of an amount that was asked for.
pub(crate) const CLAIMED: &str = "claimed requested submitted sokt omsokt krav krevd innsendt ansokt anmodet \
    beantragt demande solicitado asked";

/// Words of an amount that was granted or paid.
pub(crate) const GRANTED: &str = "adjusted avkorting justert erstattungsbetrag accepte acceptee godkant due \
    reimbursement reimbursable utbetaling utbetales refunderes refusjonsbelop allowed korrigert corrected \
    erstatning approved paid reimbursed granted godkjent utbetalt betalt refundert innvilget godkand beviljat \
    utbetald godkendt udbetalt genehmigt erstattet rembourse approuve aprobado reembolsado pagado payable owed \
    skyldig";

/// Words that turn such a word into its opposite.
pub(crate) const NOT: &str = "not ikke ikkje inte nicht non un unpaid repaid rest remaining";

/// Words of an amount or currency in which something was bought, where the books have another.
pub(crate) const ORIGINAL: &str = "original opprinnelig opphavleg opprinneleg foreign utenlandsk utenlands \
    fremmed ursprunglig ursprunglich ursprunglicher ursprungliche utlandsk udenlandsk oprindelig fremdwahrung \
    origine originale extranjera transaction transaksjon transaksjons purchase local lokal spent";

/// Titles of a column that says in which state a row is.
pub(crate) const STATES: &str = "status state tilstand statut estado godkjent approved attestert godkand godkendt \
    freigegeben genehmigt approuve aprobado reimbursable refunderbar betalt paid utbetalt stage workflow fase \
    steg skalutbetales decision vedtak beslutning etat resultat resultado ergebnis outcome behandling \
    behandlingsstatus approvalstatus godkjenningsstatus saksstatus";

/// Values of such a column that say that a row is approved.
pub(crate) const APPROVED_VALUES: &str = "approved, godkjent, attestert, godkand, godkendt, genehmigt, \
    freigegeben, approuve, approuvee, valide, aprobado, aprobada, ja, yes, oui, si, true, sann, ok, paid, betalt, \
    utbetalt, reimbursed, refundert, completed, fullfort, rembourse, reembolsado, bezahlt, accepted, akseptert, \
    x, 1, ✅, ☑, ✓, ✔, verified, authorised, authorized, final, complete, accept, payable";

/// Values of such a column that say that a row is paid already.
pub(crate) const PAID_VALUES: &str = "paid, betalt, utbetalt, reimbursed, refundert, rembourse, reembolsado, \
    bezahlt, utbetald, udbetalt, ausgezahlt, paye";

/// Values of such a column that say that a row is not, or not yet.
pub(crate) const OTHER_VALUES: &str = "rejected, avvist, avslatt, draft, kladd, utkast, submitted, innsendt, \
    sendt, pending, venter, open, apen, declined, denied, cancelled, canceled, kansellert, processing, nei, no, \
    non, nein, nej, false, usann, 0, not paid, ikke betalt, part paid, delvis betalt, ikke godkjent, \
    not approved, under behandling, til godkjenning, avslagen, avvisad, inskickad, vantar, afvist, afventer, \
    indsendt, abgelehnt, offen, entwurf, eingereicht, refuse, refusee, brouillon, soumis, en attente, rechazado, \
    rechazada, borrador, pendiente, enviado, unpaid, ubetalt, returned, returnert, withdrawn, trukket, failed, \
    refunded, reversed, closed, new, ny, hold, on hold, annullert, slettet, deleted, void, voided, mangler, \
    missing, storniert, annule, anulado, klar til godkjenning, in review, in progress, pa vent, ❌, ☐, ✗, ✘, ✖, \
    avslag, decline, deny, reject, to be reviewed, incomplete, provisional, unverified, unauthorised, \
    unauthorized, in prufung, til attestasjon, under arbeid";

/// Words that say inside of a longer value that a row is not, or not yet, approved.
const OTHER_WORDS: &str = "rejected avvist avslatt declined denied cancelled canceled kansellert annullert draft \
    kladd utkast pending venter avventer awaiting mangler missing unapproved abgelehnt entwurf refuse refusee \
    brouillon rechazado rechazada borrador pendiente afvist avvisad storniert deleted slettet withdrawn trukket \
    until";

/// Words that say so in front of a word of approval: `Til godkjenning`, `Ikke OK`.
const BEFORE: &str = "not ikke ikkje inte nicht non no ej til for to await awaiting avventer venter mangler uten \
    utan without ohne sans sin pending under partly delvis teilweise";

/// Words of an amount that was paid back, or paid before.
pub(crate) const BACK: &str = "aconto discount private retur fradrag egenandel abzug retenue privat privatandel \
    rabatt kreditnota gutschrift acconto deductions refund refunds refunded returned credit kredit haben avoir \
    haber tilbakebetalt tilbakebetaling tilbake tilbakefort aterbetalt aterbetalning tilbagebetalt ruckerstattung \
    erstattung rembourse remboursement reembolso forskudd forskott forskud vorschuss advance avance anticipo \
    trekk fratrekk avdrag deduction deducted";

/// Words of an amount in the currency of the books.
pub(crate) const HOME: &str = "nokbelop home functional company regnskap regnskapsvaluta hovedvaluta booked \
    bokfort converted omregnet omraknat omregnede umgerechnet converti convertido";

/// Words of an amount that is not what is owed: a quantity, a rate, a rest.
pub(crate) const NO_AMOUNT: &str = "sats rate kurs antall antal km quantity qty anzahl cantidad quantite pris \
    price preis prix precio saldo balance limit prosent percent discount rabatt timer hours dager days konto \
    account poststed postnr zip year ar periode period exchangerate distance distanse mcc";

/// Words of the tax itself.
pub(crate) const TAX: &str = "mva moms vat tax gst mwst ust umsatzsteuer tva iva steuer avgift impuesto";

/// Words of a row that was taken back: whatever stands in such a column says that the row no longer counts.
pub(crate) const CANCELLED: &str = "duplikat duplicate dublett doublon dobbelt cancelled canceled cancellation \
    kansellert kansellering annullert annullering annulled voided void deleted slettet sletta rejected rejection \
    avvist avvisning avslatt avslag avslagsarsak declined withdrawn trukket tilbaketrukket storniert storno \
    abgelehnt ablehnung annule annulee annulation refuse refusee rejete anulado anulada rechazado rechazada \
    makulert makulerad avvisad avslagen afvist annulleret raderad";

/// Words of a column that marks a row with a yes, and then says that nobody owes it.
pub(crate) const FLAGS: &str = "draft utkast kladd onhold hold personal privat private already";

/// Words of a number that names something, and is no amount.
pub(crate) const NAMED: &str =
    "id nr no num number nummer numero kode code ref reference referanse referens referenz referencia";

/// Titles of a column of currencies.
pub(crate) const CURRENCY: &str = "valuta valutakode currency currencycode curr ccy valutakod wahrung waehrung \
    wahrungscode devise monnaie moneda divisa munt";

/// Words of a row that stands in books already.
pub(crate) const BOOKED: &str = "exported eksportert exporterad exportiert eksporteret bokfort bokford bogfort \
    gebucht posted journalised overfort voucherno bilagfort";

/// Titles of a column that says who paid, or by what.
pub(crate) const PAYERS: &str = "paidby paymentmethod paymenttype paymentmode paiduttype betaltmed betaltav \
    betalingsmate betalingsmetode betalingstype utleggkort kort betalningssatt zahlungsart modedepaiement \
    formadepago owner";

/// Values of such a column that say that the organisation paid by itself.
pub(crate) const COMPANY: &str = "company, company card, company paid, corporate card, business card, \
    companypaid, firmakort, firma, bedriftskort, foretakskort, organisasjonen, arbeidsgiver, arbetsgivare, \
    foretagskort, firmenkarte, firmenkreditkarte, carte societe, entreprise, employer, credit card company, ibcp, \
    cbcp";

/// Values that say that a row is money paid back.
pub(crate) const BACK_VALUES: &str = "refund, refunds, refusion, kreditnota, credit note, creditnote, gutschrift, \
    retur, return, avoir, reembolso, crdt, credit memo, tilbakebetaling, tilbakefort, aterbetalning, kredit, \
    credit";

/// Titles of a column of remarks, in which any word may stand.
pub(crate) const REMARKS: &str = "merknad kommentar comment comments note notat notater remark remarks \
    beskrivelse description anmerkung bemerkung bemaerkning anmarkning commentaire comentario melding message";

/// Titles of a rate of exchange.
pub(crate) const RATES: &str =
    "kurs valutakurs vekslingskurs exchangerate fxrate conversionrate wechselkurs vaxelkurs tauxdechange";

/// Words of a title whose amounts are parts or multiples of the currency.
pub(crate) const UNITS: &str = "ore oere cents cent minor pence rappen centimes";

/// Words of a title whose amounts are thousands of the currency or more.
pub(crate) const THOUSANDS: &str = "tusen thousand thousands tausend tsd tkr tnok mnok 000";

/// Words of a payment that was made.
pub(crate) const PAID: &str = "betalingsdato utbetalingsdato paymentdate paiddate datereimbursed utbetalingsdag \
    paid betalt utbetalt reimbursed refundert utbetald betald udbetalt bezahlt ausgezahlt paye payee rembourse \
    pagado reembolsado";

/// Returns a text in small letters, with plain letters for those with marks.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    for c in decomposed.chars().flat_map(char::to_lowercase) {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ø' => plain.push('o'),
            'æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            c => plain.push(c),
        }
    }
    plain
}

/// Returns whether a value of a column of states says that a row is approved; `None` if it says neither.
pub(crate) fn approves(value: &str) -> Option<bool> {
    let value = plain(value.trim()).trim_end_matches(['.', '!']).to_owned();
    if has_value(OTHER_VALUES, &value) {
        return Some(false);
    }
    if has_value(APPROVED_VALUES, &value) {
        return Some(true);
    }
    let words: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // More words than these are a sentence, and no state.
    if words.len() > 4 {
        return None;
    }
    if words.iter().any(|word| has_word(OTHER_WORDS, word)) {
        return Some(false);
    }
    // `Approved - do not pay`.
    if words.iter().any(|word| has_word(NOT, word)) && words.iter().any(|word| has_value(APPROVED_VALUES, word)) {
        return Some(false);
    }
    let is_approval =
        |word: &&str| word.parse::<u64>().is_err() && has_value(APPROVED_VALUES, word) || has_word(APPROVED, word);
    let at = words.iter().position(is_approval)?;
    Some(!words[..at].iter().any(|word| has_word(BEFORE, word)))
}

/// Says whether a cell says that there is nothing: dashes, `n/a`, a day of zeros.
pub(crate) fn is_nothing(cell: &str) -> bool {
    const NOTHING: [&str; 27] = [
        "n/a", "na", "null", "none", "nil", "nan", "ingen", "intet", "inget", "keine", "keiner", "aucun", "aucune",
        "ninguno", "ninguna", "tom", "tomt", "empty", "blank", "leer", "vide", "#n/a", "(null)", "(blank)", "(tom)",
        "(empty)", "(none)",
    ];
    let text = cell.trim();
    if text.len() > 12 {
        return !text.chars().any(|c| c.is_alphanumeric() && c != '0') && text.contains(['-', '.', '/', '0']);
    }
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '_' | '/' | '\\' | '?' | ':')
    };
    let (zeros, others) = text
        .chars()
        .filter(|c| !is_mark(*c))
        .fold((0, 0), |(zeros, others), c| if c == '0' { (zeros + 1, others) } else { (zeros, others + 1) });
    let is_day_of_zeros = zeros >= 4 && text.contains(is_mark);
    (others == 0 && (zeros == 0 || is_day_of_zeros)) || NOTHING.iter().any(|it| it.eq_ignore_ascii_case(text))
}

/// Says whether a list of words, with spaces between, has this one.
pub(crate) fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|it| it == word)
}

/// Says whether a list of values, with commas between, has this one.
pub(crate) fn has_value(list: &str, value: &str) -> bool {
    list.split(", ").any(|it| it == value)
}

/// Holds a title as it is compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Title {
    /// All of its letters and digits.
    pub(crate) whole: String,
    /// Its words.
    pub(crate) words: Vec<String>,
}

impl Title {
    pub(crate) fn of(title: &str) -> Self {
        // `expenseDate` has two words.
        let mut spaced = String::with_capacity(title.len() + 4);
        let mut was_small = false;
        for c in title.chars() {
            if c.is_uppercase() && was_small {
                spaced.push(' ');
            }
            was_small = c.is_lowercase();
            spaced.push(c);
        }
        let words: Vec<String> = plain(&spaced)
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        Self { whole: words.concat(), words }
    }

    /// Says whether it is one of these titles.
    pub(crate) fn is_one_of(&self, titles: &str) -> bool {
        has_word(titles, &self.whole)
    }

    /// Says whether one of the words stands in it, alone.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.words.iter().any(|word| has_word(words, word))
    }

    /// Says whether it is one of these titles, or one of the words stands in it.
    pub(crate) fn is_or_has(&self, words: &str) -> bool {
        self.is_one_of(words) || self.has(words)
    }

    /// Says whether one of the words stands in it, alone or as the beginning or end of a longer one.
    pub(crate) fn joins(&self, words: &str) -> bool {
        const JOINED_CHARS_MIN: usize = 4;
        self.has(words)
            || words
                .split(' ')
                .filter(|word| word.len() >= JOINED_CHARS_MIN)
                .any(|joined| self.words.iter().any(|word| word.starts_with(joined) || word.ends_with(joined)))
    }
}
