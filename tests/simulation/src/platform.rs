//! Plays the platform: approved records that appear, change, disappear, stand there twice, or are broken.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use postonce_engine::domain::{
    Account, Currency, ExpenseDetail, Generation, HoldReason, Money, OrganisationId, Payee, Place, PostingRules,
    Record, RecordId, Reference,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{Flaw, Pages, Row, Source, SourceError};

use crate::books::{Books, POISON, PREFIX, SentPosting};
use crate::dice::Dice;
use crate::options::Options;
use crate::planted::Planted;
use crate::process::{Process, Read};

pub(crate) const PAYABLE: &str = "2930";
/// The categories that are mapped to accounts; the last to one under which nothing can be booked.
const CATEGORIES: [(&str, &str); 3] = [("travel", "7140"), ("courses", "7710"), ("poison", POISON)];
/// The category without an account: such a record is held.
const UNMAPPED: &str = "unheard-of";

pub(crate) struct Entry {
    pub(crate) record: Record,
    pub(crate) present: bool,
    /// True: the row is no record at this time.
    pub(crate) broken: bool,
    /// Another row with the same id: with the same content, or another.
    repeat: Option<Record>,
}

pub(crate) struct Platform {
    pub(crate) entries: Vec<Entry>,
    dice: Dice,
    poisoned: u64,
    currency: Option<Currency>,
}

pub(crate) fn organisation(prefix: &str) -> OrganisationId {
    OrganisationId::new(prefix).expect("three small letters")
}

pub(crate) fn posting_rules() -> PostingRules {
    let categories = CATEGORIES.map(|(category, account)| (category.to_owned(), Account(account.to_owned())));
    PostingRules::of_accounts(Account(PAYABLE.to_owned()), None, HashMap::from(categories))
}

/// Returns the reference of a record and generation, as this world's books take it.
pub(crate) fn reference(id: &RecordId, generation: u32, options: &Options) -> Reference {
    let generation = Generation::new(generation).unwrap_or(Generation::FIRST);
    Reference::of(&organisation(PREFIX), id, generation, options.capabilities().reference_rules)
}

/// Returns the voucher of this record, as it would be sent.
pub(crate) fn drawn(record: &Record, reference: &Reference) -> Option<SentPosting> {
    let rules = posting_rules();
    let (_, account) = rules.decider(record, record.expense_lines().first()?).ok()?;
    Some(SentPosting {
        reference: reference.as_str().to_owned(),
        date: record.date,
        currency: record.amount.currency().code().to_owned(),
        minor: record.amount.minor(),
        account: account.0.clone(),
        party: record.payee.id.clone(),
        text: record.text.clone(),
    })
}

impl Platform {
    pub(crate) fn new(options: &Options, dice: Dice, books: &mut Books) -> Self {
        let currency = Currency::from_code("NOK");
        let mut platform = Self { entries: Vec::new(), dice, poisoned: options.poisoned, currency };
        for _ in 0..options.records {
            platform.appear(options, books);
        }
        platform
    }

    fn record(&mut self, id: RecordId) -> Option<Record> {
        let dice = &mut self.dice;
        let category = match dice.below(1_000) {
            held if held < 20 => UNMAPPED,
            struck if struck < 20 + self.poisoned => "poison",
            other if other % 2 == 0 => "courses",
            _ => "travel",
        };
        let minor = if dice.per_mille(20) { 0 } else { i64::try_from(dice.between(100, 900_000)).ok()? };
        let sign = if dice.per_mille(30) { -1 } else { 1 };
        Some(Record {
            id,
            version: None,
            approved_at: None,
            date: NaiveDate::from_ymd_opt(2026, 9, 1)?.checked_add_days(Days::new(dice.below(75)))?,
            payee: Payee { id: format!("P{}", dice.below(6)), name: "Kari".into() },
            category: category.into(),
            amount: Money::from_minor(sign * minor, self.currency?),
            text: format!("Travel {}", dice.below(4)),
            department: None,
            project: None,
            detail: ExpenseDetail::default(),
            receipts: Vec::new(),
        })
    }

    /// Adds a record.
    pub(crate) fn appear(&mut self, options: &Options, books: &mut Books) {
        let id = RecordId::new(format!("R{}", self.entries.len() + 1)).ok();
        let Some(record) = id.and_then(|id| self.record(id)) else { return };
        Self::may_be_posted(&record, options, books);
        self.entries.push(Entry { record, present: true, broken: false, repeat: None });
    }

    fn may_be_posted(record: &Record, options: &Options, books: &mut Books) {
        // Each generation that was asked for may be posted with any content that the platform gave by then.
        for generation in 1.. {
            let reference = reference(&record.id, generation, options);
            if generation > 1 && !books.asked.contains_key(reference.as_str()) {
                return;
            }
            let contents = books.asked.entry(reference.as_str().to_owned()).or_default();
            contents.extend(drawn(record, &reference));
        }
    }

