//! Holds the words of refusals that Postonce concludes itself. Odoo's own come in the language of the user whose key it
//! is, and stand beside these; so these are in that language as well.

use chrono::NaiveDate;
use postonce_engine::domain::Refusal;

use crate::accounting::words::{self, Language};

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
    DraftChanged,
    NotReversible { voucher: String },
    AlreadyReversed { voucher: String },
}

impl Obstacle {
    /// Returns the obstacle as the refusal of one voucher.
    pub(super) fn refusal(&self, language: Language) -> Refusal {
        Refusal { kind: self.kind().to_owned(), detail: self.sentence(language) }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::AccountMissing { .. } => "unknown-account",
            Self::PartyMissing { .. } | Self::PartyAmbiguous { .. } => "unknown-party",
            Self::PeriodClosed { .. } => "closed-period",
            Self::Currency { .. } => "bad-currency",
            Self::Amount { .. } | Self::Rounded { .. } => "bad-amount",
            Self::ReferenceTaken { .. } => "reference-conflict",
            Self::DraftChanged => "draft-changed",
            Self::NotReversible { .. } => "not-reversible",
            Self::AlreadyReversed { .. } => "already-reversed",
        }
    }

    fn sentence(&self, language: Language) -> String {
        let in_both = match self {
            Self::AccountMissing { account } => (
                format!(
                    "Konto {account} finnes ikke i kontoplanen, eller er arkivert. Opprett den i Odoo, eller rett kontoen i arbeidsområdet."
                ),
                format!(
                    "Account {account} is not in the chart of accounts, or is archived. Create it in Odoo, or correct the account in the workspace."
                ),
            ),
            Self::PartyMissing { party, account } => (
                format!(
                    "Konto {account} følges opp per kontakt, og ingen kontakt i Odoo har referansen {party}. Sett referansen på mottakerens kontakt."
                ),
                format!(
                    "Account {account} is followed up by contact, and no contact in Odoo has the reference {party}. Set that reference on the payee's contact."
                ),
            ),
            Self::PartyAmbiguous { party } => (
                format!("Flere kontakter i Odoo har referansen {party}. Gi dem ulike referanser."),
                format!("Several contacts in Odoo have the reference {party}. Give them different references."),
            ),
            Self::PeriodClosed { date, locked_to } => (
                format!(
                    "Regnskapet i Odoo er låst til og med {locked_to}, så {date} kan ikke bokføres. Flytt låsedatoen, eller endre datoen i kilden."
                ),
                format!(
                    "The books in Odoo are locked up to {locked_to}, so that {date} cannot be posted. Move the lock date, or change the date in the source."
                ),
            ),
            Self::Currency { posting, books } => words::currency(posting, books),
            Self::Amount { amount } => (
                format!("{amount} er ikke et beløp i denne valutaen."),
                format!("{amount} is not an amount of this currency."),
            ),
            Self::Rounded { asked, found } => (
                format!(
                    "Odoo gjorde noe annet av posteringen enn det som ble sendt: {asked} ble {found}. Kladden er slettet. Se etter avrunding og desimaler på valutaen i Odoo."
                ),
                format!(
                    "Odoo made something else of the posting than what was sent: {asked} became {found}. The draft was deleted. Look at the rounding and the decimals of the currency in Odoo."
                ),
            ),
            Self::ReferenceTaken { voucher } => (
                format!(
                    "Bilaget {voucher} står allerede i Odoo under denne referansen, med annet innhold eller tatt ut av regnskapet av noen."
                ),
                format!(
                    "Voucher {voucher} stands in Odoo under this reference already, with other content, or taken out of the books by somebody."
                ),
            ),
            Self::DraftChanged => words::draft_changed(SYSTEM),
            Self::NotReversible { voucher } => words::not_reversible(SYSTEM, voucher),
            Self::AlreadyReversed { voucher } => words::already_reversed(SYSTEM, voucher),
        };
        language.pick(in_both)
    }
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
