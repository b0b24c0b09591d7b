//! Holds the chart of accounts: a believable subset of the Norwegian standard chart, NS 4102.

/// Number and name of each account, in the order of the numbers.
const CHART: [(&str, &str); 32] = [
    ("1500", "Kundefordringer"),
    ("1920", "Bankinnskudd"),
    ("2400", "Leverandørgjeld"),
    ("2930", "Skyldig lønn og utlegg"),
    ("2990", "Annen kortsiktig gjeld"),
    ("5000", "Lønn til ansatte"),
    ("5330", "Godtgjørelse til styre- og tillitsvalgte"),
    ("5990", "Annen personalkostnad"),
    ("6300", "Leie av lokale"),
    ("6320", "Renovasjon, vann, avløp"),
    ("6540", "Inventar"),
    ("6560", "Rekvisita"),
    ("6700", "Revisjonshonorar"),
    ("6790", "Annen fremmed tjeneste"),
    ("6800", "Kontorrekvisita"),
    ("6860", "Møter, kurs og oppdatering"),
    ("6900", "Telefon"),
    ("6940", "Porto"),
    ("7000", "Drivstoff"),
    ("7020", "Vedlikehold av transportmidler"),
    ("7040", "Forsikring av transportmidler"),
    ("7100", "Bilgodtgjørelse"),
    ("7140", "Reisekostnad"),
    ("7150", "Diettkostnad, oppgavepliktig"),
    ("7160", "Diettkostnad, ikke oppgavepliktig"),
    ("7320", "Reklamekostnad"),
    ("7350", "Representasjon"),
    ("7400", "Kontingent og gave"),
    ("7500", "Forsikringspremie"),
    ("7770", "Bank- og kortgebyr"),
    ("7790", "Annen kostnad"),
    ("7798", "Annen kostnad, ikke fradragsberettiget"),
];

/// The parts of a whole: rates are counted in hundredths of a per cent.
pub(crate) const WHOLE: i64 = 10_000;

/// The VAT codes of purchases, by the standard list of SAF-T, each with its rate.
const VAT_CODES: [(&str, i64); 4] = [("0", 0), ("1", 2_500), ("11", 1_500), ("13", 1_200)];

/// Returns the rate of a VAT code; `None` for a code that is not listed.
pub(crate) fn vat_rate(code: &str) -> Option<i64> {
    VAT_CODES.iter().find(|(known, _)| *known == code).map(|(_, rate)| *rate)
}

/// Tells whether the chart has an account of this number.
pub(crate) fn is_known(number: &str) -> bool {
    CHART.binary_search_by(|(known, _)| known.cmp(&number)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_stands_in_the_order_of_its_numbers() {
        assert!(CHART.is_sorted_by(|(left, _), (right, _)| left < right));
        assert!(is_known("2930") && is_known("7798") && !is_known("9999") && !is_known(""));
    }
}
