//! Holds the rig of what absence proves: the real engine and ledger over books that a test tells what to do, with one
//! record, and a clock on which a wait takes its time at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::time::Instant;

use crate::audit::tests::engine_rig::{Key, kari};
use crate::domain::*;
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::{SyncAsk, SyncEnd};
use crate::ledger::{ClaimedRequest, ClaimedReversal, Ledger, StagedDraft};
use crate::lock::Permit;
use crate::parts::Parts;
use crate::ports::*;
use crate::settings::{Settings, StatedBooks, WhenStillUnknown};

/// Tokio's paused clock, which jumps ahead whenever nobody has anything left to do.
pub(crate) struct VirtualTime {
    start: Instant,
    /// The difference of the accounting side's clock.
    pub(crate) shift_there: Mutex<TimeDelta>,
}

impl VirtualTime {
    #[expect(clippy::disallowed_methods, reason = "tokio's paused clock is the time of this rig")]
    fn begin() -> Self {
        Self { start: Instant::now(), shift_there: Mutex::default() }
    }

    fn there(&self) -> DateTime<Utc> {
        self.now() + *of(&self.shift_there)
    }
}

#[async_trait]
impl Clock for VirtualTime {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a time") + self.elapsed()
    }
    #[expect(clippy::disallowed_methods, reason = "tokio's paused clock is the time of this rig")]
    fn elapsed(&self) -> Duration {
        Instant::now().duration_since(self.start)
    }
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

struct Ids(AtomicU64);

impl IdSource for Ids {
    fn fresh(&self) -> String {
        format!("id-{}", self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A source with one record.
struct OneRecord;

#[async_trait]
impl Source for OneRecord {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        Ok(Box::new(OnePage(true)))
    }
}

struct OnePage(bool);

#[async_trait]
impl Pages for OnePage {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        Ok(std::mem::take(&mut self.0)
            .then(|| vec![Row::Record(Box::new(record()), Place { file: "a".into(), line: 2 })]))
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 28).expect("a day")
}

fn record() -> Record {
    Record {
        id: RecordId::new("A").expect("an id"),
        version: None,
        approved_at: None,
        date: day(),
        payee: Payee { id: "PM-1".into(), name: "PM-1".into() },
        category: "Reise".into(),
        amount: Money::from_minor(41_200, Currency::from_code("NOK").expect("a code")),
        text: "tog".into(),
        department: None,
        project: None,
        detail: ExpenseDetail::default(),
        receipts: Vec::new(),
    }
}

/// The moment at which a voucher was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) after_grant: Duration,
    pub(crate) fence: u64,
}

/// Returns the cursor behind a page of the list.
type NextCursor = fn(Option<&str>) -> Option<String>;

/// The books, as a test wants them.
pub(crate) struct ScriptedBooks {
    time: Arc<VirtualTime>,
    pub(crate) capabilities: Mutex<Capabilities>,
    /// The number of grants so far, and the fence of the next.
    pub(crate) next_fence: AtomicU64,
    /// The number of grants that are still given; then somebody else holds the lock.
    pub(crate) grants_left: AtomicU64,
    /// The life that is granted, if it is another than the one that was asked for.
    pub(crate) life: Mutex<Option<Duration>>,
    pub(crate) unaware: Mutex<Option<Vec<Unaware>>>,
    /// True: a request that arrives is carried out and answered.
    pub(crate) answers: AtomicBool,
    /// The time for which the first byte of a request hesitates.
    pub(crate) hesitates: Mutex<Duration>,
    /// True: the lock can be renewed.
    pub(crate) renews: AtomicBool,
    /// The vouchers that were sent.
    pub(crate) sent: Mutex<Vec<Sent>>,
    /// The totals of the vouchers that a look-up shows.
    pub(crate) shown: Mutex<Vec<&'static str>>,
    /// True: a look-up shows a voucher that was acknowledged.
    pub(crate) shows_acknowledged: AtomicBool,
    /// The total of the voucher that a request leaves behind, if it leaves one.
    pub(crate) leaves: Mutex<Option<&'static str>>,
    /// The day that a refusal for a closed period names, as a function of the voucher's day; `None` for an open period.
    pub(crate) closed: Mutex<fn(NaiveDate) -> Option<NaiveDate>>,
    /// The list of vouchers, as a function of its cursor.
    pub(crate) list: Mutex<NextCursor>,
    /// The scheme that the books keep; `None` if they keep none.
    pub(crate) scheme: Mutex<Option<ReferenceScheme>>,
    /// The references that a look through all of the books shows; `None` if they cannot be looked through.
    pub(crate) references: Mutex<Option<Vec<Reference>>>,
    /// True: the pages of that look lead from one to another and back.
    pub(crate) references_circle: AtomicBool,
    /// The times after the grant at which one was kept.
    pub(crate) kept_after: Mutex<Vec<Duration>>,
    /// The id and name of the organisation whose books they are.
    pub(crate) organisation: Mutex<(String, String)>,
    granted_at: Mutex<Duration>,
}

