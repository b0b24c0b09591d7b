//! Keeps vouchers: made, found, voided. Every voucher that the interface makes is judged at that moment.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use postonce_engine::domain::{
    Acknowledgement, Currency, Found, FoundVoucher, Money, Period, Protection, RecordId, Reference, Refusal,
    ShownContent, ShownLine, VoucherResult, VoucherState,
};
use postonce_engine::ports::{CallError, VoucherPage};

use super::references::{OTHER_PREFIX, PREFIX, canonical, with_prefix};
use super::{Books, Envelope, POISON, SentPosting, refusal, refused};
use crate::options::Options;
use crate::platform::{PAYABLE, reference};

/// The number of vouchers in a page.
const PAGE: usize = 25;

/// The maker of a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A program, through the interface.
    Interface,
    /// An accountant, by hand.
    Hand,
}

/// The standing of a voucher in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Live,
    /// Voided or reversed; still to be seen.
    Voided,
    /// Deleted, as if it had never been.
    Deleted,
}

#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) drawn: SentPosting,
    pub(crate) origin: Origin,
    pub(crate) standing: Standing,
    made_at: DateTime<Utc>,
    visible_at: Duration,
    reversed_by: Option<usize>,
    reverses: Option<usize>,
}

impl Voucher {
    /// Tells whether a search shows it.
    pub(super) fn is_shown(&self, now: Duration) -> bool {
        self.standing != Standing::Deleted && self.visible_at <= now
    }
}

pub(crate) fn id_of(index: usize) -> String {
    format!("V-{}", index + 1)
}

fn index_of(id: &str) -> Option<usize> {
    id.strip_prefix("V-")?.parse::<usize>().ok()?.checked_sub(1)
}

fn acknowledgement(index: usize) -> Acknowledgement {
    Acknowledgement { voucher_id: id_of(index), number: Some((10_000 + index).to_string()) }
}

impl Books {
    /// Posts a request straight into the books: each voucher of it stands or falls alone.
    pub(crate) fn post(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        request: &[SentPosting],
    ) -> Result<Vec<VoucherResult>, CallError> {
        let fence = self.admit(now, envelope)?;
        self.whole(request)?;
        Ok(request.iter().map(|drawn| self.post_one(now, envelope, fence, drawn)).collect())
    }

    /// Takes or refuses the request as a whole.
    pub(super) fn whole(&self, request: &[SentPosting]) -> Result<(), CallError> {
        if request.len() > self.rules.batch_max {
            return Err(refused("too-large", true));
        }
        let poisoned = request.iter().any(|drawn| drawn.account == POISON);
        if self.rules.refuses_whole && poisoned { Err(refused("unknown-account", false)) } else { Ok(()) }
    }

    fn post_one(&mut self, now: Duration, envelope: &Envelope, fence: u64, drawn: &SentPosting) -> VoucherResult {
        if self.rules.protection == Protection::Enforced
            && let Some((known, same)) = self.standing_under(drawn)
        {
            self.exists_answers += 1;
            return if same {
                VoucherResult::Exists(acknowledgement(known))
            } else {
                VoucherResult::Refused { refusal: refusal("reference-conflict"), voucher_id: Some(id_of(known)) }
            };
        }
        match self.trouble(drawn) {
            Some(refusal) => VoucherResult::Refused { refusal, voucher_id: None },
            None => VoucherResult::Created(self.make(now, envelope, fence, drawn)),
        }
    }

    /// Returns the voucher under a reference, voided included, and whether its content is the same.
    pub(super) fn standing_under(&self, drawn: &SentPosting) -> Option<(usize, bool)> {
        let mut known = self.by_reference.get(&drawn.reference)?.iter();
        known.find_map(|index| {
            let voucher = self.vouchers.get(*index).filter(|voucher| voucher.standing != Standing::Deleted)?;
            Some((*index, voucher.drawn == *drawn))
        })
    }

