//! Holds the titles that people give to columns, in Bokmål, Nynorsk, English, Swedish, Danish, German, French and
//! Spanish: in small letters, without marks on letters, spaces and signs.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::super::table::Field;

/// The words for one field.
pub(super) struct FieldWords {
    pub(super) field: Field,
    /// Whole titles, the surest first.
    pub(super) titles: &'static str,
    /// Words that a longer title has, or that it begins or ends with.
    pub(super) parts: &'static str,
}

/// Holds the words for every field that is known by its title.
pub(super) const FIELDS: [FieldWords; 14] = [
    FieldWords {
        field: Field::Id,
        titles: "id utleggsid utleggsnr utleggsnummer expenseid recordid transactionid expensenumber expenseno \
    expensenr transaksjonsid transid txnid bilagsid bilagsnr bilagsnummer bilag refusjonsnr refusjonsid \
    utlaggsid utlaggsnr verifikationsnr verifikationsnummer verifikatnr kvittonr lopnr udlaegsid \
    udlaegsnr belegnr belegnummer belegid vorgangsnr auslagenid auslagennr lfdnr iddepense numerodepense \
    numeropiece idpiece identifiant idgasto numerogasto numerodegasto identificador folio comprobante \
    lopenummer lopenr referanse reference referens referenz referencia ref nr nummer numero number no",
        parts: "id nr nummer numero number no num referanse reference referencia ref",
    },
    FieldWords {
        field: Field::Date,
        titles: "dato utleggsdato bilagsdato kjopsdato kvitteringsdato transaksjonsdato date expensedate receiptdate \
    purchasedate transactiondate dateofexpense datum utlaggsdatum kvittodatum inkopsdatum udlaegsdato \
    kobsdato belegdatum kaufdatum ausgabedatum datedepense datedeladepense dateachat fecha fechagasto \
    fechadegasto fechacompra timestamp tidspunkt dag day data",
        parts: "dato datum date fecha timestamp tidspunkt",
    },
    FieldWords {
        field: Field::Amount,
        titles: "belop totalbelop bruttobelop amount totalamount grossamount belopp totalbelopp belob totalbelob \
    betrag gesamtbetrag bruttobetrag montant montanttotal montantttc importe importetotal monto sum \
    summa summe somme total totalt ialt brutto gross kr belopnok belopkr amountnok amountkr beloppsek \
    belobdkk betrageur amounteur amountusd amountgbp value valor cost kostnad",
        parts: "belop belopp belob amount betrag montant importe monto sum summa summe total totalt brutto gross ttc \
    valor",
    },
    FieldWords {
        field: Field::Payee,
        titles: "likeperson likepersonnr likepersonid ansattnr ansattnummer ansattid medlemsnr medlemsnummer \
    mottakernr mottakerid leverandornr personnr payee payeeid employeeid employeenumber employeeno \
    memberid memberno staffid tilsettnr anstallningsnr anstallningsnummer anstallningsid medarbejdernr \
    medarbejderid mitarbeiternr mitarbeiternummer mitarbeiterid personalnr personalnummer matricule \
    idemploye idempleado ansatt tilsett mottaker mottakar medlem utlegger employee member recipient \
    claimant volunteer anstalld mottagare medarbetare medarbejder modtager mitarbeiter mitarbeiterin \
    empfanger zahlungsempfanger mitglied employe salarie beneficiaire membre empleado trabajador \
    beneficiario miembro person user",
        parts: "ansatt tilsett employee payee mottaker medlem member claimant anstalld medarbetare medarbejder \
    mitarbeiter employe salarie empleado beneficiario beneficiaire recipient likeperson",
    },
    FieldWords {
        field: Field::Category,
        titles: "kategori utgiftskategori utgiftstype kostnadstype utleggstype category expensecategory expensetype \
    utgiftstyp kostnadsslag utlaggstyp udgiftstype udlaegstype kategorie ausgabenart kostenart belegart \
    categorie typedepense typededepense naturedepense categoria tipogasto tipodegasto type typ tipo art \
    kind nature",
        parts: "kategori category kategorie categorie categoria type typ",
    },
    FieldWords {
        field: Field::Text,
        titles: "tekst text beskrivelse description shortdescription formal foremal skildring purpose beskrivning \
    andamal syfte buchungstext beschreibung verwendungszweck zweck libelle motif objet texte descripcion \
    concepto motivo texto kommentar merknad bemaerkning bemerkung comment commentaire comentario note \
    memo details leverandor butikk sted supplier vendor merchant leverantor lieferant fournisseur \
    proveedor",
        parts: "tekst text beskrivelse description beskrivning beschreibung formal descripcion libelle kommentar \
    comment merknad",
    },
    FieldWords {
        field: Field::ApprovedAt,
        titles: "godkjent godkjentdato godkjenttid godkjenttidspunkt attestert attestertdato approved approvedat \
    approvedon approvaldate approveddate dateapproved godkand godkanddatum attesterad godkendt \
    godkendtdato freigegeben freigegebenam genehmigt genehmigtam freigabedatum approuve approuvele \
    dateapprobation valide validele datevalidation aprobado aprobadoel fechaaprobacion fechadeaprobacion",
        parts: APPROVED,
    },
    FieldWords {
        field: Field::Currency,
        titles: "valuta valutakode currency currencycode curr ccy valutakod wahrung waehrung wahrungscode devise \
    monnaie moneda divisa munt",
        parts: "valuta currency wahrung waehrung devise moneda divisa ccy",
    },
    FieldWords {
        field: Field::Department,
        titles: "avdeling lag lokallag fylkeslag kostnadssted department costcentre costcenter avdelning \
    kostnadsstalle afdeling omkostningssted kostenstelle abteilung departement centredecout departamento \
    centrodecoste",
        parts: "",
    },
    FieldWords {
        field: Field::Project,
        titles: "prosjekt prosjektnr prosjektnummer project projectcode projekt projektnr projet codeprojet proyecto",
        parts: "",
    },
    FieldWords { field: Field::Version, titles: "versjon version revisjon revision", parts: "" },
    FieldWords {
        field: Field::PayeeName,
        titles: "navn namn fulltnavn mottakernavn ansattnavn betalestil name fullname payeename employeename \
    medarbejdernavn mitarbeitername nom nomcomplet nombre",
        parts: "navn namn name nombre",
    },
    FieldWords {
        field: Field::AmountBack,
        titles: "credit kredit haben avoir haber moneyin paidback innbetalt abono",
        parts: "",
    },
    FieldWords {
        field: Field::Side,
        titles: "dc drcr sollhaben debitcredit debetkredit debitkredit side sh dk",
        parts: "",
    },
];

