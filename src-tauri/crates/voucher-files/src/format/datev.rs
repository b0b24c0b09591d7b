//! DATEV's EXTF 700, category 21, a batch of postings (“Buchungsstapel”), format version 13.
//!
//! Facts, from [DATEV's developer portal](https://developer.datev.de/datev/platform/de/dtvf/formate/buchungsstapel),
//! read in November 2026:
//!
//! - The first row is the head of 31 fields, the second the titles of 125 columns. Cells end with `;`, rows with CR and
//!   LF, texts have quotes, a quote in a text is doubled, control characters are not allowed. The encoding is
//!   Windows-1252.
//! - A row is a posting between two accounts: a positive amount with a comma and two decimals, ten digits before it at
//!   most, `S` or `H` for the side of the account (`Konto`), and the counter-account (`Gegenkonto`), to which the tax
//!   key (`BU-Schlüssel`, up to four digits) belongs. Accounts are digits, as many as the head says, one more for a
//!   person's.
//! - The date has day and month. The year follows from the fiscal year in the head: a file has one.
//! - `Belegfeld 1` has 36 characters, `Buchungstext` 60, a cost centre 36.
//!
//! The reference stands in `Buchungstext`: the Odoo importer of OCA drops `Belegfeld 1`. The name of a batch is free,
//! its fixing (`Festschreibung`) is left to the person. A voucher of more than two lines becomes several rows of one
//! `Belegfeld 1`, in which every account keeps its sum.
//!
//! The crate `datev-types` writes the format as well, but its amounts are floats and its texts have no quotes. It reads
//! our files in the tests.

use std::borrow::Cow;

use super::batch::Batch;
use super::rows::{Origin, Quoting, Rows, Style, check_digits, check_length};
use crate::amount;
use crate::letters::Encoding;
use crate::refusal::{Field, Problem, Refusal};
use crate::text::{Manners, Narrator, check_code, check_reference};
use crate::voucher::{SubLedger, Voucher, VoucherLine};

/// The settings of DATEV.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DatevSettings {
    /// The number of the tax adviser, 1001 to 9,999,999.
    pub adviser: u32,
    /// The number of the client, 1 to 99,999.
    pub client: u32,
    /// The digits of an account in the general ledger, 4 to 9.
    pub account_digits: usize,
    /// The name of the dimension that is `KOST1`.
    pub cost_centre_1: Option<String>,
    /// The name of the dimension that is `KOST2`.
    pub cost_centre_2: Option<String>,
}

const DECIMALS: u8 = 2;
/// Ten digits, the comma, and the decimals.
const AMOUNT_MAX: usize = 13;
pub(super) const TEXT_MAX: usize = 60;
const COST_CENTRE_MAX: usize = 36;
const TAX_KEY_MAX: usize = 4;
pub(super) const STYLE: Style = Style { encoding: Encoding::Windows1252, delimiter: ';', quoting: Quoting::Texts };
const MANNERS: Manners = Manners { unwritable: &[], is_table: true };

pub(super) fn render(batch: &Batch<'_>, settings: &DatevSettings) -> Result<Vec<u8>, Refusal> {
    settings.check()?;
    let narrator = Narrator::new(batch.vouchers, &MANNERS, TEXT_MAX);
    let mut rows = Rows::new(STYLE);
    head(batch, settings, &mut rows)?;
    for title in titles() {
        rows.bare(&Origin::setting("titles"), &title)?;
    }
    rows.end_row();
    for voucher in batch.vouchers {
        check_reference(voucher, &MANNERS)?;
        for posting in postings(voucher)? {
            let text = narrator.narration(voucher, posting.account)?;
            posting.write(batch, settings, voucher, &text, &mut rows)?;
        }
    }
    Ok(rows.into_bytes())
}

impl DatevSettings {
    fn check(&self) -> Result<(), Refusal> {
        let fault = if !(1001..=9_999_999).contains(&self.adviser) {
            ("adviser", "the adviser is 1001 to 9999999")
        } else if !(1..=99_999).contains(&self.client) {
            ("client", "the client is 1 to 99999")
        } else if !(4..=9).contains(&self.account_digits) {
            ("account_digits", "accounts have 4 to 9 digits")
        } else {
            return Ok(());
        };
        Err(Origin::setting(fault.0).refusal(Problem::BadSetting(fault.1)))
    }

    fn cost_centre<'l>(&self, place: &Option<String>, lines: [&'l VoucherLine; 2]) -> Result<&'l str, Problem> {
        let Some(name) = place else { return Ok("") };
        let values = lines.map(|line| line.dimensions.get(name).map(String::as_str));
        match values {
            [Some(one), Some(other)] if one != other => Err(Problem::Ambiguous),
            [Some(value), _] | [None, Some(value)] => Ok(value),
            [None, None] => Ok(""),
        }
    }
}

