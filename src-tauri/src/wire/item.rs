//! Carries rows: the result of each in a run, and its reason.

use std::collections::HashMap;

use postonce_engine::{domain, views};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Problem, Sum, VoucherMade, count, mirrored, moment};

mirrored! {
    /// The result of one row in one run.
    ItemResult of domain::ItemResult {
        Posted, HandedOver, SkippedAlreadyExported, SkippedHandedOver, SkippedFoundInAccounting, SkippedRepeatedInSource, LeftOut, Refused, Held, InDoubt,
        NotSent,
    }
}

/// The rows of a run that are shown; the kinds of duplicates are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemFilter {
    Posted,
    HandedOver,
    Skipped,
    LeftOut,
    Refused,
    Held,
    InDoubt,
    NotSent,
}

impl ItemFilter {
    /// Returns the engine's filter for the rows with these results and this text.
    pub(crate) fn with_text(filter: Option<Self>, text: Option<String>) -> postonce_engine::ItemFilter {
        let results = filter.map_or_else(Vec::new, |filter| filter.results().to_vec());
        postonce_engine::ItemFilter { results, text }
    }

    /// Returns the results that pass.
    fn results(self) -> &'static [domain::ItemResult] {
        use domain::ItemResult as Result;
        match self {
            Self::Posted => &[Result::Posted],
            Self::HandedOver => &[Result::HandedOver],
            Self::Skipped => &[
                Result::SkippedAlreadyExported,
                Result::SkippedHandedOver,
                Result::SkippedFoundInAccounting,
                Result::SkippedRepeatedInSource,
            ],
            Self::LeftOut => &[Result::LeftOut],
            Self::Refused => &[Result::Refused],
            Self::Held => &[Result::Held],
            Self::InDoubt => &[Result::InDoubt],
            Self::NotSent => &[Result::NotSent],
        }
    }
}

/// The place of a row in the source.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Place {
    file: String,
    line: u32,
}

impl From<domain::Place> for Place {
    fn from(place: domain::Place) -> Self {
        Self { file: place.file, line: count(place.line) }
    }
}

/// The reason why something was not exported.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Reason {
    /// The engine held it back.
    Held { code: HoldCode, params: HashMap<String, String> },
    /// The accounting system refused it, in its own words; `is_period_closed` says that its day lies in a closed period,
    /// and `next_open` which day is the first that is open again, if the accounting system names it.
    Refused { detail: String, is_period_closed: bool, next_open: Option<String> },
    /// No answer was understood.
    InDoubt { problem: Problem },
}

impl From<views::Reason> for Reason {
    fn from(reason: views::Reason) -> Self {
        match reason {
            views::Reason::Held(reason) => HoldCode::with_params(&reason),
            views::Reason::Refused(refusal) => Self::Refused {
                is_period_closed: refusal.kind == domain::Refusal::CLOSED_PERIOD,
                next_open: refusal.next_open.map(|day| day.to_string()),
                detail: refusal.detail,
            },
            views::Reason::InDoubt(problem) => Self::InDoubt { problem: problem.into() },
        }
    }
}

/// The codes of the reasons for holding a row back; the words stand in the catalogue under `reason_<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldCode {
    IdMissing,
    IdInvalid,
    FieldMissing,
    RowUnreadable,
    DateInvalid,
    DateImplausible,
    AmountInvalid,
    AmountDecimals,
    AmountZero,
    CurrencyUnknown,
    IdRepeated,
    IdScientific,
    DateIsNumber,
    DateAmbiguous,
    AmountAmbiguous,
    SideUnclear,
    CurrencyForeign,
    NotApproved,
    RuleUnclear,
    RowIsTotal,
    CellFaulty,
    FileNotRead,
    FileLetter,
    FileTooLong,
    FileUnfit,
    RowNotIncluded,
    RowExcluded,
    TotalLeftOut,
    RowHidden,
    HiddenLeftOut,
    CellMerged,
    HeadRepeated,
    RowContinues,
    RowIsNote,
    AccountMissing,
    IdLookAlike,
    ClaimSumDiffers,
    ClaimTooLong,
    ClaimDiffers,
    DimensionMissing,
    VatInvalid,
    RateMissing,
    RateInvalid,
    ExchangeContradicts,
    OwnAmountNotTaken,
    VatCodeNotTaken,
    BeingEdited,
    ChangedSinceRead,
    LockRefused,
}

impl HoldCode {
    /// Returns the reason with the parameters of its sentence.
    pub(crate) fn with_params(reason: &domain::HoldReason) -> Reason {
        let members = match serde_json::to_value(reason) {
            Ok(serde_json::Value::Object(members)) => members,
            _ => serde_json::Map::new(),
        };
        let params = members.into_iter().filter(|(name, _)| name != "code");
        let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Reason::Held { code: Self::of(reason), params: params.map(|(name, value)| (name, text(value))).collect() }
    }

