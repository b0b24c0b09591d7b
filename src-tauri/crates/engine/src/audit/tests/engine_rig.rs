//! Holds the rig of the engine: a real ledger and engine, an accounting side that keeps witnesses and nothing else, and
//! a hand that edits the file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use rusqlite::Connection as Raw;

use crate::domain::audit_chain::{COLUMNS, ChainHash, Value, entry_hash};
use crate::domain::schedule::Schedule;
use crate::domain::*;
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::{SyncAsk, SyncEnd};
use crate::ledger::{AuditAct, ClaimedRequest, ClaimedReversal, Ledger, StagedDraft};
use crate::lock::Permit;
use crate::parts::Parts;
use crate::ports::*;
use crate::settings::{Settings, WhenStillUnknown};

/// A clock on which each look is a second later than the one before, and no wait takes any time.
#[derive(Default)]
pub(crate) struct Ticking(pub(crate) AtomicU64);

#[async_trait]
impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        let second = self.0.fetch_add(1, Ordering::Relaxed);
        DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(second).expect("a test is short"))
    }
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
    async fn sleep(&self, _: Duration) {
        tokio::task::yield_now().await;
    }
}

/// Ids that two engines of one test never share.
pub(crate) struct Unique;

impl IdSource for Unique {
    fn fresh(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        format!("id-{}", NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A source without a record.
struct Empty;

#[async_trait]
impl Source for Empty {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        Ok(Box::new(Self))
    }
}

#[async_trait]
impl Pages for Empty {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        Ok(None)
    }
}

/// A signer with this key, or with none.
#[derive(Default)]
pub(crate) struct Key {
    key: Option<SigningKey>,
    /// The keyring is locked: nothing is signed until somebody has asked for the key.
    pub(crate) is_locked: AtomicBool,
    /// The heads that the machine remembers; `None` where it has no memory.
    pub(crate) memory: Mutex<Option<Vec<RememberedHead>>>,
}

impl Key {
    pub(crate) fn new(seed: u8) -> Self {
        Self { key: Some(SigningKey::from_bytes(&[seed; 32])), ..Self::default() }
    }

    pub(crate) fn signature(&self, bytes: &[u8]) -> Option<Signature> {
        let key = self.key.as_ref()?;
        Some(Signature {
            public_key: hex::encode(key.verifying_key().as_bytes()),
            signature: hex::encode(key.sign(bytes).to_bytes()),
        })
    }
}

#[async_trait]
impl Signer for Key {
    fn sign(&self, bytes: &[u8]) -> Option<Signature> {
        self.signature(bytes).filter(|_| !self.is_locked.load(Ordering::Relaxed))
    }
    async fn public_key(&self) -> Option<String> {
        self.is_locked.store(false, Ordering::Relaxed);
        Some(self.signature(&[])?.public_key)
    }
    fn remember(&self, head: &RememberedHead) {
        if let Some(heads) = self.memory.lock().expect("no test panics with it").as_mut() {
            heads.retain(|kept| kept.ledger_id != head.ledger_id);
            heads.push(head.clone());
        }
    }
    async fn remembered(&self) -> Vec<RememberedHead> {
        self.memory.lock().expect("no test panics with it").clone().unwrap_or_default()
    }
}

/// The manner in which the accounting side treats witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Keeps,
    NotOffered,
    OutOfReach,
    /// A fault of ours strikes in the middle of leaving a witness.
    Panics,
    /// A fault of ours strikes when the lock is given back.
    PanicsAtRelease,
    /// Another copy of the ledger leaves its witness a moment before, so that this one's is refused.
    Overtaken,
}

/// The accounting side; its lock is free, except for one holder that a test may set.
pub(crate) struct Books {
    pub(crate) manner: Mutex<Manner>,
    pub(crate) kept: Mutex<Option<Witness>>,
    /// Every witness that was ever left; `None` where the newest alone is kept.
    pub(crate) history: Mutex<Option<Vec<Witness>>>,
    /// True: its last page leads back to the first.
    pub(crate) history_circles: AtomicBool,
    /// The number of pages of that history that were asked for.
    pub(crate) history_pages: AtomicU64,
    /// The witnesses of the organisation's other ledgers; `None` where none are listed.
    pub(crate) others: Mutex<Option<Vec<LedgerWitness>>>,
    pub(crate) leases_out: AtomicU64,
    pub(crate) held_by: Mutex<Option<LockHolder>>,
    fence: AtomicU64,
}

impl Books {
    fn out_of_reach() -> CallError {
        CallError::NotSent(Problem::accounting_unreachable("books", "out of reach"))
    }
}

fn never<T>() -> Result<T, CallError> {
    Err(CallError::NotSent(Problem::internal("no test of the trail sends anything")))
}