    /// Tells whether a voucher stands under this reference.
    pub(crate) fn standing(&self, drawn: &SentPosting) -> bool {
        self.standing_under(drawn).is_some()
    }

    pub(super) fn trouble(&self, drawn: &SentPosting) -> Option<Refusal> {
        if drawn.account == POISON {
            return Some(refusal("unknown-account"));
        }
        let is_closed = drawn.date < self.closed_before;
        is_closed.then(|| Refusal { next_open: Some(self.closed_before), ..refusal(Refusal::CLOSED_PERIOD) })
    }

    /// Makes a voucher, and judges it: promise 1.
    pub(super) fn make(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        fence: u64,
        drawn: &SentPosting,
    ) -> Acknowledgement {
        self.note_write(envelope, fence);
        let reference = &drawn.reference;
        let earlier: Vec<(usize, Standing)> = self.made_by_interface(reference);
        let machine = envelope.machine;
        if let Some((first, _)) = earlier.iter().find(|(_, standing)| *standing == Standing::Live) {
            let first = id_of(*first);
            self.breaks(1, format!("a second voucher for {reference}, by machine {machine}, beside {first}"));
        } else if let Some((first, _)) = earlier.iter().find(|(_, standing)| *standing == Standing::Voided)
            && !self.cleared.contains(reference)
        {
            let first = id_of(*first);
            self.breaks(
                1,
                format!("{reference} made again by machine {machine}, though {first} had been voided by somebody"),
            );
        }
        self.note_prefix(reference, machine);
        match self.asked.get(&canonical(reference)) {
            None => self.breaks(1, format!("a voucher for {reference}, which nobody asked for")),
            Some(_) if !self.was_given(drawn) => {
                self.breaks(
                    1,
                    format!("a voucher for {reference} with a content that the platform never gave: {drawn:?}"),
                );
            }
            Some(_) => {}
        }
        self.created += 1;
        acknowledgement(self.enter(now, drawn.clone(), Origin::Interface, None))
    }

    /// Tells whether the platform ever gave this content for that reference: for this day, or for an earlier one, which
    /// then stands before the text.
    fn was_given(&self, drawn: &SentPosting) -> bool {
        let mut asked = SentPosting { reference: canonical(&drawn.reference), ..drawn.clone() };
        let own = asked.text.strip_prefix('(').and_then(|text| text.split_once(") "));
        let own = own.and_then(|(day, text)| Some((day.parse::<NaiveDate>().ok()?, text.to_owned())));
        if let Some((day, text)) = own.filter(|(day, _)| *day < asked.date) {
            (asked.date, asked.text) = (day, text);
        }
        self.asked.get(&asked.reference).is_some_and(|contents| contents.contains(&asked))
    }

    fn made_by_interface(&self, reference: &str) -> Vec<(usize, Standing)> {
        let known = self.by_reference.get(reference).into_iter().flatten();
        known
            .filter_map(|index| Some((*index, self.vouchers.get(*index)?)))
            .filter(|(_, voucher)| voucher.origin == Origin::Interface)
            .map(|(index, voucher)| (index, voucher.standing))
            .collect()
    }

    pub(crate) fn enter(
        &mut self,
        now: Duration,
        drawn: SentPosting,
        origin: Origin,
        reverses: Option<usize>,
    ) -> usize {
        let index = self.vouchers.len();
        self.by_reference.entry(drawn.reference.clone()).or_default().push(index);
        let visible_at = now + self.lag();
        let standing = Standing::Live;
        let made_at = self.there(now);
        self.vouchers.push(Voucher { drawn, origin, standing, made_at, visible_at, reversed_by: None, reverses });
        index
    }

    pub(super) fn lag(&mut self) -> Duration {
        let longest = u64::try_from(self.rules.search_lag.as_millis()).unwrap_or(0);
        Duration::from_millis(self.dice.between(0, longest))
    }

