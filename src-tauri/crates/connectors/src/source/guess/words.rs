//! Holds the titles that people give to columns, in Bokmål, Nynorsk, English, Swedish, Danish, German, French and
//! Spanish: in small letters, without marks on letters, spaces and signs.

use super::super::table::{Field, titles};

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
        parts: titles::APPROVED,
    },
    FieldWords {
        field: Field::Currency,
        titles: titles::CURRENCY,
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

/// Words of a day on which something else happened than the expense.
pub(super) const OTHER_DAY: &str = "opprettet created innsendt submitted skapad oprettet erstellt cree creado betalt paid utbetalt \
    updated oppdatert endret modified posted bokfort bokforingsdato due forfall forfallsdato export \
    eksportert processed";

/// Words of an id that several rows may have: of a report, a claim, a batch.
pub(super) const GROUPS: &str = "report rapport claim krav reiseregning reiseregnings batch bunt parent related gruppe group original \
    konto account kontonr kontonummer card kort iban phone telefon mobil postnr zip invoice faktura \
    rechnung facture factura kid reference referanse referens referenz referencia ref policy ansatt \
    employee medlems member kunde customer user";