#[async_trait]
impl AccountingSystem for Books {
    async fn connect(&self) -> Result<Connection, CallError> {
        let reference_rules = ReferenceRules { length_max: 64, folds_case: false, ascii_only: false };
        Ok(Connection {
            address: "http://books".into(),
            organisation_id: "hlf".into(),
            organisation_name: "HLF".into(),
            user_id: "api-7".into(),
            user_name: "Kari Nordmann".into(),
            capabilities: Capabilities {
                protection: Protection::Enforced,
                idempotency_keys_live: None,
                settle_window: Duration::ZERO,
                search_lag: Duration::ZERO,
                unique_references: true,
                vouchers_per_request_max: 100,
                reference_rules,
                vat_codes: false,
                own_amounts: false,
                takes_files: false,
                attachments: None,
            },
            keeps_scheme: false,
        })
    }
    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        if let Some(holder) = self.held_by.lock().expect("no test panics with it").clone() {
            let (at, operation) = (DateTime::UNIX_EPOCH, "sync".to_owned());
            return Ok(Acquired::Held(LockInfo {
                holder,
                operation,
                acquired_at: at,
                renewed_at: at,
                expires_at: at,
                progress: None,
                seen_at: None,
            }));
        }
        self.leases_out.fetch_add(1, Ordering::Relaxed);
        let fence = self.fence.fetch_add(1, Ordering::Relaxed) + 1;
        let (token, granted_at) = (LeaseToken::new("t"), DateTime::UNIX_EPOCH);
        Ok(Acquired::Granted { token, fence, granted_at, life: ask.life, unaware: None })
    }
    async fn renew(&self, _: &LeaseToken, life: Duration, _: LockProgress) -> Result<Duration, CallError> {
        Ok(life)
    }
    async fn release(&self, _: &LeaseToken) -> Result<(), CallError> {
        let manner = *self.manner.lock().expect("no test panics with it");
        assert_ne!(manner, Manner::PanicsAtRelease, "a fault of ours");
        self.leases_out.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
    async fn break_lock(&self, _: &RunId, _: &str) -> Result<(), CallError> {
        *self.held_by.lock().expect("no test panics with it") = None;
        Ok(())
    }
    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        Ok(None)
    }
    fn draw_up(&self, _: &[Posting]) -> Vec<u8> {
        Vec::new()
    }
    async fn commit(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        never()
    }
    async fn stage(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        never()
    }
    async fn commit_draft(&self, _: &Permit, _: &StagedDraft) -> Result<CommitResult, CallError> {
        never()
    }
    async fn discard_draft(&self, _: &Permit, _: &DraftId) -> Result<Discarded, CallError> {
        never()
    }
    async fn look_up(&self, _: &[Reference]) -> Result<Found, CallError> {
        Ok(Found::default())
    }
    async fn vouchers(&self, _: Period, _: Option<&str>) -> Result<VoucherPage, CallError> {
        Ok(VoucherPage { vouchers: Vec::new(), next: None })
    }
    async fn reverse(&self, _: &Permit, _: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        never()
    }
    async fn witness(&self, _: &str) -> Result<WitnessSeen, CallError> {
        match *self.manner.lock().expect("no test panics with it") {
            Manner::Keeps | Manner::Panics | Manner::PanicsAtRelease | Manner::Overtaken => {
                Ok(self.kept().map_or(WitnessSeen::None, WitnessSeen::Kept))
            }
            Manner::NotOffered => Ok(WitnessSeen::NotOffered),
            Manner::OutOfReach => Err(Self::out_of_reach()),
        }
    }
    async fn leave_witness(&self, _: &Permit, _: &str, witness: &Witness) -> Result<(), CallError> {
        let manner = *self.manner.lock().expect("no test panics with it");
        assert_ne!(manner, Manner::Panics, "a fault of ours");
        if manner == Manner::OutOfReach {
            return Err(Self::out_of_reach());
        }
        if manner == Manner::Overtaken {
            let other = Witness { head: "ab".repeat(32), ..witness.clone() };
            *self.kept.lock().expect("no test panics with it") = Some(other);
            let (problem, refusal) = (Problem::accounting_refused("books", 409, "older"), Refusal::new("older", ""));
            return Err(CallError::Refused { problem, refusal, too_large: false });
        }
        *self.kept.lock().expect("no test panics with it") = Some(witness.clone());
        if let Some(history) = self.history.lock().expect("no test panics with it").as_mut() {
            history.push(witness.clone());
        }
        Ok(())
    }
    async fn witness_history(&self, _: &str, cursor: Option<&str>) -> Result<Option<WitnessPage>, CallError> {
        let Some(history) = self.history.lock().expect("no test panics with it").clone() else { return Ok(None) };
        self.history_pages.fetch_add(1, Ordering::Relaxed);
        // One on a page.
        let place = cursor.map_or(0, |cursor| cursor.parse().expect("a cursor of ours"));
        let circles = self.history_circles.load(Ordering::Relaxed);
        let next = (circles || place + 1 < history.len()).then(|| ((place + 1) % history.len()).to_string());
        Ok(Some(WitnessPage { witnesses: history.into_iter().skip(place).take(1).collect(), next }))
    }
    async fn witnesses(&self) -> Result<Option<Vec<LedgerWitness>>, CallError> {
        Ok(self.others.lock().expect("no test panics with it").clone())
    }
    fn voucher_pages(&self) -> Option<VoucherPages> {
        Some(VoucherPages::new("https://books/voucher/", ""))
    }
}

