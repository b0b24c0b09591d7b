//! Holds the words of refusals that Postonce concludes before it sends anything. Tryton's own refusals come in the
//! language of the user that Postonce logs in as, and stand beside these; so these are in that language as well.

use chrono::NaiveDate;
use postonce_engine::domain::Refusal;
use postonce_words::{Language, catalogue};

use crate::accounting::words;

const SYSTEM: &str = "Tryton";

/// The reason why a posting is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    AccountMissing { account: String },
    AccountUnfit { account: String },
    AccountAmbiguous { account: String },
    PeriodMissing { date: NaiveDate },
    PeriodClosed { date: NaiveDate, period: String, next_open: Option<NaiveDate> },
    PartyMissing { party: String },
    PartyUnnamed { account: String },
    Currency { posting: String, books: String },
    VatMissing { code: String },
    VatUnfit { code: String },
    VatForeign { code: String },
    RateMissing { currency: String, date: NaiveDate },
    DimensionMissing { dimension: String, value: String },
    ValueMissing { dimension: String, value: String },
    ValueAmbiguous { dimension: String, value: String },
    DraftChanged,
    NotReversible { voucher: String },
    AlreadyReversed { voucher: String },
}

impl Obstacle {
    /// Returns the obstacle as the refusal of one voucher.
    pub(super) fn refusal(&self, language: Language) -> Refusal {
        let next_open = if let Self::PeriodClosed { next_open, .. } = self { *next_open } else { None };
        Refusal { next_open, ..Refusal::new(self.kind(), self.sentence(language)) }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::AccountMissing { .. } | Self::AccountAmbiguous { .. } => "unknown-account",
            Self::AccountUnfit { .. } => "closed-account",
            Self::PeriodMissing { .. } => "no-period",
            Self::PeriodClosed { .. } => "closed-period",
            Self::PartyMissing { .. } | Self::PartyUnnamed { .. } => "unknown-party",
            Self::Currency { .. } | Self::RateMissing { .. } | Self::VatForeign { .. } => "bad-currency",
            Self::VatMissing { .. } | Self::VatUnfit { .. } => "unknown-vat-code",
            Self::DimensionMissing { .. } | Self::ValueMissing { .. } | Self::ValueAmbiguous { .. } => {
                "unknown-dimension"
            }
            Self::DraftChanged => "draft-changed",
            Self::NotReversible { .. } => "not-reversible",
            Self::AlreadyReversed { .. } => "already-reversed",
        }
    }

    fn sentence(&self, language: Language) -> String {
        match self {
            Self::AccountMissing { account } => account_missing(language, account),
            Self::AccountUnfit { account } => account_unfit(language, account),
            Self::AccountAmbiguous { account } => account_ambiguous(language, account),
            Self::PeriodMissing { date } => period_missing(language, *date),
            Self::PeriodClosed { date, period, .. } => period_closed(language, *date, period),
            Self::PartyMissing { party } => party_missing(language, party),
            Self::PartyUnnamed { account } => party_unnamed(language, account),
            Self::Currency { posting, books } => words::currency(language, posting, books),
            Self::VatMissing { code } => words::vat_missing(language, SYSTEM, code),
            Self::VatUnfit { code } => words::vat_unfit(language, SYSTEM, code),
            Self::VatForeign { code } => words::vat_foreign(language, SYSTEM, code),
            Self::RateMissing { currency, date } => words::rate_missing(language, SYSTEM, currency, *date),
            Self::DimensionMissing { dimension, value } => dimension_missing(language, dimension, value),
            Self::ValueMissing { dimension, value } => words::value_missing(language, SYSTEM, dimension, value),
            Self::ValueAmbiguous { dimension, value } => words::value_ambiguous(language, SYSTEM, dimension, value),
            Self::DraftChanged => words::draft_changed(language, SYSTEM),
            Self::NotReversible { voucher } => words::not_reversible(language, SYSTEM, voucher),
            Self::AlreadyReversed { voucher } => words::already_reversed(language, SYSTEM, voucher),
        }
    }
}

catalogue! {
    account_missing(account: &str):
        "Account {account} is not in the chart of accounts. Create it in Tryton, or correct the account in the workspace.",
        "Konto {account} finnes ikke i kontoplanen. Opprett den i Tryton, eller rett kontoen i arbeidsområdet.";
    account_unfit(account: &str):
        "Account {account} is closed or cannot be posted to. Open it in Tryton, or choose another in the workspace.",
        "Konto {account} er lukket eller kan ikke bokføres på. Åpne den i Tryton, eller velg en annen i arbeidsområdet.";
    account_ambiguous(account: &str):
        "Several accounts have the code {account}. Give them different codes in Tryton.",
        "Flere kontoer har nummer {account}. Gi dem ulike numre i Tryton.";
    period_missing(date: NaiveDate):
        "No period covers {date}. Create the fiscal year and its periods in Tryton.",
        "Ingen regnskapsperiode dekker {date}. Opprett regnskapsåret med perioder i Tryton.";
    period_closed(date: NaiveDate, period: &str):
        "Period {period} is closed, so that {date} cannot be posted. Open the period in Tryton, or change the date in the source.",
        "Perioden {period} er lukket, så {date} kan ikke bokføres. Åpne perioden i Tryton, eller endre datoen i kilden.";
    party_missing(party: &str):
        "The payee {party} is not a party in Tryton. Create the party with this code, or set create_parties = true in the workspace.",
        "Mottakeren {party} er ikke en part i Tryton. Opprett parten med denne koden, eller sett create_parties = true i arbeidsområdet.";
    party_unnamed(account: &str):
        "Account {account} needs a party, and the posting names no payee.",
        "Konto {account} krever en part, og posteringen nevner ingen mottaker.";
    dimension_missing(dimension: &str, value: &str):
        "The expense belongs to {dimension} {value}, and Tryton has no root of analytic accounts called {dimension}, or the module analytic_account is not in use. Create the root with this value, or leave the dimension out in the workspace.",
        "Utlegget hører til {dimension} {value}, og Tryton har ingen rot for analytiske kontoer som heter {dimension}, eller modulen analytic_account er ikke i bruk. Opprett roten med denne verdien, eller utelat dimensjonen i arbeidsområdet.";
    lock_name(company: &str):
        "Postonce – export lock of {company} (leave as it is)",
        "Postonce – eksportlås for {company} (skal ikke endres)";
    scheme_name(company: &str):
        "Postonce – references of {company} (leave as it is)",
        "Postonce – referanser for {company} (skal ikke endres)";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_the_language_of_the_user_there() {
        let obstacle = Obstacle::AccountMissing { account: "7790".to_owned() };
        assert!(obstacle.refusal(Language::Bokmal).detail.starts_with("Konto 7790 finnes ikke"));
        assert!(obstacle.refusal(Language::English).detail.starts_with("Account 7790 is not"));
    }
}
