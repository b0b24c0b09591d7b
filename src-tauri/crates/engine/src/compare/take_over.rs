//! Takes over what stands in the books for a record and was not made from this ledger: another administrator exported
//! it, or exported it once more.
//!
//! Invariant: a record has one voucher that stands, of its newest generation. A ledger that does not know the newest
//! one learns of it here, before anything is concluded about an earlier one.

use crate::calls::{Caller, RunError};
use crate::domain::likeness::Likeness;
use crate::domain::{
    BookingDay, Currency, FoundVoucher, Generation, Money, PostingRules, Record, RecordId, Reference, VoucherPart,
    VoucherState,
};
use crate::ledger::{ClaimMember, Settlement, TakenOver};
use crate::lock::Permit;

/// The generations that are looked for behind the known one, at most; a record re-exported more often needs a person.
const GENERATIONS_MAX: u32 = 50;

/// An export of a record that the books show, and that was made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportElsewhere {
    pub(crate) generation: Generation,
    pub(crate) reference: Reference,
    /// The vouchers under that reference; not empty.
    pub(crate) vouchers: Vec<FoundVoucher>,
}

/// Returns, for each of these records, the newest export behind the given generation, if the books show one. All are
/// looked up together.
pub(crate) async fn later_exports(
    caller: &Caller,
    permit: Option<&Permit>,
    reference: impl Fn(&RecordId, Generation) -> Reference,
    known: &[(&RecordId, Generation)],
) -> Result<Vec<Option<ExportElsewhere>>, RunError> {
    let mut newest = vec![None; known.len()];
    let mut asked: Vec<(usize, Generation)> =
        known.iter().enumerate().map(|(index, (_, generation))| (index, generation.next())).collect();
    for _ in 0..GENERATIONS_MAX {
        let of = |&(index, generation): &(usize, Generation)| {
            known.get(index).map(|(record, _)| (index, generation, reference(record, generation)))
        };
        let references: Vec<(usize, Generation, Reference)> = asked.iter().filter_map(of).collect();
        if references.is_empty() {
            break;
        }
        let only: Vec<Reference> = references.iter().map(|(_, _, reference)| reference.clone()).collect();
        let looked_up = caller.look_up(permit, &only).await?;
        asked.clear();
        for (index, generation, reference) in references {
            let vouchers = looked_up.vouchers(&reference).to_vec();
            if let (false, Some(slot)) = (vouchers.is_empty(), newest.get_mut(index)) {
                *slot = Some(ExportElsewhere { generation, reference, vouchers });
                asked.push((index, generation.next()));
            }
        }
    }
    Ok(newest)
}

/// Returns those of these generations whose voucher stands in the books, each with its record. All are looked up together.
pub(crate) async fn standing_exports(
    caller: &Caller,
    permit: &Permit,
    reference: impl Fn(&RecordId, Generation) -> Reference,
    asked: Vec<(RecordId, Generation)>,
) -> Result<Vec<(RecordId, ExportElsewhere)>, RunError> {
    let references: Vec<Reference> = asked.iter().map(|(record, generation)| reference(record, *generation)).collect();
    let looked_up = caller.look_up(permit, &references).await?;
    let exports = asked.into_iter().zip(references).map(|((record, generation), reference)| {
        let vouchers = looked_up.vouchers(&reference).to_vec();
        (record, ExportElsewhere { generation, reference, vouchers })
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
