//! Holds the words of refusals that Postonce concludes itself. Odoo's own come in the language of the user whose key it
//! is, and stand beside these; so these are in that language as well.

use chrono::NaiveDate;
use postonce_engine::domain::Refusal;
use postonce_words::{Language, catalogue};

use crate::accounting::words;

const SYSTEM: &str = "Odoo";

/// The reason why a posting is not made, or not posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    AccountMissing { account: String },
    PartyMissing { party: String, account: String },
    PartyAmbiguous { party: String },
    PeriodClosed { date: NaiveDate, locked_to: NaiveDate },
    Currency { posting: String, books: String },
    Amount { amount: String },
    Rounded { asked: String, found: String },
    ReferenceTaken { voucher: String },
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
        let next_open = match self {
            Self::PeriodClosed { locked_to, .. } => locked_to.succ_opt(),
            _ => None,
        };
        Refusal { next_open, ..Refusal::new(self.kind(), self.sentence(language)) }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::AccountMissing { .. } => "unknown-account",
            Self::PartyMissing { .. } | Self::PartyAmbiguous { .. } => "unknown-party",
            Self::PeriodClosed { .. } => "closed-period",
            Self::Currency { .. } | Self::RateMissing { .. } | Self::VatForeign { .. } => "bad-currency",
            Self::Amount { .. } | Self::Rounded { .. } => "bad-amount",
            Self::ReferenceTaken { .. } => "reference-conflict",
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
            Self::PartyMissing { party, account } => party_missing(language, party, account),
            Self::PartyAmbiguous { party } => party_ambiguous(language, party),
            Self::PeriodClosed { date, locked_to } => period_closed(language, *date, *locked_to),
            Self::Currency { posting, books } => words::currency(language, posting, books),
            Self::Amount { amount } => amount_unfit(language, amount),
            Self::Rounded { asked, found } => rounded(language, asked, found),
            Self::ReferenceTaken { voucher } => reference_taken(language, voucher),
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
        "Account {account} is not in the chart of accounts, or is archived. Create it in Odoo, or correct the account in the workspace.",
        "Konto {account} finnes ikke i kontoplanen, eller er arkivert. Opprett den i Odoo, eller rett kontoen i arbeidsområdet.";
    party_missing(party: &str, account: &str):
        "Account {account} is followed up by contact, and no contact in Odoo has the reference {party}. Set that reference on the payee's contact.",
        "Konto {account} følges opp per kontakt, og ingen kontakt i Odoo har referansen {party}. Sett referansen på mottakerens kontakt.";
    party_ambiguous(party: &str):
        "Several contacts in Odoo have the reference {party}. Give them different references.",
        "Flere kontakter i Odoo har referansen {party}. Gi dem ulike referanser.";
    period_closed(date: NaiveDate, locked_to: NaiveDate):
        "The books in Odoo are locked up to {locked_to}, so that {date} cannot be posted. Move the lock date, or change the date in the source.",
        "Regnskapet i Odoo er låst til og med {locked_to}, så {date} kan ikke bokføres. Flytt låsedatoen, eller endre datoen i kilden.";
    amount_unfit(amount: &str):
        "{amount} is not an amount of this currency.",
        "{amount} er ikke et beløp i denne valutaen.";
    rounded(asked: &str, found: &str):
        "Odoo made something else of the posting than what was sent: {asked} became {found}. The draft was deleted. Look at the rounding and the decimals of the currency in Odoo.",
        "Odoo gjorde noe annet av posteringen enn det som ble sendt: {asked} ble {found}. Kladden er slettet. Se etter avrunding og desimaler på valutaen i Odoo.";
    dimension_missing(dimension: &str, value: &str):
        "The expense belongs to {dimension} {value}, and Odoo has no analytic plan called {dimension}, or the user may not read it. Create the plan with this value, or leave the dimension out in the workspace.",
        "Utlegget hører til {dimension} {value}, og Odoo har ingen analytisk plan som heter {dimension}, eller brukeren kan ikke lese den. Opprett planen med denne verdien, eller utelat dimensjonen i arbeidsområdet.";
    reference_taken(voucher: &str):
        "Voucher {voucher} stands in Odoo under this reference already, with other content, or taken out of the books by somebody.",
        "Bilaget {voucher} står allerede i Odoo under denne referansen, med annet innhold eller tatt ut av regnskapet av noen.";
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
