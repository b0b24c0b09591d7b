//! Tests what a reading of the source leaves in the ledger: whole, broken off, with ids that mean other expenses, and
//! without what was there.

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::audit::tests::engine_rig::{Ticking, Unique};
use crate::calls::RunError;
use crate::domain::*;
use crate::error::{ErrorCode, Problem};
use crate::export::identity::Asks;
use crate::export::observe::observe;
use crate::ledger::Ledger;
use crate::ports::*;
use crate::views::RecordState;

/// A source of these rows; it breaks off behind them if it is `cut`.
struct Rows {
    rows: Mutex<Vec<Row>>,
    cut: bool,
}

#[async_trait]
impl Source for Rows {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        let rows = std::mem::take(&mut *self.rows.lock().expect("one reader"));
        Ok(Box::new(RowPages { rows, cut: self.cut }))
    }
}

struct RowPages {
    rows: Vec<Row>,
    cut: bool,
}

#[async_trait]
impl Pages for RowPages {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        match std::mem::take(&mut self.rows) {
            rows if !rows.is_empty() => Ok(Some(rows)),
            _ if self.cut => Err(SourceError(Problem::internal("the source broke off"))),
            _ => Ok(None),
        }
    }
}

struct Rig {
    ledger: Ledger,
    clock: Ticking,
    _folder: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().expect("a temporary folder"), Ticking::default());
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite"), &clock, &Unique).expect("a new ledger");
        Self { ledger, clock, _folder: folder }
    }

    async fn read(&self, rows: Vec<Row>, cut: bool) -> Result<(), ErrorCode> {
        let source = Rows { rows: Mutex::new(rows), cut };
        let read = observe(&source, &self.ledger, &self.clock, None, Asks::Everything).await;
        read.map(drop).map_err(|error| RunError::into_problem(error).code)
    }

    async fn reads(&self, rows: Vec<Row>) {
        assert_eq!(self.read(rows, false).await, Ok(()));
    }

    /// Answers the open question of a topic.
    async fn confirm(&self, topic: Topic) {
        let (actor, now) = (Actor { user: "kari".into(), host: "pc".into() }, self.clock.now());
        let said = self.ledger.write(move |tx| tx.answer_question(topic, "she has looked into it", &actor, now)).await;
        assert!(said.expect("it is kept"), "something is asked");
    }

    /// Enters a voucher for every record there is.
    async fn export_all(&self) {
        let sql =
            "INSERT INTO run (run_number, run_id, trigger, actor_user, actor_host, organisation, protection, fence,
                       program, started_at) VALUES (1, 'r', 'manual', 'kari', 'pc', 'hlf', 'enforced', 1, '1', 't');
                   INSERT INTO request (request_id, key, keyed_at, run_number, fence, body_hash)
                       VALUES (1, 'k', 't', 1, 1, zeroblob(32));
                   INSERT INTO attempt (record_id, generation, reference, run_number, request_id, member, content_hash,
                       date, currency, exponent, minor, state, claimed_at, last_sent_at, settled_at, settled_run,
                       voucher_id)
                   SELECT record_id, 1, 'hlf:' || record_id, 1, 1, seq, content_hash, date, currency, exponent, minor,
                       'posted', 't', 't', 't', 1, 'V-' || seq FROM record;";
        self.ledger.write(move |tx| tx.execute_all(sql)).await.expect("they are entered");
    }

    /// Returns the listed records with their states.
    async fn listed(&self) -> Vec<(String, RecordState)> {
        let items = self.ledger.attention(false, 0, 100).await.expect("readable");
        items.into_iter().map(|item| (item.record_id.unwrap_or_default(), item.state)).collect()
    }

    /// Returns the number of places at which the id of a record stands with other contents.
    async fn conflict(&self, id: &'static str) -> usize {
        let found = self.ledger.read(move |tx| tx.candidate_of(id)).await.expect("readable");
        found.expect("it is known").conflict.len()
    }
}

fn row(id: &str, file: &str, line: u64, change: impl FnOnce(&mut Record)) -> Row {
    let mut record = record::tests::record(id);
    change(&mut record);
    Row::Record(Box::new(record), Place { file: file.into(), line })
}

