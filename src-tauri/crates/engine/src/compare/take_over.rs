//! Takes over what stands in the books for a record and was not made from this ledger: another administrator exported
//! it, or exported it once more.
//!
//! Invariant: a record has one voucher that stands, of its newest generation. A ledger that does not know the newest
//! one learns of it here, before anything is concluded about an earlier one.

use std::collections::BTreeMap;

use crate::calls::{Caller, RunError};
use crate::domain::evidence::LookUpResult;
use crate::domain::likeness::Likeness;
use crate::domain::{
    BookingDay, Currency, FoundVoucher, Generation, Money, PostingRules, Record, RecordId, Reference, VoucherPart,
    VoucherState,
};
use crate::ledger::{ClaimMember, Settlement, TakenOver};
use crate::lock::Permit;

/// The look-ups for one record, at most; a record re-exported more often needs a person.
const ROUNDS_MAX: u32 = 50;

/// An export of a record that the books show, and that was made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportElsewhere {
    pub(crate) generation: Generation,
    pub(crate) reference: Reference,
    /// The vouchers under that reference, and under the others that this generation may have; not empty.
    pub(crate) vouchers: Vec<FoundVoucher>,
}

impl ExportElsewhere {
    /// Returns what stands under the references of a generation; `None` if nothing does.
    fn under(generation: Generation, looked_up: &LookUpResult, forms: Vec<Reference>) -> Option<Self> {
        let standing = looked_up.standing(forms);
        let vouchers = standing.iter().flat_map(|reference| looked_up.vouchers(reference).to_vec()).collect();
        Some(Self { generation, reference: standing.into_iter().next()?, vouchers })
    }
}

/// Returns, for each of these records, the newest export behind the given generation, if the books show one. All are
/// looked up together, in every form that a reference may have. One that is gone hides no later one.
pub(crate) async fn later_exports(
    caller: &Caller,
    permit: Option<&Permit>,
    forms: impl Fn(&RecordId, Generation) -> Vec<Reference>,
    known: &[(&RecordId, Generation)],
) -> Result<Vec<Option<ExportElsewhere>>, RunError> {
    let mut newest = vec![None; known.len()];
    let mut asked: Vec<(usize, Generation)> =
        known.iter().enumerate().map(|(index, (_, generation))| (index, *generation)).collect();
    for _ in 0..ROUNDS_MAX {
        let behind = |&(index, generation): &(usize, Generation)| {
            let record = known.get(index).map(|(record, _)| *record);
            let of = |record| generation.reach().map(move |later| (index, later, record));
            record.into_iter().flat_map(of).collect::<Vec<_>>()
        };
        let references: Vec<(usize, Generation, Vec<Reference>)> = asked
            .iter()
            .flat_map(behind)
            .map(|(index, generation, record)| (index, generation, forms(record, generation)))
            .collect();
        if references.is_empty() {
            break;
        }
        let all: Vec<Reference> = references.iter().flat_map(|(_, _, forms)| forms.clone()).collect();
        let looked_up = caller.look_up(permit, &all).await?;
        let mut found: BTreeMap<usize, Generation> = BTreeMap::new();
        for (index, generation, forms) in references {
            let export = ExportElsewhere::under(generation, &looked_up, forms);
            if let (Some(export), Some(slot)) = (export, newest.get_mut(index)) {
                *slot = Some(export);
                found.insert(index, generation);
            }
        }
        asked = found.into_iter().collect();
    }
    Ok(newest)
}

/// Returns those of these generations whose voucher stands in the books, each with its record. All are looked up together.
pub(crate) async fn standing_exports(
    caller: &Caller,
    permit: &Permit,
    forms: impl Fn(&RecordId, Generation) -> Vec<Reference>,
    asked: Vec<(RecordId, Generation)>,
) -> Result<Vec<(RecordId, ExportElsewhere)>, RunError> {
    let references: Vec<Vec<Reference>> = asked.iter().map(|(record, generation)| forms(record, *generation)).collect();
    let looked_up = caller.look_up(permit, &references.concat()).await?;
    let exports = asked.into_iter().zip(references).filter_map(|((record, generation), forms)| {
        Some((record, ExportElsewhere::under(generation, &looked_up, forms)?))
    });
    let stands = |export: &ExportElsewhere| export.vouchers.iter().any(|one| one.state == VoucherState::Posted);
    Ok(exports.filter(|(_, export)| stands(export)).collect())
}

/// Returns the voucher of an export that was made elsewhere as the ledger knows it from now on. What differs in it from
/// the record as it is now is taken as it stands there, so that the record shows as changed.
pub(crate) fn as_it_stands(
    record: &Record,
    export: &ExportElsewhere,
    rules: (&PostingRules, BookingDay),
) -> Option<TakenOver> {
    let standing = export.vouchers.iter().find(|voucher| voucher.state == VoucherState::Posted);
    let voucher = standing.or_else(|| export.vouchers.first())?;
    let member = member_as_shown(record, export.generation, &export.reference, voucher, rules);
    let settlement = Settlement::found(voucher);
    Some(TakenOver { member, settlement })
}

/// Returns the claim by which a voucher is taken over, with the content that stands there.
pub(crate) fn member_as_shown(
    record: &Record,
    generation: Generation,
    reference: &Reference,
    voucher: &FoundVoucher,
    rules: (&PostingRules, BookingDay),
) -> ClaimMember {
    let ours = member_of(record, generation, reference, rules);
    let likeness = ours.expected().likeness(voucher);
    if likeness.is_same() {
        return ours;
    }
    member_of(&as_shown(record, voucher, &likeness), generation, reference, rules)
}

/// Returns the claim on a record's content as it is now.
pub(crate) fn member_of(
    record: &Record,
    generation: Generation,
    reference: &Reference,
    rules: (&PostingRules, BookingDay),
) -> ClaimMember {
    let (rules, day) = rules;
    let posting = rules.posting(record, reference.clone(), day).ok();
    ClaimMember::of(record, generation, reference.clone(), posting.as_ref())
}

/// Returns the record as the voucher shows it, in the parts that differ.
fn as_shown(record: &Record, voucher: &FoundVoucher, likeness: &Likeness) -> Record {
    let mut shown = record.clone();
    for part in &likeness.differs {
        match part {
            VoucherPart::Date => shown.date = voucher.date,
            VoucherPart::Currency | VoucherPart::Amount => {
                let currency = Currency::from_code(&voucher.currency).unwrap_or(record.amount.currency());
                let total = Money::from_decimal(&voucher.total, currency).unwrap_or(record.amount);
                let is_other_side = (total.minor() < 0) != (record.amount.minor() < 0);
                shown.amount = total.opposite().filter(|_| is_other_side).unwrap_or(total);
            }
            VoucherPart::Sign => shown.amount = shown.amount.opposite().unwrap_or(shown.amount),
            VoucherPart::Payee => {
                let lines = voucher.shown.lines.iter().flatten();
                if let Some(party) = lines.filter_map(|line| line.party.clone()).next() {
                    shown.payee.id.clone_from(&party);
                    shown.payee.name = party;
                }
            }
            VoucherPart::Text => shown.text = voucher.shown.text.clone().unwrap_or_default(),
            // The account is chosen by the category, of which a voucher says nothing; the same holds for VAT and dimensions.
            VoucherPart::Account | VoucherPart::Vat | VoucherPart::Dimensions | VoucherPart::OwnAmount => {}
        }
    }
    shown
}