pub(crate) fn of<T>(wanted: &Mutex<T>) -> MutexGuard<'_, T> {
    wanted.lock().unwrap_or_else(PoisonError::into_inner)
}

fn never<T>() -> Result<T, CallError> {
    Err(CallError::NotSent(Problem::internal("no test of absence comes here")))
}

fn voucher(total: &str, id: usize) -> FoundVoucher {
    FoundVoucher {
        reference: Reference::from_stored("hlf:A"),
        acknowledgement: Acknowledgement { voucher_id: format!("V-{id}"), number: None },
        date: day(),
        currency: "NOK".into(),
        total: total.into(),
        created_at: DateTime::UNIX_EPOCH,
        created_by: None,
        state: VoucherState::Posted,
        reversed_by: None,
        reverses: None,
        shown: ShownContent::default(),
        differs: Vec::new(),
    }
}

#[async_trait]
impl AccountingSystem for ScriptedBooks {
    async fn connect(&self) -> Result<Connection, CallError> {
        let (organisation_id, organisation_name) = of(&self.organisation).clone();
        Ok(Connection {
            address: "http://books".into(),
            organisation_id,
            organisation_name,
            user_id: "api-7".into(),
            user_name: "Kari Nordmann".into(),
            capabilities: of(&self.capabilities).clone(),
            keeps_scheme: of(&self.scheme).is_some(),
        })
    }
    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        let left = self.grants_left.load(Ordering::Relaxed);
        if left == 0 {
            let holder = LockHolder { user: "ola".into(), name: None, host: "b".into(), run_id: RunId::new("other") };
            let at = self.time.there();
            let (operation, progress, seen_at) = ("sync".to_owned(), None, None);
            let (acquired_at, renewed_at, expires_at) = (at, at, at + TimeDelta::seconds(60));
            let info = LockInfo { holder, operation, acquired_at, renewed_at, expires_at, progress, seen_at };
            return Ok(Acquired::Held(info));
        }
        self.grants_left.store(left - 1, Ordering::Relaxed);
        *of(&self.granted_at) = self.time.elapsed();
        Ok(Acquired::Granted {
            token: LeaseToken::new("t"),
            fence: self.next_fence.fetch_add(1, Ordering::Relaxed),
            granted_at: self.time.there(),
            life: of(&self.life).unwrap_or(ask.life),
            unaware: of(&self.unaware).clone(),
        })
    }
    async fn renew(&self, _: &LeaseToken, life: Duration, _: LockProgress) -> Result<Duration, CallError> {
        if !self.renews.load(Ordering::Relaxed) {
            return Err(CallError::Unknown(Problem::accounting_unreachable("books", "no answer")));
        }
        Ok(of(&self.life).unwrap_or(life))
    }
    async fn release(&self, _: &LeaseToken) -> Result<(), CallError> {
        Ok(())
    }
    async fn break_lock(&self, _: &RunId, _: &str) -> Result<(), CallError> {
        Ok(())
    }
    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        Ok(None)
    }
    fn draw_up(&self, _: &[Posting]) -> Vec<u8> {
        b"{}".to_vec()
    }
    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        let hesitates = *of(&self.hesitates);
        self.time.sleep(hesitates).await;
        permit.check().map_err(|_| CallError::LeaseLost)?;
        let at = self.time.elapsed();
        let after_grant = at.saturating_sub(*of(&self.granted_at));
        of(&self.sent).push(Sent { at, after_grant, fence: permit.fence() });
        of(&self.shown).extend(*of(&self.leaves));
        if !self.answers.load(Ordering::Relaxed) {
            return Err(CallError::Unknown(Problem::accounting_unreachable("books", "the answer is lost")));
        }
        let closed = *of(&self.closed);
        if let Some(next_open) = request.members().iter().find_map(|member| closed(member.date())) {
            let refusal = Refusal { next_open: Some(next_open), ..Refusal::new(Refusal::CLOSED_PERIOD, "closed") };
            let refused = VoucherResult::Refused { refusal, voucher_id: None };
            return Ok(Answer { results: vec![Some(refused); request.members().len()] });
        }
        let id = of(&self.shown).len();
        if self.shows_acknowledged.load(Ordering::Relaxed) {
            of(&self.shown).push("412.00");
        }
        let made = VoucherResult::Created(Acknowledgement { voucher_id: format!("V-{id}"), number: None });
        Ok(Answer { results: vec![Some(made); request.members().len()] })
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
    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError> {
        let asked = references.iter().any(|reference| reference.as_str() == "hlf:A");
        let shown = of(&self.shown).clone();
        let vouchers = shown.iter().enumerate().filter(|_| asked).map(|(id, total)| voucher(total, id)).collect();
        Ok(Found { vouchers, drafts: Vec::new() })
    }
    async fn vouchers(&self, _: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        Ok(VoucherPage { vouchers: Vec::new(), next: of(&self.list)(cursor) })
    }
    async fn reverse(&self, _: &Permit, _: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        never()
    }
    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        Ok(of(&self.scheme).clone())
    }
    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        let circles = self.references_circle.load(Ordering::Relaxed);
        let next = circles.then(|| if cursor == Some("a") { "b" } else { "a" }.to_owned());
        Ok(of(&self.references).clone().map(|references| ReferencePage { references, next }))
    }
    async fn keep_scheme(&self, _: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        of(&self.kept_after).push(self.time.elapsed().saturating_sub(*of(&self.granted_at)));
        *of(&self.scheme) = Some(scheme.clone());
        Ok(true)
    }
    async fn witness(&self, _: &str) -> Result<WitnessSeen, CallError> {
        Ok(WitnessSeen::NotOffered)
    }
    async fn leave_witness(&self, _: &Permit, _: &str, _: &Witness) -> Result<(), CallError> {
        Ok(())
    }
}