    fn of(reason: &domain::HoldReason) -> Self {
        use domain::HoldReason as Hold;
        match reason {
            Hold::IdMissing => Self::IdMissing,
            Hold::IdInvalid { .. } => Self::IdInvalid,
            Hold::FieldMissing { .. } => Self::FieldMissing,
            Hold::RowUnreadable { .. } => Self::RowUnreadable,
            Hold::DateInvalid { .. } => Self::DateInvalid,
            Hold::DateImplausible { .. } => Self::DateImplausible,
            Hold::AmountInvalid { .. } => Self::AmountInvalid,
            Hold::AmountDecimals { .. } => Self::AmountDecimals,
            Hold::AmountZero => Self::AmountZero,
            Hold::CurrencyUnknown { .. } => Self::CurrencyUnknown,
            Hold::IdRepeated { .. } => Self::IdRepeated,
            Hold::IdScientific { .. } => Self::IdScientific,
            Hold::DateIsNumber { .. } => Self::DateIsNumber,
            Hold::DateAmbiguous { .. } => Self::DateAmbiguous,
            Hold::AmountAmbiguous { .. } => Self::AmountAmbiguous,
            Hold::SideUnclear { .. } => Self::SideUnclear,
            Hold::CurrencyForeign { .. } => Self::CurrencyForeign,
            Hold::NotApproved { .. } => Self::NotApproved,
            Hold::RuleUnclear { .. } => Self::RuleUnclear,
            Hold::RowIsTotal { .. } => Self::RowIsTotal,
            Hold::CellFaulty { .. } => Self::CellFaulty,
            Hold::FileNotRead => Self::FileNotRead,
            Hold::FileLetter { .. } => Self::FileLetter,
            Hold::FileTooLong { .. } => Self::FileTooLong,
            Hold::FileUnfit { .. } => Self::FileUnfit,
            Hold::RowNotIncluded { .. } => Self::RowNotIncluded,
            Hold::RowExcluded { .. } => Self::RowExcluded,
            Hold::TotalLeftOut => Self::TotalLeftOut,
            Hold::RowHidden => Self::RowHidden,
            Hold::HiddenLeftOut => Self::HiddenLeftOut,
            Hold::CellMerged { .. } => Self::CellMerged,
            Hold::HeadRepeated => Self::HeadRepeated,
            Hold::RowContinues => Self::RowContinues,
            Hold::RowIsNote { .. } => Self::RowIsNote,
            Hold::AccountMissing { .. } => Self::AccountMissing,
            Hold::IdLookAlike { .. } => Self::IdLookAlike,
            Hold::ClaimSumDiffers { .. } => Self::ClaimSumDiffers,
            Hold::ClaimTooLong { .. } => Self::ClaimTooLong,
            Hold::ClaimDiffers { .. } => Self::ClaimDiffers,
            Hold::DimensionMissing { .. } => Self::DimensionMissing,
            Hold::VatInvalid { .. } => Self::VatInvalid,
            Hold::RateMissing { .. } => Self::RateMissing,
            Hold::RateInvalid { .. } => Self::RateInvalid,
            Hold::ExchangeContradicts { .. } => Self::ExchangeContradicts,
            Hold::OwnAmountNotTaken { .. } => Self::OwnAmountNotTaken,
            Hold::VatCodeNotTaken { .. } => Self::VatCodeNotTaken,
            Hold::BeingEdited => Self::BeingEdited,
            Hold::ChangedSinceRead => Self::ChangedSinceRead,
            Hold::LockRefused { .. } => Self::LockRefused,
        }
    }
}

/// One row of a run.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunItem {
    pub(crate) position: u32,
    record_id: Option<String>,
    place: Option<Place>,
    payee: Option<String>,
    date: Option<String>,
    amount: Option<Sum>,
    generation: Option<u32>,
    result: Option<ItemResult>,
    reference: Option<String>,
    voucher_id: Option<String>,
    voucher_number: Option<String>,
    reason: Option<Reason>,
    earlier_run_id: Option<String>,
    earlier_at: Option<String>,
    made: Option<VoucherMade>,
    look_alike: Option<String>,
}

impl From<views::RunItem> for RunItem {
    fn from(item: views::RunItem) -> Self {
        Self {
            position: count(item.position),
            record_id: item.record_id,
            place: item.place.map(Place::from),
            payee: item.payee,
            date: item.date.map(|day| day.to_string()),
            amount: item.amount.map(Sum::from),
            generation: item.generation.map(|generation| generation.number()),
            result: item.result.map(ItemResult::from),
            reference: item.reference,
            voucher_id: item.voucher_id,
            voucher_number: item.voucher_number,
            reason: item.reason.map(Reason::from),
            earlier_run_id: item.earlier_run_id.map(|run| run.to_string()),
            earlier_at: item.earlier_at.map(moment),
            made: item.made.map(VoucherMade::from),
            look_alike: item.look_alike,
        }
    }
}
