//! How the ledger and the accounting system, or two contents of a record, may differ.

use super::text_value::text_value;

text_value! {
    /// What of a record's content may change; the members of its hash.
    ContentField {
        /// The date of the expense.
        Date = "date",
        /// The amount.
        Amount = "amount",
        /// Its currency.
        Currency = "currency",
        /// Who is paid.
        PayeeId = "payee_id",
        /// The category.
        Category = "category",
        /// The text of the voucher.
        Text = "text",
        /// The department.
        Department = "department",
        /// The project.
        Project = "project",
    }
}

text_value! {
    /// What became of a voucher that was acknowledged.
    AlarmKind {
        /// Nothing stands under its reference any more.
        Gone = "gone",
        /// It is voided or reversed, by somebody else.
        Reversed = "reversed",
        /// Several vouchers stand under its reference.
        Several = "several",
        /// Another date, currency, amount or voucher id than what was acknowledged.
        OtherContent = "other_content",
    }
}

text_value! {
    /// A difference between the ledger and the accounting system.
    DifferenceKind {
        /// Acknowledged once, and not found.
        MissingInAccounting = "missing_in_accounting",
        /// Found voided or reversed, and not by us.
        Reversed = "reversed",
        /// Several vouchers under one reference.
        Several = "several",
        /// Another date, currency or amount; or still standing, although we reversed it.
        OtherContent = "other_content",
        /// Another voucher than the one that was acknowledged.
        OtherVoucher = "other_voucher",
        /// Under a reference of ours, and the ledger posted nothing there.
        UnknownToLedger = "unknown_to_ledger",
        /// In doubt here, and found there.
        InDoubtFound = "in_doubt_found",
        /// A draft under a reference that is settled.
        DraftLeft = "draft_left",
    }
}

impl DifferenceKind {
    /// The alarm that it raises, where it is about a voucher that was acknowledged.
    pub fn alarm(self) -> Option<AlarmKind> {
        match self {
            Self::MissingInAccounting => Some(AlarmKind::Gone),
            Self::Reversed => Some(AlarmKind::Reversed),
            Self::Several => Some(AlarmKind::Several),
            Self::OtherContent | Self::OtherVoucher => Some(AlarmKind::OtherContent),
            Self::UnknownToLedger | Self::InDoubtFound | Self::DraftLeft => None,
        }
    }
}
