//! Makes a new ledger from the accounting system, by reference: the way out if the old one is gone, damaged, or older
//! than the one last used. Nothing is sent. A record that the books show as it should be is taken over as exported; one
//! that they show otherwise waits for a person; one that they do not show is exported by the next sync like anything
//! new.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::calls::{Caller, Listing, Patience, RunError};
use crate::compare::{member_as_shown, member_of};
use crate::domain::evidence::{Evidence, LookUpResult};
use crate::domain::{Act, Actor, Generation, Outcome, Period, Reference, RequestKey, RunId, Trigger, VoucherState};
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::agreement::agree;
use crate::export::ask::SyncEnd;
use crate::export::identity::{self, Asks};
use crate::export::observe::observe;
use crate::export::plan::PlanRules;
use crate::export::progress::Reporter;
use crate::export::walls::{AcquiredLocks, LockRequest};
use crate::ledger::{
    AuditAct, Candidate, ClaimMember, Ledger, LedgerError, Moment, PlannedItem, Reading, ReplacedLedger, Settlement,
};
use crate::lock::FileLock;
use crate::parts::Parts;
use crate::ports::{Clock, LOOK_UP_MAX};
use crate::verbs::reason::check_reason;

/// The look-ups for one record, at most; a record re-exported more often needs a person anyway.
const ROUNDS_MAX: u32 = 50;

/// The result of a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Rebuilt {
    /// The number of records of the source.
    pub records: u64,
    /// The number of records taken over as exported.
    pub exported: u64,
    /// The number of records for a person: several vouchers, reversed ones, or other content.
    pub in_doubt: u64,
    /// The number of vouchers under this organisation's references whose record the source no longer has.
    pub without_record: u64,
}

/// The ledger that a rebuild is to replace, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OldLedger {
    /// There is none.
    Gone,
    /// It cannot be read.
    Unreadable,
    /// It can be read: its history, its reasons and its trail are lost to the new one.
    Sound(ReplacedLedger),
}

impl OldLedger {
    /// Looks at the ledger at `path`, and changes nothing in it.
    pub fn at(path: &Path) -> Self {
        match Ledger::look_at(path) {
            Ok(ledger) => Self::Sound(ledger),
            Err(LedgerError::Missing { .. }) => Self::Gone,
            Err(_) => Self::Unreadable,
        }
    }
}

/// A wish to rebuild.
#[derive(Debug, Clone)]
pub struct RebuildAsk {
    actor: Actor,
    reason: Option<String>,
    replaces: Option<ReplacedLedger>,
}

impl RebuildAsk {
    /// Takes a person's wish. A ledger that can be read is replaced only with a reason, and if the person has
    /// confirmed it: `path` names it in the sentence that says so.
    ///
    /// # Errors
    /// [`Problem::ledger_is_sound`] without a confirmation, [`Problem::reason_too_short`] without a reason.
    pub fn new(
        actor: Actor,
        path: &Path,
        old: OldLedger,
        reason: Option<&str>,
        is_confirmed: bool,
    ) -> Result<Self, Problem> {
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        let replaces = match old {
            OldLedger::Gone | OldLedger::Unreadable => None,
            OldLedger::Sound(ledger) if !is_confirmed => {
                return Err(Problem::ledger_is_sound(path.display(), ledger.entries));
            }
            OldLedger::Sound(ledger) => Some(ledger),
        };
        let needs_reason = replaces.is_some() || reason.is_some();
        let reason = needs_reason.then(|| check_reason(reason.unwrap_or_default())).transpose()?;
        Ok(Self { actor, reason, replaces })
    }
}

/// The end of a rebuild.
#[derive(Debug, Clone, Default)]
pub struct RebuildEnd {
    /// The result, if it came to its end.
    pub rebuilt: Option<Rebuilt>,
    /// Otherwise the reason why not, and the holder of the lock.
    pub refused: SyncEnd,
}

