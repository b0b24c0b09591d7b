//! Holds the words for what every accounting system may refuse. A refusal that Postonce concludes itself stands beside
//! the system's own words, and those are in the language of the user that Postonce speaks as; so these are, too.

/// The language of the user at the accounting system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Bokmal,
    English,
}

/// Holds a sentence in Bokmål and in English.
pub(super) type InBoth = (String, String);

impl Language {
    /// Returns the language of a code as systems write them: `nb`, `nb_NO`, `nn-NO`, `no`, `en_US` …
    pub(super) fn of(code: &str) -> Self {
        match code.split(['_', '-', '.']).next() {
            Some("nb" | "nn" | "no") => Self::Bokmal,
            _ => Self::English,
        }
    }

    pub(super) fn pick(self, (bokmal, english): InBoth) -> String {
        match self {
            Self::Bokmal => bokmal,
            Self::English => english,
        }
    }
}

pub(super) fn currency(posting: &str, books: &str) -> InBoth {
    (
        format!("Posteringen er i {posting}, men selskapet fører regnskap i {books}."),
        format!("The posting is in {posting}, but the company keeps its books in {books}."),
    )
}

pub(super) fn draft_changed(system: &str) -> InBoth {
    (
        format!(
            "Kladden ble endret i {system} før den ble bokført. Den er slettet; neste synkronisering lager den på nytt."
        ),
        format!("The draft was changed in {system} before it was posted. It was deleted; the next sync makes it anew."),
    )
}

pub(super) fn not_reversible(system: &str, voucher: &str) -> InBoth {
    (
        format!("Bilaget {voucher} er ikke bokført i {system}, og kan ikke tilbakeføres."),
        format!("Voucher {voucher} is not posted in {system}, and cannot be reversed."),
    )
}

pub(super) fn already_reversed(system: &str, voucher: &str) -> InBoth {
    (
        format!("Bilaget er allerede tilbakeført i {system}, av bilag {voucher}."),
        format!("The voucher is reversed in {system} already, by voucher {voucher}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_that_of_the_code_with_any_country() {
        for code in ["nb", "nb_NO", "nn-NO", "no", "no_NO.UTF-8"] {
            assert_eq!(Language::of(code), Language::Bokmal, "{code}");
        }
        for code in ["en", "en_US", "sv", "", "norsk"] {
            assert_eq!(Language::of(code), Language::English, "{code}");
        }
        assert!(Language::Bokmal.pick(currency("EUR", "NOK")).starts_with("Posteringen er i EUR"));
        assert!(Language::English.pick(currency("EUR", "NOK")).starts_with("The posting is in EUR"));
    }
}
