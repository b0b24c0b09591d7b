//! Names the differences that the ledger and the accounting system, or two contents of a record, may have.

use super::text_value::text_value;

text_value! {
    /// A part of a record's content that may change; a member of its hash.
    ContentField {
        /// The date of the expense.
        Date = "date",
        /// The amount.
        Amount = "amount",
        /// The currency of the amount.
        Currency = "currency",
        /// The person who is paid.
        PayeeId = "payee_id",
        /// The category.
        Category = "category",
        /// The text of the voucher.
        Text = "text",
        /// The department.
        Department = "department",
        /// The project.
        Project = "project",
        /// The lines of the claim.
        Lines = "lines",
        /// The further dimensions.
        Dimensions = "dimensions",
        /// The VAT.
        Vat = "vat",
        /// The rate, or the worth in the organisation's currency.
        Exchange = "exchange",
    }
}

text_value! {
    /// A part of a voucher that a look-up may show.
    VoucherPart {
        /// The day in the books.
        Date = "date",
        /// The currency.
        Currency = "currency",
        /// The size of the sum.
        Amount = "amount",
        /// The side of the sum: owed to the payee, or by them.
        Sign = "sign",
        /// The accounts.
        Account = "account",
        /// The party on the payable line.
        Payee = "payee",
        /// The text.
        Text = "text",
        /// The VAT that the accounting system computes.
        Vat = "vat",
        /// The dimensions.
        Dimensions = "dimensions",
        /// The sum in the organisation's currency.
        OwnAmount = "own_amount",
    }
}

text_value! {
    /// An alarm about a voucher that was acknowledged.
    AlarmKind {
        /// Nothing stands under the voucher's reference any more.
        Gone = "gone",
        /// Somebody else voided or reversed the voucher.
        Reversed = "reversed",
        /// Several vouchers stand under the voucher's reference.
        Several = "several",
        /// The date, currency, amount or voucher id differs from the acknowledged one.
        OtherContent = "other_content",
    }
}

text_value! {
    /// A difference between the ledger and the accounting system.
    DifferenceKind {
        /// The voucher was acknowledged once, and is not found.
        MissingInAccounting = "missing_in_accounting",
        /// The voucher is voided or reversed, and not by us.
        Reversed = "reversed",
        /// Several vouchers stand under one reference.
        Several = "several",
        /// The date, currency or amount differs; or the voucher still stands, although we reversed it.
        OtherContent = "other_content",
        /// The voucher is not the one that was acknowledged.
        OtherVoucher = "other_voucher",
        /// A voucher stands under a reference of ours, and the ledger posted nothing there.
        UnknownToLedger = "unknown_to_ledger",
        /// The attempt is in doubt here, and its voucher is found there.
        InDoubtFound = "in_doubt_found",
        /// A draft stands under a reference that is settled.
        DraftLeft = "draft_left",
    }
}

impl DifferenceKind {
    /// Returns the alarm that the difference raises, if it is about a voucher that was acknowledged.
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