impl Engine {
    /// Fills this engine's ledger, which must be a new one ([`Ledger::begin_anew`]), from source and accounting system.
    /// It takes the locks like a run.
    ///
    /// # Errors
    /// If source, accounting system or ledger cannot be read. The part that was made so far is then of no use.
    pub async fn rebuild(&self, actor: Actor) -> Result<RebuildEnd, Problem> {
        self.rebuild_until(RebuildAsk { actor, reason: None, replaces: None }, CancellationToken::new()).await
    }

    /// Rebuilds until a person stops it: then it ends with neither, and the old ledger is the one in use.
    ///
    /// # Errors
    /// As [`Engine::rebuild`].
    pub async fn rebuild_until(&self, ask: RebuildAsk, stop: CancellationToken) -> Result<RebuildEnd, Problem> {
        let run_id = RunId::new(self.parts().ids.fresh());
        let mut reporter = Reporter::new(run_id.clone(), self.parts().clock.clone());
        let request = LockRequest {
            parts: self.parts(),
            actor: &ask.actor,
            run_id: &run_id,
            operation: "rebuild",
            progress: reporter.lock_progress(),
            shows: Some(reporter.progress()),
            // The person sees whose turn it is.
            wait: Duration::ZERO,
            stop: &stop,
            checks_witness: true,
            asks: Asks::CarriedPins,
        };
        let mut locks = match request.take().await {
            Ok(locks) => locks,
            Err(end) => return Ok(RebuildEnd { rebuilt: None, refused: *end }),
        };
        let rebuilt = rebuild(self.parts(), &mut locks, &run_id, &ask, &mut reporter, &stop).await;
        locks.give_back(self.parts().accounting.as_ref()).await;
        if matches!(rebuilt, Err(RunError::Stopped)) {
            return Ok(RebuildEnd { rebuilt: None, refused: SyncEnd::default() });
        }
        let rebuilt = rebuilt.map_err(RunError::into_problem)?;
        Ok(RebuildEnd { rebuilt: Some(rebuilt), refused: SyncEnd::default() })
    }
}

/// Puts a rebuilt ledger in the place of the old one, which is kept under another name. Both must be closed.
///
/// # Errors
/// If a run is on, or the files cannot be moved.
pub fn put_in_place(rebuilt: &Path, ledger: &Path, lock: &Path, clock: &dyn Clock) -> Result<(), Problem> {
    let _file = FileLock::try_take(lock)?;
    Ok(Ledger::put_in_place(rebuilt, ledger, clock)?)
}

async fn rebuild(
    parts: &Parts,
    locks: &mut AcquiredLocks,
    run_id: &RunId,
    ask: &RebuildAsk,
    reporter: &mut Reporter,
    stop: &CancellationToken,
) -> Result<Rebuilt, RunError> {
    let permit = locks.permit().map_err(RunError::Problem)?;
    let (mut start, at) =
        locks.start(parts, run_id, &ask.actor, Trigger::Manual, Period::EVERYTHING).map_err(RunError::Problem)?;
    // The ledger that is gone may not have told everything: all that is found is told, once more or for the first time.
    start.learning = parts.source.learning().await;
    let number = parts.ledger.write(move |tx| tx.begin_with_entry(&start, at)).await?;
    let caller = Caller::new(parts.accounting.clone(), parts.clock.clone(), stop.clone(), Patience::RUN)
        .shown_in(reporter.progress());
    // The old ledger's requests in flight must have arrived before the books are read.
    locks.wait_for_others(&caller).await?;
    let references = agree(parts, locks, permit, &caller, Asks::CarriedPins).await?;
    identity::check_source(parts).await.map_err(RunError::Problem)?;
    let (source, clock) = (parts.source.as_ref(), parts.clock.as_ref());
    let reading = observe(source, &parts.ledger, clock, Some(reporter), Asks::CarriedPins).await?;
    let rules = PlanRules::of(parts, Period::EVERYTHING, references, Some(number));
    let rules = rules.over(&locks.connection.capabilities);
    identity::pin(parts, &locks.connection).await?;
    let rebuild = Rebuild { parts, locks, caller: &caller, rules: &rules, number };
    let mut rebuilt = rebuild.take_over(reading).await?;
    rebuilt.without_record = rebuild.without_record().await?;
    let (now, accounting_user, run_id) = (parts.clock.now(), locks.connection.user_id.clone(), run_id.clone());
    let RebuildAsk { actor: by, reason, replaces } = ask.clone();
    parts
        .ledger
        .write(move |tx| {
            tx.set_read(number, rebuilt.records)?;
            // The entry covers the run as it ended.
            tx.finish_run(number, Outcome::Completed, None, now)?;
            let mut detail = json!(rebuilt);
            if let Some(replaced) = replaces {
                detail["replaces"] = json!(replaced);
            }
            let mut act = AuditAct::new(now, &by, Act::Rebuilt).accounting_user(&accounting_user).run(&run_id);
            if let Some(reason) = &reason {
                act = act.reason(reason);
            }
            tx.audit(&act.detail(detail))
        })
        .await?;
    audit::seal(parts, permit, &ask.actor).await.map_err(RunError::Problem)?;
    Ok(rebuilt)
}