    /// Makes a linked counter-voucher, at most one for each.
    pub(crate) fn reverse(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        voucher_id: &str,
        reference: &str,
    ) -> Result<VoucherResult, CallError> {
        let fence = self.admit(now, envelope)?;
        let Some(index) = index_of(voucher_id) else { return Err(refused("not-found", false)) };
        let Some(voucher) = self.vouchers.get(index).cloned() else { return Err(refused("not-found", false)) };
        if let Some(counter) = voucher.reversed_by {
            let same = self.vouchers.get(counter).is_some_and(|counter| counter.drawn.reference == reference);
            return Ok(if same {
                VoucherResult::Exists(acknowledgement(counter))
            } else {
                VoucherResult::Refused { refusal: refusal("already-reversed"), voucher_id: Some(id_of(counter)) }
            });
        }
        if voucher.standing != Standing::Live {
            return Ok(VoucherResult::Refused { refusal: refusal("voided"), voucher_id: None });
        }
        self.note_write(envelope, fence);
        let drawn = SentPosting { reference: reference.to_owned(), minor: -voucher.drawn.minor, ..voucher.drawn };
        let counter = self.enter(now, drawn, Origin::Interface, Some(index));
        if let Some(voucher) = self.vouchers.get_mut(index) {
            voucher.reversed_by = Some(counter);
            voucher.standing = Standing::Voided;
        }
        Ok(VoucherResult::Created(acknowledgement(counter)))
    }

    pub(crate) fn look_up(&self, now: Duration, references: &[Reference]) -> Found {
        let mut found = Found::default();
        for reference in references {
            for index in self.by_reference.get(reference.as_str()).into_iter().flatten() {
                found.vouchers.extend(self.seen(now, *index));
            }
            let drafts = self.open_drafts(reference.as_str()).filter(|draft| draft.visible_at <= now);
            found.drafts.extend(drafts.filter_map(super::drafts::found));
        }
        found
    }

    /// Returns a voucher as a search shows it, once it does.
    fn seen(&self, now: Duration, index: usize) -> Option<FoundVoucher> {
        let voucher = self.vouchers.get(index)?;
        if !voucher.is_shown(now) {
            return None;
        }
        Some(FoundVoucher {
            reference: Reference::from_stored(voucher.drawn.reference.clone()),
            acknowledgement: acknowledgement(index),
            date: voucher.drawn.date,
            currency: voucher.drawn.currency.clone(),
            total: total(&voucher.drawn),
            created_at: voucher.made_at,
            created_by: None,
            state: if voucher.standing == Standing::Live { VoucherState::Posted } else { VoucherState::Voided },
            reversed_by: voucher.reversed_by.map(id_of),
            reverses: voucher.reverses.map(id_of),
            shown: if self.rules.shows_content { shown(&voucher.drawn) } else { ShownContent::default() },
            differs: Vec::new(),
        })
    }

    pub(crate) fn page(&self, now: Duration, period: Period, cursor: Option<&str>) -> VoucherPage {
        let from: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let to = self.vouchers.len().min(from + PAGE);
        let vouchers = (from..to).filter_map(|index| self.seen(now, index));
        VoucherPage {
            vouchers: vouchers.filter(|voucher| period.contains(voucher.date)).collect(),
            next: (to < self.vouchers.len()).then(|| to.to_string()),
        }
    }

    /// Tells whether an acknowledgement is the accounting system's own.
    pub(crate) fn acknowledged(&self, reference: &str, voucher_id: &str) -> bool {
        let voucher = index_of(voucher_id).and_then(|index| self.vouchers.get(index));
        voucher.is_some_and(|voucher| voucher.drawn.reference == reference)
    }

    /// Returns the vouchers that stand under a reference, for a look into the books directly, without any lag.
    pub(crate) fn standing_there(&self, reference: &str) -> Vec<String> {
        let known = self.by_reference.get(reference).into_iter().flatten();
        let stands = |index: &usize| {
            let voucher = self.vouchers.get(*index);
            voucher.is_some_and(|voucher| voucher.standing != Standing::Deleted && voucher.reverses.is_none())
        };
        known.copied().filter(stands).map(id_of).collect()
    }

