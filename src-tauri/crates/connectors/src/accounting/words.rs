//! Holds the words for what every accounting system may refuse. A refusal that Postonce concludes itself stands beside
//! the system's own words, and those are in the language of the user that Postonce speaks as; so these are, too.

use chrono::NaiveDate;
use postonce_words::catalogue;

catalogue! {
    currency(posting: &str, books: &str):
        "The posting is in {posting}, but the company keeps its books in {books}.",
        "Posteringen er i {posting}, men selskapet fører regnskap i {books}.";
    draft_changed(system: &str):
        "The draft was changed in {system} before it was posted. It was deleted; the next sync makes it anew.",
        "Kladden ble endret i {system} før den ble bokført. Den er slettet; neste synkronisering lager den på nytt.";
    vat_missing(system: &str, code: &str):
        "The VAT code {code} is not among the taxes on purchases in {system}. Create the tax under this name, or correct the code in the workspace.",
        "Mva-koden {code} finnes ikke blant avgiftene på kjøp i {system}. Opprett avgiften med dette navnet, eller rett koden i arbeidsområdet.";
    vat_unfit(system: &str, code: &str):
        "The VAT code {code} cannot be taken out of an amount in {system}: several taxes have this name, or it is not a percentage, or it is owed at the same time. Name another tax in the workspace.",
        "Mva-koden {code} kan ikke trekkes ut av et beløp i {system}: flere avgifter har dette navnet, eller den er ikke en prosentsats, eller den skal også betales. Velg en annen avgift i arbeidsområdet.";
    vat_foreign(system: &str, code: &str):
        "The amount is in a foreign currency, and {system} cannot take VAT by the code {code} out of it. Leave the code out for this category, or post the VAT on a line of its own (rate and account under [posting.vat_rules] in workspace.toml).",
        "Beløpet er i fremmed valuta, og {system} kan ikke trekke mva med koden {code} ut av det. Utelat koden for denne kategorien, eller bokfør mva på en egen linje (rate og account under [posting.vat_rules] i workspace.toml).";
    rate_missing(system: &str, currency: &str, date: NaiveDate):
        "{system} has no rate of {currency} on {date} or before. Enter the rate there, or add it in the source.",
        "{system} har ingen kurs for {currency} den {date} eller tidligere. Legg inn kursen der, eller legg den til i kilden.";
    value_missing(system: &str, dimension: &str, value: &str):
        "{dimension} has no value {value} in {system}. Create it there, or translate the value in the workspace.",
        "{dimension} har ingen verdi {value} i {system}. Opprett den der, eller oversett verdien i arbeidsområdet.";
    value_ambiguous(system: &str, dimension: &str, value: &str):
        "{dimension} has several values called {value} in {system}. Give them different codes there.",
        "{dimension} har flere verdier som heter {value} i {system}. Gi dem ulike koder der.";
    not_reversible(system: &str, voucher: &str):
        "Voucher {voucher} is not posted in {system}, and cannot be reversed.",
        "Bilaget {voucher} er ikke bokført i {system}, og kan ikke tilbakeføres.";
    already_reversed(system: &str, voucher: &str):
        "The voucher is reversed in {system} already, by voucher {voucher}.",
        "Bilaget er allerede tilbakeført i {system}, av bilag {voucher}.";
}

#[cfg(test)]
mod tests {
    use postonce_words::Language;

    use super::*;

    #[test]
    fn refusal_speaks_the_language_of_the_user() {
        assert!(currency(Language::Bokmal, "EUR", "NOK").starts_with("Posteringen er i EUR"));
        assert!(currency(Language::English, "EUR", "NOK").starts_with("The posting is in EUR"));
    }
}
