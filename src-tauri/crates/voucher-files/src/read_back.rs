//! Compares books with the references that were handed over: each stands there once, several times, or not at all.
//!
//! Invariant: absence is proven only by a file that is whole, covers the date of the voucher, is narrowed by nothing
//! else, was made on a later day than the hand-over, and has no text that ends in the middle of the reference. Its day
//! is all that a file states of its time, so the same day proves nothing.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::read::found::{FileEnd, FileHead, FoundLine, FoundVoucher, Selection, Standing};
use crate::reference::{Cut, Hit, ReferenceIndex, add};

/// The sightings of a reference that are kept; more are counted only.
const SIGHTINGS_MAX: usize = 100;

/// A reference that was handed over in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The reference.
    pub reference: String,
    /// The date of its voucher.
    pub date: NaiveDate,
    /// The day on which the file left, by the clock of the organisation.
    pub on: NaiveDate,
}

/// A voucher of the books in which a reference stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The journal or series, if the file has such.
    pub series: Option<String>,
    /// The voucher number.
    pub number: String,
    /// The date.
    pub date: NaiveDate,
    /// The sum of the debits.
    pub amount: Decimal,
    /// The sum of each account, debit positive.
    pub accounts: BTreeMap<String, Decimal>,
    /// The standing of the voucher.
    pub standing: Standing,
    /// False if the reference stands there in other letters, small for capital ones.
    pub is_exact: bool,
    /// False if other references stand in the voucher too. Amount and accounts are then those of the lines that carry
    /// this one.
    pub stands_alone: bool,
}

/// The finding about a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stands in one voucher.
    Once(Sighting),
    /// It stands in several.
    Several {
        /// The vouchers, as far as they are kept.
        sightings: Vec<Sighting>,
        /// The number of all of them.
        count: u64,
    },
    /// It stands in none.
    NotThere(Absence),
}

/// The meaning of an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The voucher is not among the posted ones of the books. It may still be a draft, which no such file has.
    Proven,
    /// The file does not say what was selected.
    SelectionUnknown,
    /// The selection does not cover the date of the voucher.
    DateNotSelected,
    /// The selection is narrowed by another criterion than dates.
    SelectionNarrowed,
    /// The selection is by periods, and a voucher in it shows that they are not the months of the calendar.
    PeriodsAreNoMonths,
    /// The file does not say when it was made.
    DayUnknown,
    /// The file was made before the hand-over, or on the same day.
    MadeTooEarly,
    /// The sums that the file states are not those of its vouchers: it is a part of the books.
    SumsDiffer,
    /// Nothing at the end of such a file shows that it is whole.
    EndNotShown,
    /// A text of the file ends in the middle of the reference: a field was too short for it.
    MayBeCut,
}

/// A comparison under way: it sees one voucher after the other.
#[derive(Debug)]
pub struct ReadBack {
    wanted: Vec<HandedOver>,
    index: ReferenceIndex,
    sightings: Vec<Vec<Sighting>>,
    counts: Vec<u64>,
    cuts: HashSet<Cut>,
}

impl ReadBack {
    /// Begins a comparison. `others` are references that the books may hold as well, so that none is taken for another
    /// that it begins with.
    pub fn new(wanted: Vec<HandedOver>, others: impl IntoIterator<Item = String>) -> Self {
        let references = wanted.iter().map(|wanted| wanted.reference.clone());
        let index = ReferenceIndex::new(references.chain(others).collect::<Vec<String>>());
        let sightings = wanted.iter().map(|_| Vec::new()).collect();
        let counts = vec![0; wanted.len()];
        Self { wanted, index, sightings, counts, cuts: HashSet::new() }
    }