/// Titles that say something of the kind, and could say something else as well: nothing is proved by them.
pub(super) const WEAK: &str = "type typ tipo art kind nature user person member medlem recipient mottaker merchant vendor supplier \
    leverandor leverantor lieferant fournisseur proveedor butikk sted note memo comment kommentar \
    merknad value valor cost kostnad data day dag timestamp tidspunkt nr nummer numero number no bilag \
    side lag objet concepto";

/// Says what was spent, where what was paid back has a column of its own.
pub(super) const DEBIT: &str = "debit debet soll debito debe moneyout utbetalt charge cargo";

const APPROVED: &str = "godkjent godkjenning attestert attestering approved approval godkand godkannande godkendt \
    freigegeben freigabe genehmigt genehmigung approuve approbation validation aprobado aprobacion \
    zatwierdzony";

/// Words of a title that name the one who approves, and no payee.
pub(super) const BY: &str = "by av af von par por approver manager leder attestant godkjenner chef";

/// Words of an amount that is not what is owed: a quantity, a rate, a rest.
pub(super) const NO_AMOUNT: &str = "sats rate kurs antall antal km quantity qty anzahl cantidad quantite pris price preis prix precio \
    saldo balance limit prosent percent discount rabatt timer hours dager days konto account poststed \
    postnr zip year ar periode period exchangerate distance distanse mcc";

/// Words of an amount before tax.
pub(super) const NET: &str = "net netto eks ekskl exkl exklusive eksklusive excl excluding ex uten utan ohne ht sin subtotal neto \
    grunnlag";

/// Words of the tax itself.
pub(super) const TAX: &str = "mva moms vat tax gst mwst ust umsatzsteuer tva iva steuer avgift impuesto";

/// Words of an amount with tax.
pub(super) const GROSS: &str =
    "brutto gross inkl inklusive incl including inc med ttc total totalt bruto sum gesamt con";

/// Words of an amount that was asked for.
pub(super) const CLAIMED: &str = "claimed requested submitted sokt omsokt krav krevd innsendt ansokt anmodet beantragt demande \
    solicitado asked";

/// Words of an amount that was granted or paid.
pub(super) const GRANTED: &str = "approved paid reimbursed granted godkjent utbetalt betalt refundert innvilget godkand beviljat \
    utbetald godkendt udbetalt genehmigt erstattet rembourse approuve aprobado reembolsado pagado \
    payable owed skyldig";