    /// Returns the live vouchers of a record over its generations, without those that a person left standing beside
    /// another one.
    fn live(&self, record: &RecordId, options: &Options) -> Vec<&Voucher> {
        let references = (1..).map(|generation| reference(record, generation, options));
        let asked = references.take_while(|reference| self.asked.contains_key(reference.as_str()));
        let mut generations: Vec<(bool, Vec<&Voucher>)> = Vec::new();
        for reference in asked {
            let known = [PREFIX, OTHER_PREFIX].map(|prefix| with_prefix(reference.as_str(), prefix));
            let known = known.iter().filter_map(|reference| self.by_reference.get(reference)).flatten();
            let vouchers = known.filter_map(|index| self.vouchers.get(*index));
            // A voucher that a person writes under another prefix than that of the books is none of the export.
            let is_ours = |voucher: &&Voucher| {
                voucher.origin == Origin::Interface || self.in_use(&voucher.drawn.reference) == voucher.drawn.reference
            };
            let live = vouchers.filter(|voucher| voucher.standing == Standing::Live && voucher.reverses.is_none());
            let live: Vec<&Voucher> = live.filter(is_ours).collect();
            if !live.is_empty() {
                generations.push((self.left_standing.contains(reference.as_str()), live));
            }
        }
        let newest = generations.pop().map(|(_, live)| live).unwrap_or_default();
        let earlier = generations.into_iter().filter(|(is_left, _)| !is_left).flat_map(|(_, live)| live);
        newest.into_iter().chain(earlier).collect()
    }

    /// Returns the trouble with a record that is shown as exported: other than one live voucher, or one whose content
    /// the platform never gave.
    pub(crate) fn trouble_of_exported(&self, record: &RecordId, options: &Options) -> Option<String> {
        match self.live(record, options).as_slice() {
            [only] if self.was_given(&only.drawn) => None,
            [only] => Some(format!("its voucher says what the platform never gave: {:?}", only.drawn)),
            live => Some(format!("{} vouchers of it are live", live.len())),
        }
    }

    /// Notes that somebody asks for another generation of a record: its voucher may say what any earlier one may have
    /// said.
    pub(crate) fn ask_for(&mut self, first: &str, reference: &str) {
        let mut contents = self.asked.get(first).cloned().unwrap_or_default();
        for drawn in &mut contents {
            drawn.reference = reference.to_owned();
        }
        self.asked.entry(reference.to_owned()).or_default().extend(contents);
    }

    pub(crate) fn voucher_mut(&mut self, index: usize) -> Option<&mut Voucher> {
        self.vouchers.get_mut(index)
    }

    pub(crate) fn vouchers(&self) -> &[Voucher] {
        &self.vouchers
    }
}

pub(super) fn total(drawn: &SentPosting) -> String {
    let money = Currency::from_code(&drawn.currency).map(|currency| Money::from_minor(drawn.minor.abs(), currency));
    money.map(Money::to_decimal).unwrap_or_default()
}

/// Returns the content as a look-up shows it where it shows more than day and sum.
fn shown(drawn: &SentPosting) -> ShownContent {
    let amount = |minor: i64| {
        let money = Currency::from_code(&drawn.currency).map(|currency| Money::from_minor(minor, currency));
        money.map(Money::to_decimal).unwrap_or_default()
    };
    let line = |account: &str, minor: i64, party: Option<&String>| ShownLine {
        account: Some(account.to_owned()),
        amount: amount(minor),
        party: party.cloned(),
        ..ShownLine::default()
    };
    let lines = vec![line(&drawn.account, drawn.minor, None), line(PAYABLE, -drawn.minor, Some(&drawn.party))];
    ShownContent { text: Some(drawn.text.clone()), lines: Some(lines), own: None }
}