    /// Takes note of a voucher.
    pub fn see(&mut self, voucher: &FoundVoucher) {
        let mut hits = Vec::new();
        let ids = voucher.source_ids.iter().chain([&voucher.number]);
        for text in voucher.texts.iter().chain(ids) {
            self.index.collect_hits(text, &mut hits);
            self.index.collect_cuts(text, &mut self.cuts);
        }
        let mut carrying: BTreeMap<usize, Vec<&FoundLine>> = BTreeMap::new();
        for line in &voucher.lines {
            let mut of_line = Vec::new();
            for text in line.text.iter().chain(&line.references) {
                self.index.collect_hits(text, &mut of_line);
                self.index.collect_cuts(text, &mut self.cuts);
            }
            for hit in of_line {
                add(hit, &mut hits);
                carrying.entry(hit.reference).or_default().push(line);
            }
        }
        let stands_alone = hits.len() == 1;
        for hit in hits {
            let Some(count) = self.counts.get_mut(hit.reference) else { continue };
            *count += 1;
            let known = &mut self.sightings[hit.reference];
            if known.len() < SIGHTINGS_MAX {
                // A merged voucher that names its references at its head alone does not say whose line is whose.
                let own = carrying.get(&hit.reference).filter(|_| !stands_alone);
                known.push(match own {
                    Some(lines) => sighting(voucher, hit, stands_alone, lines.iter().copied()),
                    None => sighting(voucher, hit, stands_alone, voucher.lines.iter()),
                });
            }
        }
    }

    /// Ends the comparison, when the file was read to its end. The findings come in the order of the references.
    pub fn finish(self, head: &FileHead, end: &FileEnd) -> Vec<(HandedOver, Verdict)> {
        let cut: HashSet<usize> = self.cuts.iter().flat_map(|cut| self.index.cut_references(*cut)).collect();
        let findings = self.wanted.into_iter().zip(self.sightings).zip(self.counts).enumerate();
        let verdicts = findings.map(|(place, ((wanted, mut sightings), count))| {
            let verdict = match (sightings.pop(), count) {
                (None, _) if cut.contains(&place) => Verdict::NotThere(Absence::MayBeCut),
                (None, _) => Verdict::NotThere(absence(&wanted, head, end)),
                (Some(one), 1) => Verdict::Once(one),
                (Some(last), count) => {
                    sightings.push(last);
                    Verdict::Several { sightings, count }
                }
            };
            (wanted, verdict)
        });
        verdicts.collect()
    }
}

fn sighting<'l>(
    voucher: &FoundVoucher,
    hit: Hit,
    stands_alone: bool,
    lines: impl Iterator<Item = &'l FoundLine>,
) -> Sighting {
    let (mut amount, mut accounts) = (Decimal::ZERO, BTreeMap::new());
    for line in lines {
        if line.amount.is_sign_positive() {
            amount = amount.saturating_add(line.amount);
        }
        let sum: &mut Decimal = accounts.entry(line.account.clone()).or_default();
        *sum = sum.saturating_add(line.amount);
    }
    Sighting {
        series: voucher.series.clone(),
        number: voucher.number.clone(),
        date: voucher.date,
        amount,
        accounts,
        standing: voucher.standing,
        is_exact: hit.is_exact,
        stands_alone,
    }
}

/// Returns what it means that a reference does not stand in the file.
fn absence(wanted: &HandedOver, head: &FileHead, end: &FileEnd) -> Absence {
    let Some(selection) = head.selection else { return Absence::SelectionUnknown };
    let Some(made_on) = head.made_on else { return Absence::DayUnknown };
    let is_by_periods = matches!(selection, Selection::Periods { .. });
    if !selection.has(wanted.date) {
        Absence::DateNotSelected
    } else if !head.narrowed_by.is_empty() {
        Absence::SelectionNarrowed
    } else if is_by_periods && !end.periods_are_months {
        Absence::PeriodsAreNoMonths
    } else if made_on <= wanted.on {
        Absence::MadeTooEarly
    } else if !end.sums_agree {
        Absence::SumsDiffer
    } else if !end.is_shown {
        Absence::EndNotShown
    } else {
        Absence::Proven
    }
}

#[cfg(test)]
mod tests;