fn as_it_was(ids: &[&str]) -> Vec<Row> {
    (2..).zip(ids).map(|(line, id)| row(id, "a.csv", line, |_| {})).collect()
}

fn amount(minor: i64) -> impl Fn(&mut Record) {
    move |record| record.amount = Money::from_minor(minor, record.amount.currency())
}

/// Makes another expense of a record.
fn anew(text: &str) -> impl Fn(&mut Record) + '_ {
    move |record| {
        record.date = NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day");
        record.amount = Money::from_minor(99_900, record.amount.currency());
        record.text = text.to_owned();
    }
}

fn unreadable(id: &str, reason: HoldReason) -> Flaw {
    let place = Place { file: "a.csv".into(), line: 9 };
    Flaw { record_id: Some(id.into()), place, reason, glimpse: String::new() }
}

#[tokio::test]
async fn answer_on_ids_holds_for_one_file_and_its_contents() {
    let rig = Rig::new();
    let both = |first: &str, second: &str| vec![row("A", "a.csv", 2, anew(first)), row("B", "b.csv", 2, anew(second))];
    rig.reads(vec![row("A", "a.csv", 2, |_| {}), row("B", "b.csv", 2, |_| {})]).await;
    rig.export_all().await;
    assert_eq!(rig.read(both("bus", "bus"), false).await, Err(ErrorCode::IdsBeginAnew), "of the first file");
    rig.confirm(Topic::Ids).await;
    assert_eq!(rig.read(both("bus", "bus"), false).await, Err(ErrorCode::IdsBeginAnew), "of the second file");
    rig.confirm(Topic::Ids).await;
    assert_eq!(rig.read(both("bus", "ferry"), false).await, Err(ErrorCode::IdsBeginAnew), "another expense again");
    rig.confirm(Topic::Ids).await;
    rig.reads(both("bus", "ferry")).await;
    assert!(!rig.ledger.read(|tx| tx.asks(Topic::Ids)).await.expect("readable"), "nothing is left to ask");
}

#[tokio::test]
async fn answer_on_shared_ids_holds_for_their_contents() {
    let rig = Rig::new();
    let shared = |text: &str| -> Vec<Row> {
        let ids = ["A", "B", "C", "D", "E", "F"];
        let again = ids.iter().map(|id| row(id, "a.csv", 20, anew(text)));
        as_it_was(&ids).into_iter().chain(again).collect()
    };
    assert_eq!(rig.read(shared("bus"), false).await, Err(ErrorCode::IdsShared));
    rig.confirm(Topic::Ids).await;
    assert_eq!(rig.read(shared("ferry"), false).await, Err(ErrorCode::IdsShared), "of other contents");
    rig.reads(shared("bus")).await;
}

#[tokio::test]
async fn zero_row_conflicts_with_a_counting_one_in_either_order() {
    for zero_first in [true, false] {
        let rig = Rig::new();
        let (zero, counting) = (row("A", "a.csv", 2, amount(0)), row("A", "a.csv", 3, |_| {}));
        let rows = if zero_first { vec![zero, counting] } else { vec![counting, zero] };
        rig.reads(rows).await;
        assert_eq!(rig.conflict("A").await, 2, "zero first: {zero_first}");
    }
    let rig = Rig::new();
    rig.reads(vec![row("A", "a.csv", 2, amount(0)), row("A", "a.csv", 3, amount(0))]).await;
    assert!(rig.ledger.read(|tx| tx.candidate_of("A")).await.expect("readable").is_none(), "nothing is owed");
}

#[tokio::test]
async fn unreadable_row_that_does_not_count_now_has_not_left() {
    let rig = Rig::new();
    rig.reads(vec![Row::Flaw(unreadable("A", HoldReason::AmountInvalid { found: "ti".into() }))]).await;
    assert_eq!(rig.listed().await, [("A".to_owned(), RecordState::Held)]);
    rig.reads(vec![row("A", "a.csv", 9, amount(0)), row("B", "a.csv", 10, |_| {})]).await;
    assert_eq!(rig.listed().await, []);
}

