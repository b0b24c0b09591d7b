//! Holds the words for what every accounting system may refuse. A refusal that Postonce concludes itself stands beside
//! the system's own words, and those are in the language of the user that Postonce speaks as; so these are, too.

use postonce_words::catalogue;

catalogue! {
    currency(posting: &str, books: &str):
        "The posting is in {posting}, but the company keeps its books in {books}.",
        "Posteringen er i {posting}, men selskapet fører regnskap i {books}.";
    draft_changed(system: &str):
        "The draft was changed in {system} before it was posted. It was deleted; the next sync makes it anew.",
        "Kladden ble endret i {system} før den ble bokført. Den er slettet; neste synkronisering lager den på nytt.";
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