pub(crate) struct LaggingRig {
    _folder: tempfile::TempDir,
    pub(crate) engine: Arc<Engine>,
    pub(crate) books: Arc<ScriptedBooks>,
    pub(crate) time: Arc<VirtualTime>,
}

impl LaggingRig {
    /// Makes a new ledger over books of this protection, whose search lags so many seconds, and whose settle window is
    /// ten seconds. Answers get lost until a test says otherwise.
    pub(crate) fn new(protection: Protection, lag: u64, when_still_unknown: WhenStillUnknown) -> Self {
        Self::stating(protection, lag, when_still_unknown, None)
    }

    /// Makes the same, in a workspace that says whose books these are.
    pub(crate) fn stating(
        protection: Protection,
        lag: u64,
        when_still_unknown: WhenStillUnknown,
        stated: Option<StatedBooks>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let time = Arc::new(VirtualTime::begin());
        let capabilities = Capabilities {
            protection,
            idempotency_keys_live: None,
            settle_window: Duration::from_secs(10),
            search_lag: Duration::from_secs(lag),
            unique_references: protection == Protection::Enforced,
            vouchers_per_request_max: 10,
            reference_rules: ReferenceRules { length_max: 64, folds_case: false, ascii_only: false },
            vat_codes: false,
            own_amounts: false,
            takes_files: false,
            attachments: None,
        };
        let books = Arc::new(ScriptedBooks {
            time: Arc::clone(&time),
            capabilities: Mutex::new(capabilities),
            next_fence: AtomicU64::new(1),
            grants_left: AtomicU64::new(u64::MAX),
            life: Mutex::default(),
            unaware: Mutex::default(),
            answers: AtomicBool::new(false),
            hesitates: Mutex::default(),
            renews: AtomicBool::new(true),
            sent: Mutex::default(),
            shown: Mutex::default(),
            shows_acknowledged: AtomicBool::new(true),
            leaves: Mutex::default(),
            closed: Mutex::new(|_| None),
            list: Mutex::new(|_| None),
            scheme: Mutex::default(),
            references: Mutex::default(),
            references_circle: AtomicBool::new(false),
            kept_after: Mutex::default(),
            organisation: Mutex::new(("hlf".into(), "HLF".into())),
            granted_at: Mutex::default(),
        });
        let ids = Arc::new(Ids(AtomicU64::new(1)));
        let ledger = folder.path().join("ledger.sqlite");
        let ledger = Ledger::open_in_place(&ledger, time.as_ref(), ids.as_ref(), |_| {}).expect("a ledger");
        let engine = Engine::new(Parts {
            ledger,
            source: Arc::new(OneRecord),
            accounting: Arc::clone(&books) as Arc<dyn AccountingSystem>,
            clock: Arc::clone(&time) as Arc<dyn Clock>,
            ids,
            signer: Arc::new(Key::default()),
            settings: Settings {
                organisation: OrganisationId::new("hlf").expect("a valid id"),
                books: stated,
                source: crate::settings::SourceRule::default(),
                time_zone: chrono_tz::Europe::Oslo,
                posting: PostingRules {
                    date: PostingDate::NextOpen,
                    ..PostingRules::of_accounts(Account("2930".into()), Some(Account("7790".into())), HashMap::new())
                },
                vouchers_per_request: 10,
                requests_in_flight: 1,
                lease: Duration::from_secs(60),
                wait_for_lock: Duration::ZERO,
                when_still_unknown,
                re_export_needs_approval: false,
                take_over_forbidden_by: None,
                read_back_within: TimeDelta::days(14),
                compare_after_run: false,
                schedule: None,
                file_lock: folder.path().join("export.lock"),
            },
        });
        Self { _folder: folder, engine, books, time }
    }

    pub(crate) async fn sync(&self) -> SyncEnd {
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: kari(), wait: None };
        self.engine.start(ask.into()).end().await
    }

    /// Returns how often the record was sent.
    pub(crate) fn sent(&self) -> usize {
        of(&self.books.sent).len()
    }

    /// Returns the last sending.
    pub(crate) fn last_sent(&self) -> Sent {
        *of(&self.books.sent).last().expect("it was sent")
    }

    /// Lets time go by.
    pub(crate) async fn pass(&self, time: Duration) {
        self.time.sleep(time).await;
    }

    pub(crate) async fn in_doubt(&self) -> u64 {
        self.engine.counts().await.expect("the ledger is readable").in_doubt
    }
}