#[tokio::test]
async fn reading_that_broke_off_leaves_nothing_behind() {
    let rig = Rig::new();
    let twice = || vec![row("A", "a.csv", 2, |_| {}), row("A", "a.csv", 3, anew("bus")), row("B", "a.csv", 4, |_| {})];
    rig.reads(twice()).await;
    let cut = vec![
        row("A", "a.csv", 2, |_| {}),
        row("B", "a.csv", 3, anew("bus")),
        row("C", "a.csv", 4, |_| {}),
        Row::Flaw(unreadable("D", HoldReason::AmountInvalid { found: "ti".into() })),
    ];
    assert_eq!(rig.read(cut, true).await, Err(ErrorCode::Internal));
    assert_eq!(rig.conflict("A").await, 2, "its conflict stands");
    assert_eq!(rig.conflict("B").await, 0);
    let known = |id: &'static str| rig.ledger.read(move |tx| tx.candidate_of(id));
    assert!(known("C").await.expect("readable").is_none(), "nobody has seen it");
    assert_eq!(
        known("B").await.expect("readable").map(|b| b.record.text),
        Some("Travel, peer support Bodø".to_owned())
    );
    rig.reads(twice()).await;
    assert_eq!(rig.listed().await.iter().filter(|(_, state)| *state == RecordState::Gone).count(), 0);
    assert_eq!(rig.ledger.counts().await.expect("readable").eligible, 2, "A and B, and no other");
}

#[tokio::test]
async fn record_set_aside_stays_so_when_a_reading_breaks_off() {
    let rig = Rig::new();
    rig.reads(as_it_was(&["A", "B"])).await;
    rig.reads(as_it_was(&["B"])).await;
    let (actor, now) = (Actor { user: "kari".into(), host: "pc".into() }, rig.clock.now());
    let kept = rig.ledger.write(move |tx| tx.set_aside("A", "it was paid in cash", &actor, now)).await;
    assert!(kept.expect("it is kept"));
    assert_eq!(rig.read(as_it_was(&["A", "B"]), true).await, Err(ErrorCode::Internal));
    rig.reads(as_it_was(&["B"])).await;
    assert_eq!(rig.listed().await, []);
    rig.reads(as_it_was(&["A", "B"])).await;
    rig.reads(as_it_was(&["B"])).await;
    assert_eq!(rig.listed().await, [("A".to_owned(), RecordState::Gone)], "it returned, and left again");
}

#[tokio::test]
async fn source_that_lost_most_unexported_is_asked_about() {
    let rig = Rig::new();
    let ids = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
    rig.reads(as_it_was(&ids)).await;
    let mut left = as_it_was(&ids[..4]);
    assert_eq!(rig.read(left.clone(), false).await, Err(ErrorCode::SourceLost));
    assert_eq!(rig.listed().await, [], "the reading does not count");
    assert_eq!(rig.read(as_it_was(&ids[..3]), false).await, Err(ErrorCode::SourceLost));
    rig.confirm(Topic::Source).await;
    assert_eq!(rig.read(left.clone(), false).await, Err(ErrorCode::SourceLost), "said of other records");
    rig.confirm(Topic::Source).await;
    left.push(row("J", "a.csv", 20, |_| {}));
    rig.reads(left.clone()).await;
    assert_eq!(rig.listed().await.len(), 5, "each is listed");
    rig.reads(left).await;
    assert_eq!(rig.read(Vec::new(), false).await, Err(ErrorCode::SourceLost), "nothing is there any more");
}

#[tokio::test]
async fn row_that_is_there_unread_is_not_lost() {
    let rig = Rig::new();
    let ids = ["A", "B", "C", "D", "E"];
    rig.reads(as_it_was(&ids)).await;
    let faulty = |id: &&str| Row::Flaw(unreadable(id, HoldReason::AmountInvalid { found: "ti".into() }));
    rig.reads(ids.iter().map(faulty).collect()).await;
    rig.reads(as_it_was(&ids)).await;
}

#[tokio::test]
async fn month_without_the_exported_records_is_not_asked_about() {
    let rig = Rig::new();
    rig.reads(as_it_was(&["A", "B", "C", "D", "E", "F"])).await;
    rig.export_all().await;
    rig.reads(as_it_was(&["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"])).await;
    rig.reads(as_it_was(&["K", "L"])).await;
    assert_eq!(rig.listed().await.len(), 4, "four are too few to ask, and each is listed");
    rig.reads(as_it_was(&["K", "L"])).await;
}
