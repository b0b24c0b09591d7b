//! Asks the guard directly for everything that no code path may be able to do.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::*;
use crate::domain::{
    Acknowledgement, Actor, Generation, Outcome, Period, Place, Protection, Reference, RequestKey, RequestKind, RunId,
    Trigger,
};
use crate::error::{ErrorCode, Problem};
use crate::ports::{Learning, Row};
use crate::views::{Reason, RecordState};

mod forgetting;
mod found;
mod lists;
mod looking;
mod plans;
mod receipts;
mod results;
mod sealed;

struct StillClock;

#[async_trait::async_trait]
impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
    async fn sleep(&self, _: Duration) {}
}

struct OneId;

impl IdSource for OneId {
    fn fresh(&self) -> String {
        "ledger-1".into()
    }
}

struct LedgerRig {
    ledger: Ledger,
    run: i64,
    _folder: tempfile::TempDir,
}

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
const AT: Moment = Moment { now: NOW, there: NOW };

/// Makes a ledger with one record in one run, planned at position 1.
async fn rig() -> LedgerRig {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = Ledger::open(&folder.path().join("ledger.sqlite"), &StillClock, &OneId).expect("a new ledger");
    let start = RunStart {
        run_id: RunId::new("run-1"),
        trigger: Trigger::Manual,
        actor: Actor { user: "kari".into(), host: "pc".into() },
        period: Period::EVERYTHING,
        organisation: "hlf".into(),
        protection: Protection::Enforced,
        fence: 1,
        accounting_user: "kari".into(),
        settings: serde_json::json!({}),
        started_at: NOW,
        learning: Learning { takes_results: Some(true), locks_records: None },
        takes_attachments: true,
    };
    let run = ledger
        .write(move |tx| {
            let run = tx.begin_run(&start)?;
            let reading = tx.begin_reading(NOW)?;
            let place = Place { file: "a.csv".into(), line: 2 };
            tx.observe(reading, &Row::Record(Box::new(crate::domain::record::tests::record("A")), place.clone()), NOW)?;
            tx.finish_reading(reading, NOW)?;
            plan_row(tx, run, 1)?;
            Ok(run)
        })
        .await
        .expect("a run with a record");
    LedgerRig { ledger, run, _folder: folder }
}

fn plan_row(tx: &LedgerTx<'_>, run: i64, position: u64) -> Result<(), LedgerError> {
    tx.enter(
        run,
        &PlannedItem {
            position,
            record_id: Some("A"),
            place: &Place { file: "a.csv".into(), line: 2 },
            generation: Some(Generation::FIRST),
            result: None,
            attempt_id: None,
            reason: None,
        },
    )
}

fn ask(run: i64, key: &str, position: u64) -> ClaimAsk {
    let record = crate::domain::record::tests::record("A");
    let member = ClaimMember {
        position,
        generation: Generation::FIRST,
        reference: Reference::from_stored("hlf:A"),
        content: record.content_hash(),
        date: record.date,
        amount: record.amount,
        record_id: record.id,
        sent: None,
    };
    let (kind, key) = (RequestKind::Vouchers, RequestKey::new(key));
    ClaimAsk { run, kind, fence: 1, key, body: b"{}".to_vec(), members: vec![member], at: AT, file: None }
}

fn acknowledged() -> Settlement {
    let acknowledgement = Acknowledgement { voucher_id: "V-1".into(), number: Some("1".into()) };
    Settlement::Posted { acknowledgement, found: false, made: None }
}

async fn claim(rig: &LedgerRig, key: &'static str, position: u64) -> Result<ClaimedRequest, LedgerError> {
    let run = rig.run;
    rig.ledger
        .write(move |tx| {
            if position > 1 {
                plan_row(tx, run, position)?;
            }
            tx.claim(ask(run, key, position))
        })
        .await
}

/// Returns a claimed request with this many members: record A, again and again.
pub(crate) async fn request_of(members: usize) -> ClaimedRequest {
    let mut request = claim(&rig().await, "key-1", 1).await.expect("nobody claimed it");
    request.members = vec![request.members[0].clone(); members];
    request
}

/// Claims record A with its content: 412.00 on account 7140, owed to PM-0031 on 2400.
async fn request_with_content(rig: &LedgerRig) -> ClaimedRequest {
    let mut asked = ask(rig.run, "key-1", 1);
    asked.members[0].sent = serde_json::from_value(serde_json::json!({
        "text": "Travel", "payee": "PM-0031", "expense_account": "7140", "payable_account": "2400",
    }))
    .expect("the content of a claim");
    rig.ledger.write(move |tx| tx.claim(asked)).await.expect("nobody claimed it")
}

/// Returns that claim.
pub(crate) async fn claim_with_content() -> Claimed {
    request_with_content(&rig().await).await.members()[0].clone()
}

async fn settle(rig: &LedgerRig, request: &ClaimedRequest, settlement: Settlement) -> Result<(), LedgerError> {
    let (run, request) = (rig.run, request.clone());
    rig.ledger
        .write(move |tx| {
            tx.settle(run, &request.members()[0], &settlement, AT)?;
            tx.close_request(&request)
        })
        .await
}

#[tokio::test]
async fn guard_refuses_a_second_claim_on_one_open_in_doubt_or_posted() {
    for settlement in [None, Some(Settlement::Unknown(Problem::interrupted())), Some(acknowledged())] {
        let rig = rig().await;
        let first = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
        if let Some(settlement) = settlement {
            settle(&rig, &first, settlement).await.expect("it was open");
        }
        assert!(claim(&rig, "key-2", 2).await.is_err());
        let counts = rig.ledger.counts().await.expect("readable");
        assert_eq!(counts.posted + counts.in_doubt + counts.sending, 1);
    }
}