fn head(batch: &Batch<'_>, settings: &DatevSettings, rows: &mut Rows) -> Result<(), Refusal> {
    let book = batch.book;
    let dates = || batch.vouchers.iter().map(|voucher| voucher.date);
    let day = |date: Option<chrono::NaiveDate>| date.unwrap_or(batch.year.begins).format("%Y%m%d").to_string();
    let origin = Origin::setting("head");
    let currency = Origin::setting("currency");
    rows.text(&origin, "EXTF")?;
    rows.bare(&origin, "700")?;
    rows.bare(&origin, "21")?;
    rows.text(&origin, "Buchungsstapel")?;
    rows.bare(&origin, "13")?;
    rows.bare(&origin, &book.made_at.format("%Y%m%d%H%M%S%3f").to_string())?;
    rows.skip(4);
    rows.bare(&origin, &settings.adviser.to_string())?;
    rows.bare(&origin, &settings.client.to_string())?;
    rows.bare(&origin, &day(Some(batch.year.begins)))?;
    rows.bare(&origin, &settings.account_digits.to_string())?;
    rows.bare(&origin, &day(dates().min()))?;
    rows.bare(&origin, &day(dates().max()))?;
    rows.text(&origin, "Postonce")?;
    rows.skip(1);
    rows.bare(&origin, "1")?;
    rows.bare(&origin, "0")?;
    rows.bare(&origin, "0")?;
    rows.text(&currency, &book.currency.code)?;
    rows.skip(9);
    rows.end_row();
    Ok(())
}

/// A posting between two lines of a voucher.
struct Posting<'a> {
    /// The line of `Konto`.
    account: &'a VoucherLine,
    /// The line of `Gegenkonto`, to which a tax key belongs.
    counter: &'a VoucherLine,
    /// The amount, above 0.
    amount: i64,
    /// True if `Konto` is debited.
    is_debit: bool,
}

/// Returns the postings of a voucher: debits and credits used up side by side, so that each line keeps its amount.
fn postings(voucher: &Voucher) -> Result<Vec<Posting<'_>>, Refusal> {
    let side = |is_wanted: fn(i64) -> bool| voucher.lines.iter().filter(move |line| is_wanted(line.amount));
    let rest = |line: &VoucherLine| line.amount.unsigned_abs();
    let (mut debits, mut credits) = (side(|amount| amount > 0), side(|amount| amount < 0));
    let (mut debit, mut credit) = (debits.next(), credits.next());
    let (mut debit_rest, mut credit_rest) = (debit.map_or(0, rest), credit.map_or(0, rest));
    let mut postings = Vec::new();
    while let (Some(from), Some(to)) = (debit, credit) {
        let moved = debit_rest.min(credit_rest);
        if from.vat_code.is_some() && to.vat_code.is_some() {
            return Err(voucher.refusal(Field::VatCode, Problem::Ambiguous));
        }
        let (account, counter, is_debit) = if from.vat_code.is_some() { (to, from, false) } else { (from, to, true) };
        let too_much = |_| voucher.refusal(Field::Amount, Problem::TooLong { length: AMOUNT_MAX + 1, max: AMOUNT_MAX });
        postings.push(Posting { account, counter, amount: i64::try_from(moved).map_err(too_much)?, is_debit });
        (debit_rest, credit_rest) = (debit_rest - moved, credit_rest - moved);
        if debit_rest == 0 {
            debit = debits.next();
            debit_rest = debit.map_or(0, rest);
        }
        if credit_rest == 0 {
            credit = credits.next();
            credit_rest = credit.map_or(0, rest);
        }
    }
    Ok(postings)
}

impl Posting<'_> {
    fn write(
        &self,
        batch: &Batch<'_>,
        settings: &DatevSettings,
        voucher: &Voucher,
        text: &str,
        rows: &mut Rows,
    ) -> Result<(), Refusal> {
        let lines = [self.account, self.counter];
        let amount = Origin::of(voucher, Field::Amount);
        let written = amount::written(self.amount, &batch.book.currency, DECIMALS, ',');
        let written = written.map_err(|problem| amount.refusal(problem))?;
        check_length(&amount, &written, AMOUNT_MAX)?;
        let tax = Origin::of(voucher, Field::VatCode);
        let tax_key = self.counter.vat_code.as_deref().unwrap_or_default();
        check_digits(&tax, tax_key)?;
        check_length(&tax, tax_key, TAX_KEY_MAX)?;

        rows.bare(&amount, &written)?;
        rows.text(&amount, if self.is_debit { "S" } else { "H" })?;
        rows.text(&Origin::setting("currency"), &batch.book.currency.code)?;
        rows.skip(3);
        for line in lines {
            rows.bare(&Origin::of(voucher, Field::Account), account_number(settings, voucher, line)?)?;
        }
        rows.text(&tax, tax_key)?;
        rows.bare(&Origin::of(voucher, Field::Date), &voucher.date.format("%d%m").to_string())?;
        rows.text(&Origin::of(voucher, Field::Number), &voucher.number.to_string())?;
        rows.skip(2);
        rows.text(&Origin::of(voucher, Field::Text), text)?;
        rows.skip(COLUMN_COST_CENTRE_1 - COLUMN_TEXT - 1);
        for place in [&settings.cost_centre_1, &settings.cost_centre_2] {
            let origin = Origin::of(voucher, Field::Dimension(place.clone().unwrap_or_default()));
            let value = settings.cost_centre(place, lines).map_err(|problem| origin.refusal(problem))?;
            check_length(&origin, value, COST_CENTRE_MAX)?;
            check_code(voucher, origin.field.clone(), value)?;
            rows.text(&origin, value)?;
        }
        for line in lines {
            check_dimensions(settings, voucher, line)?;
        }
        rows.skip(COLUMNS - COLUMN_COST_CENTRE_1 - 2);
        rows.end_row();
        Ok(())
    }
}