struct Rebuild<'a> {
    parts: &'a Parts,
    locks: &'a AcquiredLocks,
    caller: &'a Caller,
    rules: &'a PlanRules,
    number: i64,
}

/// A record, with what stands in the books for it.
struct FoundRecord {
    candidate: Candidate,
    member: ClaimMember,
    settlement: Settlement,
}

impl Rebuild<'_> {
    /// Takes over every record of the source, a page at a time.
    async fn take_over(&self, reading: Reading) -> Result<Rebuilt, RunError> {
        let (mut rebuilt, mut after) = (Rebuilt::default(), 0);
        loop {
            let page = self.parts.ledger.read(move |tx| tx.candidates(reading, after, LOOK_UP_MAX)).await?;
            let Some(last) = page.last() else { return Ok(rebuilt) };
            if self.caller.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            after = last.cursor;
            rebuilt.records += page.len() as u64;
            let seen = self.look_at(page).await?;
            for one in &seen {
                match one.settlement {
                    Settlement::Posted { .. } => rebuilt.exported += 1,
                    _ => rebuilt.in_doubt += 1,
                }
            }
            self.enter(seen).await?;
        }
    }

    /// Returns the newest generation of each record that the books know of, with what stands there.
    async fn look_at(&self, page: Vec<Candidate>) -> Result<Vec<FoundRecord>, RunError> {
        let permit = self.locks.permit().map_err(RunError::Problem)?;
        let mut newest: Vec<Option<(ClaimMember, Settlement)>> = vec![None; page.len()];
        let first = || [Generation::FIRST].into_iter().chain(Generation::FIRST.reach()).collect();
        let mut asked: Vec<(usize, Vec<Generation>)> = (0..page.len()).map(|index| (index, first())).collect();
        for _ in 0..ROUNDS_MAX {
            if asked.is_empty() {
                break;
            }
            let mut references: Vec<Reference> = Vec::new();
            for (index, generations) in &asked {
                let Some(candidate) = page.get(*index) else { continue };
                references.extend(generations.iter().flat_map(|each| self.forms(candidate, *each)));
            }
            let looked_up = self.caller.look_up(permit, &references).await?;
            let mut found = Vec::new();
            for (index, generations) in asked {
                let (Some(candidate), Some(slot)) = (page.get(index), newest.get_mut(index)) else { continue };
                // An earlier voucher may be gone from the books, and the one of a re-export stand there.
                let mut judged = generations.into_iter().rev();
                let last = judged.find_map(|each| Some((each, self.judge(candidate, each, &looked_up)?)));
                if let Some((generation, judged)) = last {
                    *slot = Some(judged);
                    found.push((index, generation.reach().collect()));
                }
            }
            asked = found;
        }
        let seen = page.into_iter().zip(newest).filter_map(|(candidate, newest)| {
            let (member, settlement) = newest?;
            Some(FoundRecord { candidate, member, settlement })
        });
        Ok(seen.collect())
    }

    fn forms(&self, candidate: &Candidate, generation: Generation) -> Vec<Reference> {
        self.rules.references.of(&self.rules.organisation, &candidate.record.id, generation)
    }

    /// Judges a record by the books. One voucher that stands there with another content is taken over as it is: the
    /// record changed since it was exported. Drafts are nobody's yet: the next sync discards them before it stages its
    /// own.
    fn judge(
        &self,
        candidate: &Candidate,
        generation: Generation,
        looked_up: &LookUpResult,
    ) -> Option<(ClaimMember, Settlement)> {
        let settings = &self.parts.settings;
        let record = &candidate.record;
        let posting = (&settings.posting, settings.booking_day(self.parts.clock.now()));
        let standing = looked_up.standing(self.forms(candidate, generation));
        let reference = standing.first()?.clone();
        let member = member_of(record, generation, &reference, posting);
        if standing.len() > 1 {
            let vouchers = standing.iter().flat_map(|each| looked_up.vouchers(each).to_vec()).collect();
            return Some((member, Settlement::Unclear(vouchers)));
        }
        match looked_up.of(member.expected()) {
            Evidence::Absent | Evidence::Drafts { .. } => None,
            Evidence::Posted { acknowledgement, .. } => {
                let made = looked_up.made(&reference, &acknowledgement);
                Some((member, Settlement::Posted { acknowledgement, found: true, made }))
            }
            Evidence::Unclear(vouchers) => match looked_up.vouchers(&reference) {
                [only] if only.state == VoucherState::Posted => {
                    let shown = member_as_shown(record, generation, &reference, only, posting);
                    Some((shown, Settlement::found(only)))
                }
                _ => Some((member, Settlement::Unclear(vouchers))),
            },
        }
    }

    async fn enter(&self, seen: Vec<FoundRecord>) -> Result<(), RunError> {
        if seen.is_empty() {
            return Ok(());
        }
        let permit = self.locks.permit().map_err(RunError::Problem)?;
        let (run, fence) = (self.number, permit.fence());
        let at = Moment { now: self.parts.clock.now(), there: permit.latest_now() };
        let key = RequestKey::new(self.parts.ids.fresh());
        let entered = self.parts.ledger.write(move |tx| {
            let mut found = Vec::with_capacity(seen.len());
            for (position, mut one) in (tx.next_position(run)?..).zip(seen) {
                tx.enter(run, &planned(position, &one))?;
                one.member.position = position;
                found.push((one.member, one.settlement));
            }
            tx.adopt(run, fence, &key, &found, at)
        });
        Ok(entered.await?)
    }

    /// Counts the vouchers under our references of which this ledger knows nothing: their records are no longer in the
    /// source.
    async fn without_record(&self) -> Result<u64, RunError> {
        let permit = self.locks.permit().map_err(RunError::Problem)?;
        let prefix = format!("{}:", self.rules.organisation.as_str());
        let mut count = 0;
        let mut listing = Listing::new(self.caller, permit, Period::EVERYTHING, &self.locks.connection.address);
        while let Some(vouchers) = listing.next().await? {
            let ours: Vec<Reference> = vouchers
                .into_iter()
                .filter(|voucher| voucher.reverses.is_none() && voucher.reference.as_str().starts_with(&prefix))
                .map(|voucher| voucher.reference)
                .collect();
            count += self.parts.ledger.read(move |tx| tx.count_unknown(&ours)).await?;
        }
        Ok(count)
    }
}

fn planned(position: u64, one: &FoundRecord) -> PlannedItem<'_> {
    PlannedItem {
        position,
        record_id: Some(one.candidate.record.id.as_str()),
        place: &one.candidate.place,
        generation: Some(one.member.generation),
        result: None,
        attempt_id: None,
        reason: None,
    }
}