impl Books {
    pub(crate) fn kept(&self) -> Option<Witness> {
        self.kept.lock().expect("no test panics with it").clone()
    }

    pub(crate) fn treats_witnesses(&self, manner: Manner) {
        *self.manner.lock().expect("no test panics with it") = manner;
    }
}

pub(crate) struct EngineRig {
    folder: tempfile::TempDir,
    pub(crate) engine: Arc<Engine>,
    pub(crate) books: Arc<Books>,
    pub(crate) clock: Arc<Ticking>,
    pub(crate) key: Arc<Key>,
}

/// Returns the memory of an accounting side that keeps no witnesses, on a machine without a key.
pub(crate) fn not_offered() -> crate::audit::Remembered {
    crate::audit::Remembered { newest: Some(WitnessSeen::NotOffered), ..crate::audit::Remembered::default() }
}

pub(crate) fn kari() -> Actor {
    Actor { user: "kari".into(), host: "HLF-PC-12".into() }
}

impl EngineRig {
    /// Makes a new ledger; its heads are signed with a key of that seed, or not at all.
    pub(crate) fn new(key: Option<u8>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let books = Arc::new(Books {
            manner: Mutex::new(Manner::Keeps),
            kept: Mutex::new(None),
            history: Mutex::new(None),
            history_circles: AtomicBool::new(false),
            history_pages: AtomicU64::new(0),
            others: Mutex::new(None),
            leases_out: AtomicU64::new(0),
            held_by: Mutex::new(None),
            fence: AtomicU64::new(0),
        });
        let (clock, key) = (Arc::new(Ticking::default()), Arc::new(key.map_or_else(Key::default, Key::new)));
        let engine = engine(folder.path(), &books, &clock, &key, None);
        Self { folder, engine, books, clock, key }
    }

    /// Returns another engine over the same ledger, as another program has one, that keeps to a schedule.
    pub(crate) fn keeping_to(&self, schedule: &Schedule) -> Arc<Engine> {
        engine(self.folder.path(), &self.books, &self.clock, &self.key, Some(schedule.clone()))
    }