/// Words that turn such a word into its opposite.
pub(super) const NOT: &str = "not ikke ikkje inte nicht non un unpaid repaid rest remaining";

/// Words of an amount or currency in which something was bought, where the books have another.
pub(super) const ORIGINAL: &str = "original opprinnelig opphavleg opprinneleg foreign utenlandsk utenlands fremmed ursprunglig \
    ursprunglich ursprunglicher ursprungliche utlandsk udenlandsk oprindelig fremdwahrung origine \
    originale extranjera transaction transaksjon transaksjons purchase local lokal spent";

/// Words of a day on which something else happened than the expense.
pub(super) const OTHER_DAY: &str = "opprettet created innsendt submitted skapad oprettet erstellt cree creado betalt paid utbetalt \
    updated oppdatert endret modified posted bokfort bokforingsdato due forfall forfallsdato export \
    eksportert processed";

/// Words of an id that several rows may have: of a report, a claim, a batch.
pub(super) const GROUPS: &str = "report rapport claim krav reiseregning reiseregnings batch bunt parent related gruppe group original \
    konto account kontonr kontonummer card kort iban phone telefon mobil postnr zip invoice faktura \
    rechnung facture factura kid reference referanse referens referenz referencia ref policy ansatt \
    employee medlems member kunde customer user";

/// Titles of a column that says in which state a row is.
pub(super) const STATES: &str = "status state tilstand statut estado godkjent approved attestert godkand godkendt freigegeben \
    genehmigt approuve aprobado reimbursable refunderbar billable betalt paid utbetalt stage workflow \
    fase steg skalutbetales decision vedtak beslutning";

/// Values of such a column that say that a row is approved.
pub(super) const APPROVED_VALUES: &str = "approved, godkjent, attestert, godkand, godkendt, genehmigt, freigegeben, approuve, approuvee, \
    valide, aprobado, aprobada, ja, yes, oui, si, true, sann, ok, paid, betalt, utbetalt, reimbursed, \
    refundert, completed, fullfort, rembourse, reembolsado, bezahlt, accepted, akseptert, x, 1";

/// Values of such a column that say that a row is not, or not yet.
pub(super) const OTHER_VALUES: &str = "rejected, avvist, avslatt, draft, kladd, utkast, submitted, innsendt, sendt, pending, venter, open, \
    apen, declined, denied, cancelled, canceled, kansellert, processing, nei, no, non, nein, nej, false, \
    usann, 0, not paid, ikke betalt, part paid, delvis betalt, ikke godkjent, not approved, under \
    behandling, til godkjenning, avslagen, avvisad, inskickad, vantar, afvist, afventer, indsendt, \
    abgelehnt, offen, entwurf, eingereicht, refuse, refusee, brouillon, soumis, en attente, rechazado, \
    rechazada, borrador, pendiente, enviado, unpaid, ubetalt, returned, returnert, withdrawn, trukket, \
    failed, refunded, reversed, closed, new, ny, hold, on hold";

/// Returns a text in small letters, with plain letters for those with marks.
pub(super) fn plain(text: &str) -> String {
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

/// Says whether a list of words, with spaces between, has this one.
pub(super) fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|it| it == word)
}

/// Says whether a list of values, with commas between, has this one.
pub(super) fn has_value(list: &str, value: &str) -> bool {
    list.split(", ").any(|it| it == value)
}

/// Holds a title as it is compared.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// All of its letters and digits.
    pub(super) whole: String,
    /// Its words.
    pub(super) words: Vec<String>,
}

impl Title {
    pub(super) fn of(title: &str) -> Self {
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

    /// Says whether one of the words stands in it, alone.
    pub(super) fn has(&self, words: &str) -> bool {
        self.words.iter().any(|word| has_word(words, word))
    }

    /// Says whether it is one of these titles, or one of the words stands in it.
    pub(super) fn is_or_has(&self, words: &str) -> bool {
        has_word(words, &self.whole) || self.has(words)
    }

    /// Says whether one of the words stands in it, alone or as the beginning or end of a longer one.
    pub(super) fn joins(&self, words: &str) -> bool {
        const JOINED_CHARS_MIN: usize = 4;
        self.has(words)
            || words
                .split(' ')
                .filter(|word| word.len() >= JOINED_CHARS_MIN)
                .any(|joined| self.words.iter().any(|word| word.starts_with(joined) || word.ends_with(joined)))
    }
}