    /// Changes a record by chance, and returns what happened.
    pub(crate) fn stir(&mut self, options: &Options, books: &mut Books) -> String {
        let index = self.dice.index(self.entries.len());
        let what = self.dice.below(6);
        let fresh = self.entries.get(index).map(|entry| entry.record.id.clone()).and_then(|id| self.record(id));
        let (Some(fresh), Some(entry)) = (fresh, self.entries.get_mut(index)) else { return "nothing".into() };
        let id = entry.record.id.clone();
        match what {
            0 => {
                self.appear(options, books);
                "a record appears".into()
            }
            1 => {
                entry.record = fresh;
                Self::may_be_posted(&entry.record, options, books);
                format!("{id} changes")
            }
            2 => {
                entry.present = !entry.present;
                format!("{id} is there: {}", entry.present)
            }
            3 => {
                entry.broken = !entry.broken;
                format!("{id} is broken: {}", entry.broken)
            }
            4 => {
                entry.repeat = if entry.repeat.is_some() { None } else { Some(entry.record.clone()) };
                format!("{id} stands there again: {}", entry.repeat.is_some())
            }
            _ => {
                entry.repeat = if entry.repeat.is_some() { None } else { Some(fresh) };
                if let Some(record) = &entry.repeat {
                    Self::may_be_posted(record, options, books);
                }
                format!("{id} stands there with two contents: {}", entry.repeat.is_some())
            }
        }
    }

    /// Replaces the whole source, as people do who save each month under the same name: by other records, by nothing,
    /// or by everything there ever was.
    pub(crate) fn replace(&mut self, options: &Options, books: &mut Books) -> &'static str {
        let what = self.dice.below(3);
        self.entries.iter_mut().for_each(|entry| entry.present = what == 2);
        match what {
            0 => {
                for _ in 0..self.dice.between(1, 12) {
                    self.appear(options, books);
                }
                "another month stands there"
            }
            1 => "nothing stands there any more",
            _ => "everything stands there again",
        }
    }

    /// Makes everything right again, as somebody who tidies up would leave it.
    pub(crate) fn tidy(&mut self) {
        for entry in &mut self.entries {
            entry.broken = false;
            entry.repeat = None;
        }
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.present) {
            let place = |line: usize| Place { file: "records.csv".into(), line: line as u64 + 2 };
            let here = place(rows.len());
            if entry.broken {
                let reason = HoldReason::AmountInvalid { found: "1o0".into() };
                let record_id = Some(entry.record.id.as_str().to_owned());
                rows.push(Row::Flaw(Flaw { record_id, place: here, reason, glimpse: String::new() }));
                continue;
            }
            rows.push(Row::Record(Box::new(entry.record.clone()), here));
            if let Some(repeat) = &entry.repeat {
                let here = place(rows.len());
                rows.push(Row::Record(Box::new(repeat.clone()), here));
            }
        }
        rows
    }
}

/// The platform as one process reads it.
pub(crate) struct Reader {
    process: Arc<Process>,
    planted: Planted,
}

impl Reader {
    pub(crate) fn new(process: Arc<Process>, planted: Planted) -> Self {
        Self { process, planted }
    }
}

struct Reading {
    process: Arc<Process>,
    planted: Planted,
    rows: std::vec::IntoIter<Row>,
    records: Vec<String>,
}

fn fails(process: &Process) -> Result<(), SourceError> {
    let world = &process.world;
    if world.unlucky(world.options.luck.source_fails) {
        world.count("fault: the platform breaks off");
        return Err(SourceError(Problem::platform_unreachable("platform", "broke off")));
    }
    Ok(())
}

#[async_trait]
impl Source for Reader {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        self.process.step().await;
        fails(&self.process)?;
        let rows = self.process.world.platform().rows();
        let records = rows.iter().filter_map(|row| match row {
            Row::Record(record, _) if record.amount.is_zero() => None,
            Row::Record(record, _) => Some(record.id.as_str().to_owned()),
            Row::Flaw(flaw) => flaw.record_id.clone(),
            Row::LeftOut(_) => None,
        });
        let records = records.collect();
        let rows = rows.into_iter();
        Ok(Box::new(Reading { process: Arc::clone(&self.process), planted: self.planted, rows, records }))
    }
}

#[async_trait]
impl Pages for Reading {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        let time = self.process.world.network().millis(1, 80);
        self.process.pass(time).await;
        if let Err(error) = fails(&self.process) {
            self.process.has_read(Read { broke_off: true, ..Read::default() });
            // The planted bug takes the end of the connection for the end of the source.
            return if self.planted == Planted::HalfBelieved { Ok(None) } else { Err(error) };
        }
        let mut page: Vec<Row> = self.rows.by_ref().take(self.process.world.options.source_page).collect();
        let is_last = page.is_empty();
        if self.planted == Planted::RowSwallowed {
            page.pop();
        }
        if is_last {
            let records = std::mem::take(&mut self.records);
            self.process.has_read(Read { records, broke_off: false });
        }
        Ok((!is_last).then_some(page))
    }
}