    /// Returns this workspace and a second one with a copy of its ledger, both with the same accounting side.
    pub(crate) fn copied(self) -> (Self, Self) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Self { folder: first, books, clock, key, engine: open } = self;
        drop(open);
        std::fs::copy(first.path().join("ledger.sqlite"), folder.path().join("ledger.sqlite")).expect("a copy");
        let at = |folder: tempfile::TempDir| {
            let engine = engine(folder.path(), &books, &clock, &key, None);
            Self { folder, engine, books: Arc::clone(&books), clock: Arc::clone(&clock), key: Arc::clone(&key) }
        };
        (at(first), at(folder))
    }

    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns another engine over a new ledger, as a rebuild has one.
    pub(crate) fn anew(&self) -> Arc<Engine> {
        let folder = self.folder.path().join("anew");
        std::fs::create_dir_all(&folder).expect("a folder");
        engine(&folder, &self.books, &self.clock, &self.key, None)
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.engine.ledger()
    }

    pub(crate) fn file_lock(&self) -> PathBuf {
        self.folder.path().join("sync.lock")
    }

    /// Runs once, with an empty source.
    pub(crate) async fn sync(&self) -> SyncEnd {
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: kari(), wait: None };
        self.engine.start(ask.into()).end().await
    }

    /// Runs once, and returns the problem that stopped the run.
    pub(crate) async fn refusal(&self) -> Problem {
        let end = self.sync().await;
        assert!(end.run.is_none(), "{end:?}");
        end.error.expect("the run was refused")
    }

    pub(crate) async fn verdict(&self) -> crate::audit::AuditVerdict {
        self.engine.verify_audit(kari()).await.expect("the ledger can be read")
    }

    /// Appends so many entries of every shape.
    pub(crate) async fn acts(&self, count: usize) {
        let shapes: [fn(AuditAct<'_>) -> AuditAct<'_>; 6] = [
            |act| act,
            |act| act.accounting_user("api-7").detail(serde_json::json!({ "until": "2026-12-31", "days": [1, 2] })),
            |act| act.record("PM-2026-00417", Generation::FIRST).reason("posted twice by hand in Fiken"),
            |act| act.record("", Generation::FIRST).voucher(Some("V-90211")).earlier_voucher(Some("V-1")),
            |act| act.voucher(Some("")).reason("Åse sa at bilaget er ført på feil år \u{1f4a3}"),
            |act| act.earlier_voucher(Some("V-90211")).detail(serde_json::json!({ "note": "a\"b\\c\u{0}d" })),
        ];
        let first = self.clock.now();
        let entries = self.ledger().write(move |tx| {
            for number in 0..count {
                let (actor, run) = (kari(), RunId::new(format!("run-{number}")));
                let now = first + TimeDelta::seconds(i64::try_from(number).expect("a test is short"));
                let act = shapes[number % shapes.len()](AuditAct::new(now, &actor, Act::SettingsChanged));
                tx.audit(&if number % 2 == 0 { act.run(&run) } else { act })?;
            }
            Ok(())
        });
        entries.await.expect("entries");
        self.clock.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Changes the ledger as the program does, through its one door.
    pub(crate) async fn by_the_program(&self, sql: &'static str) {
        self.ledger().write(move |tx| tx.execute_all(sql)).await.expect("the statements are SQL");
    }

    /// Appends so many entries as a program did that covered no rows.
    pub(crate) async fn before_rows_were_covered(&self, count: u64) {
        let first = self.clock.now();
        let raw = self.raw();
        let ledger_id: String = raw.query_row("SELECT ledger_id FROM ledger", [], |row| row.get(0)).expect("an id");
        let mut previous = ChainHash::NONE;
        for entry in 1..=count {
            let (actor, at) = (kari(), first + TimeDelta::seconds(entry.cast_signed()));
            let values = AuditAct::new(at, &actor, Act::SettingsChanged).values(entry, previous, None);
            let hash = entry_hash(&ledger_id, &values);
            let places: Vec<String> = (1..=COLUMNS.len() + 1).map(|n| format!("?{n}")).collect();
            let sql = format!("INSERT INTO audit ({}, hash) VALUES ({})", COLUMNS.join(", "), places.join(", "));
            let hashed = Value::Blob(hash.as_bytes().to_vec());
            raw.execute(&sql, rusqlite::params_from_iter(values.iter().chain([&hashed]))).expect("an entry");
            previous = hash;
        }
    }

    /// Opens the file as somebody does who knows SQLite: no triggers, no checks, no waiting for the disk.
    pub(crate) fn raw(&self) -> Raw {
        let raw = Raw::open(self.folder.path().join("ledger.sqlite")).expect("the ledger's file");
        raw.execute_batch(
            "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;
             DROP TRIGGER IF EXISTS audit_is_never_changed; DROP TRIGGER IF EXISTS audit_is_kept;
             DROP TRIGGER IF EXISTS audit_goes_on_from_its_head; DROP TRIGGER IF EXISTS audit_head_is_kept;
             DROP TRIGGER IF EXISTS audit_head_is_never_changed;",
        )
        .expect("triggers can be dropped");
        raw
    }

    /// Edits the file.
    pub(crate) fn edit(&self, sql: &str) {
        self.raw().execute_batch(sql).expect("the edit is SQL");
    }
}

fn engine(
    folder: &Path,
    books: &Arc<Books>,
    clock: &Arc<Ticking>,
    key: &Arc<Key>,
    schedule: Option<Schedule>,
) -> Arc<Engine> {
    let ledger = Ledger::open_in_place(&folder.join("ledger.sqlite"), clock.as_ref(), &Unique, |_| {})
        .expect("a ledger can be opened");
    Engine::new(Parts {
        ledger,
        source: Arc::new(Empty),
        accounting: Arc::clone(books) as Arc<dyn AccountingSystem>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        ids: Arc::new(Unique),
        signer: Arc::clone(key) as Arc<dyn Signer>,
        settings: Settings {
            organisation: OrganisationId::new("hlf").expect("a valid id"),
            books: None,
            source: crate::settings::SourceRule::default(),
            time_zone: chrono_tz::Europe::Oslo,
            posting: PostingRules::of_accounts(Account("2930".into()), None, std::collections::HashMap::new()),
            vouchers_per_request: 10,
            requests_in_flight: 1,
            lease: Duration::from_secs(60),
            wait_for_lock: Duration::ZERO,
            when_still_unknown: WhenStillUnknown::Hold,
            re_export_needs_approval: false,
            take_over_forbidden_by: None,
            read_back_within: TimeDelta::days(14),
            compare_after_run: false,
            schedule,
            file_lock: folder.join("sync.lock"),
        },
    })
}