#[tokio::test]
async fn attempt_refused_or_never_sent_may_be_claimed_again() {
    let refusal = crate::domain::Refusal::new("closed-period", String::new());
    for settlement in [Settlement::NotSent, Settlement::Refused { refusal, voucher_id: None }] {
        let rig = rig().await;
        let first = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
        settle(&rig, &first, settlement).await.expect("it was open");
        claim(&rig, "key-2", 2).await.expect("the guard is free");
    }
}

#[tokio::test]
async fn settled_attempt_is_never_settled_again() {
    let rig = rig().await;
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    settle(&rig, &request, acknowledged()).await.expect("it was open");
    assert!(settle(&rig, &request, Settlement::NotSent).await.is_err());
    assert_eq!(rig.ledger.counts().await.expect("readable").posted, 1);
}

#[tokio::test]
async fn bytes_of_a_request_are_kept_while_a_member_is_open() {
    let rig = rig().await;
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    settle(&rig, &request, Settlement::Unknown(Problem::interrupted())).await.expect("it was open");
    let open = rig.ledger.read(|tx| tx.open_requests(0, 8)).await.expect("readable");
    assert_eq!(open[0].1.request.body(), b"{}");
    settle(&rig, &request, acknowledged()).await.expect("it was open");
    assert!(rig.ledger.read(|tx| tx.open_requests(0, 8)).await.expect("readable").is_empty());
}

#[tokio::test]
async fn attempt_of_a_dead_program_is_in_doubt_and_a_live_one_is_not() {
    let rig = rig().await;
    claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    assert!(rig.ledger.attention(false, 0, 10).await.expect("readable").is_empty(), "somebody is sending it");
    let listed = rig.ledger.attention(true, 0, 10).await.expect("readable");
    let [item] = listed.as_slice() else { panic!("one of them: {listed:?}") };
    assert_eq!(item.state, RecordState::InDoubt);
    let doubt = Reason::InDoubt(Problem::interrupted());
    assert_eq!(item.reason, Some(doubt));
}

#[tokio::test]
async fn run_of_a_dead_process_is_interrupted_and_its_claim_in_doubt() {
    let rig = rig().await;
    claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    rig.ledger
        .write(|tx| {
            tx.close_interrupted(NOW)?;
            tx.doubt_claimed(AT)
        })
        .await
        .expect("there is one");
    let run = rig.ledger.run(&RunId::new("run-1")).await.expect("readable").expect("it began");
    assert_eq!((run.outcome, run.counts.in_doubt), (Some(Outcome::Interrupted), 1));
    let counts = rig.ledger.counts().await.expect("readable");
    assert_eq!((counts.in_doubt, counts.sending), (1, 0));
}

#[tokio::test]
async fn nothing_that_was_attempted_can_be_deleted_or_rewritten() {
    let rig = rig().await;
    claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    let path = rig.ledger.path().to_owned();
    let connection = Connection::open(path).expect("the file is there");
    for sql in [
        "DELETE FROM attempt",
        "DELETE FROM request",
        "DELETE FROM run",
        "DELETE FROM run_item",
        "DELETE FROM record",
        "UPDATE attempt SET reference = 'hlf:B'",
        "UPDATE attempt SET generation = 2",
        "UPDATE attempt SET state = 'posted', settled_at = '2026', settled_run = 1",
    ] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn times_dealt_with_ahead_of_the_clock_are_known() {
    let rig = rig().await;
    let sql = "INSERT INTO scheduled_time (scheduled_for, since, missed, dealt_with_at, how, run_id) VALUES
                   ('1970-01-01T00:00:00.000Z', 't', 0, 't', 'ran', 'r1'), ('1970-01-02T00:00:00.000Z', 't', 0, 't', 'ran', 'r2')";
    rig.ledger.write(move |tx| tx.execute_all(sql)).await.expect("rows of our own");
    let ahead = rig.ledger.read(|tx| tx.dealt_with_after(NOW)).await.expect("readable");
    assert_eq!(ahead, [NOW + chrono::TimeDelta::days(1)]);
}

#[tokio::test]
async fn ledger_that_is_closed_is_one_file() {
    let rig = rig().await;
    assert_eq!(rig.ledger.counts().await.expect("readable").eligible, 1);
    let path = rig.ledger.path().to_owned();
    drop(rig.ledger);
    assert!(path.exists());
    assert!(!path.with_extension("sqlite-wal").exists());
}

#[test]
fn file_that_is_no_ledger_or_a_newer_one_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    let open = || Ledger::open(&path, &StillClock, &OneId).map(|_| ()).map_err(|error| Problem::from(&error).code);

    std::fs::write(&path, "this is not a database, but it is longer than a header of SQLite").expect("writable");
    assert_eq!(open(), Err(ErrorCode::LedgerDamaged));
    std::fs::remove_file(&path).expect("removable");

    Connection::open(&path).and_then(|other| other.execute_batch("CREATE TABLE a (b)")).expect("another database");
    assert_eq!(open(), Err(ErrorCode::LedgerDamaged));
    std::fs::remove_file(&path).expect("removable");

    assert_eq!(open(), Ok(()));
    Connection::open(&path).and_then(|ledger| ledger.execute_batch("PRAGMA user_version = 999")).expect("a newer one");
    assert_eq!(open(), Err(ErrorCode::LedgerNewer));
}