fn account_number<'a>(settings: &DatevSettings, voucher: &Voucher, line: &'a VoucherLine) -> Result<&'a str, Refusal> {
    let (number, field, max) = match &line.sub_ledger {
        None => (&line.account, Field::Account, settings.account_digits),
        Some(SubLedger::Customer(number) | SubLedger::Supplier(number)) => {
            (number, Field::SubLedger, settings.account_digits + 1)
        }
    };
    let origin = Origin::of(voucher, field);
    if number.is_empty() {
        return Err(origin.refusal(Problem::Empty));
    }
    check_digits(&origin, number)?;
    check_length(&origin, number, max)?;
    Ok(number)
}

fn check_dimensions(settings: &DatevSettings, voucher: &Voucher, line: &VoucherLine) -> Result<(), Refusal> {
    let places = [&settings.cost_centre_1, &settings.cost_centre_2];
    match line.dimensions.iter().find(|(name, _)| !places.iter().any(|place| place.as_ref() == Some(name))) {
        Some((name, value)) => Err(voucher.refusal(Field::Dimension(name.clone()), Problem::NoPlace(value.clone()))),
        None => Ok(()),
    }
}

/// The columns of a posting.
const COLUMNS: usize = 125;
/// The column of `Buchungstext`, from 0.
const COLUMN_TEXT: usize = 13;
/// The column of `KOST1`, from 0.
const COLUMN_COST_CENTRE_1: usize = 36;

/// The titles of columns 1 to 20.
const FIRST_TITLES: [&str; 20] = [
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
    "Postensperre",
    "Diverse Adressnummer",
    "Geschäftspartnerbank",
    "Sachverhalt",
    "Zinssperre",
    "Beleglink",
];

/// The titles of columns 37 to 47.
const MIDDLE_TITLES: [&str; 11] = [
    "KOST1 - Kostenstelle",
    "KOST2 - Kostenstelle",
    "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart",
    "Sachverhalt L+L",
    "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung",
];

/// The titles of columns 88 to 125.
const LAST_TITLES: [&str; 38] = [
    "Stück",
    "Gewicht",
    "Zahlweise",
    "Forderungsart",
    "Veranlagungsjahr",
    "Zugeordnete Fälligkeit",
    "Skontotyp",
    "Auftragsnummer",
    "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)",
    "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)",
    "Erlöskonto (Anzahlungen)",
    "Herkunft-Kz",
    "Buchungs GUID",
    "KOST-Datum",
    "SEPA-Mandatsreferenz",
    "Skontosperre",
    "Gesellschaftername",
    "Beteiligtennummer",
    "Identifikationsnummer",
    "Zeichnernummer",
    "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung",
    "Festschreibung",
    "Leistungsdatum",
    "Datum Zuord. Steuerperiode",
    "Fälligkeit",
    "Generalumkehr (GU)",
    "Steuersatz",
    "Land",
    "Abrechnungsreferenz",
    "BVV-Position",
    "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)",
    "Abw. Skontokonto",
];

fn titles() -> impl Iterator<Item = Cow<'static, str>> {
    let pairs = |count: usize, kind: &'static str, content: &'static str| {
        (1..=count).flat_map(move |number| [format!("{kind} {number}"), format!("{content} {number}")]).map(Cow::Owned)
    };
    let fixed = |titles: &'static [&'static str]| titles.iter().map(|title| Cow::Borrowed(*title));
    fixed(&FIRST_TITLES)
        .chain(pairs(8, "Beleginfo - Art", "Beleginfo - Inhalt"))
        .chain(fixed(&MIDDLE_TITLES))
        .chain(pairs(20, "Zusatzinformation - Art", "Zusatzinformation- Inhalt"))
        .chain(fixed(&LAST_TITLES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_as_many_as_the_columns() {
        let titles: Vec<_> = titles().collect();
        assert_eq!(titles.len(), COLUMNS);
        assert_eq!(
            (titles[COLUMN_TEXT].as_ref(), titles[COLUMN_COST_CENTRE_1].as_ref()),
            ("Buchungstext", "KOST1 - Kostenstelle")
        );
        assert_eq!((titles[86].as_ref(), titles[113].as_ref()), ("Zusatzinformation- Inhalt 20", "Festschreibung"));
    }
}
