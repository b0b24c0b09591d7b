//! Holds the nouns of the product, as types that cannot be built wrong.
//!
//! Invariant: nothing here does I/O, reads a clock or knows of the ledger; every value is checked where it is made.

mod attempt;
mod audit;
pub mod audit_chain;
mod difference;
pub(crate) mod evidence;
mod exchange;
pub(crate) mod expense;
mod file_digest;
mod hold;
mod like_id;
pub(crate) mod likeness;
mod money;
mod posting;
mod posting_rules;
mod protection;
mod question;
mod receipt;
pub(crate) mod record;
mod reference;
pub mod row_digest;
mod run;
pub(crate) mod schedule;
mod sealed_file;
mod text_value;
mod voucher;
mod voucher_pages;

pub use attempt::{AttemptState, RequestKey, RequestKind};
pub use audit::{Act, FindingKind, MemoryState, WitnessState};
pub use difference::{AlarmKind, ContentField, DifferenceKind, VoucherPart};
pub use exchange::{Exchange, OwnAmount, Rate};
pub use expense::{DEPARTMENT, ExpenseDetail, ExpenseLine, ExpenseVat, PROJECT};
pub use file_digest::FileDigest;
pub use hold::{HoldReason, Place};
pub use money::{Currency, CurrencySums, Money, MoneyError};
pub(crate) use posting::SentContent;
pub use posting::{Account, Line, OtherDay, Posting};
pub use posting_rules::{
    AccountRule, BookingDay, Condition, Decider, DimensionRule, PartyRule, PostingDate, PostingRules, VatRule,
    VatTreatment, WithoutRate,
};
pub use protection::{Capabilities, Protection, SEARCH_LAG_UNSTATED};
pub(crate) use question::SetDigest;
pub use question::Topic;
pub use receipt::{MediaType, Receipt, ReceiptState};
pub use record::{ContentHash, Payee, Record, RecordId, RecordIdError};
pub use reference::{Generation, OrganisationId, OrganisationIdError, Reference, ReferenceForms, ReferenceRules};
pub use run::{Actor, Counts, ItemResult, Outcome, Period, PeriodError, RunId, TimeFate, Trigger};
pub use sealed_file::{FileRefusal, FileSeal, SealedFile};
pub use voucher::{
    Acknowledgement, CommitResult, Discarded, DraftId, Found, FoundDraft, FoundVoucher, OwnTotal, Refusal,
    ShownContent, ShownLine, StageResult, VoucherMade, VoucherResult, VoucherState,
};
pub use voucher_pages::VoucherPages;
