//! Leads a run from its first wall to its last row.
//!
//! Invariant: whatever ends it, the run is closed in the ledger with what is true by then, and the walls are given back
//! in reverse order.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::agreement::agree;
use super::ask::{Job, RunAsk, SyncEnd};
use super::identity::{self, Asks};
use super::late_drafts::discard_late_drafts;
use super::learn::{self, Unreported};
use super::observe::observe;
use super::plan::PlanRules;
use super::planning::{make_plan, plan_unsent};
use super::progress::Reporter;
use super::receipts::attach_receipts;
use super::record_locks::{self, RecordLocks};
use super::recover::{Unresolved, recover};
use super::refused_runs;
use super::reversal;
use super::send::send;
use super::step::Run;
use super::unseen::Unseen;
use super::verify::look_for_unseen;
use super::walls::{AcquiredLocks, LockRequest};
use crate::audit;
use crate::calls::{Caller, Patience, RunError};
use crate::compare;
use crate::domain::{Act, Outcome, RunId};
use crate::error::Problem;
use crate::ledger::{AuditAct, Moment};
use crate::parts::Parts;
use crate::ports::Learning;
use crate::views::Phase;

/// The times that a run tries to settle what it has left in doubt, before it leaves that to the next one.
const CLOSING_ROUNDS_MAX: u32 = 3;

/// Does one whole run.
pub(crate) async fn run(
    parts: &Parts,
    ask: RunAsk,
    run_id: RunId,
    reporter: &mut Reporter,
    stop: CancellationToken,
) -> SyncEnd {
    let request = LockRequest {
        parts,
        actor: &ask.actor,
        run_id: &run_id,
        operation: ask.job.operation(),
        progress: reporter.lock_progress(),
        shows: Some(reporter.progress()),
        wait: ask.wait.unwrap_or(parts.settings.wait_for_lock),
        stop: &stop,
        checks_witness: true,
        asks: Asks::Everything,
    };
    // This may take its time, and is asked before anybody else has to wait for this run.
    let learning = stop.run_until_cancelled(parts.source.learning()).await.unwrap_or(Learning::UNSAID);
    match request.take().await {
        Ok(mut locks) => {
            let waited_for = locks.waited_for.take();
            let (look_alikes, locks_records) = (AtomicU64::default(), AtomicBool::default());
            let unseen = Unseen::default();
            let steps = RunSteps {
                parts,
                ask: &ask,
                request: &request,
                run_id: &run_id,
                stop: &stop,
                learning,
                locks_records,
                look_alikes,
                unseen,
                unread_books: Mutex::default(),
            };
            let ended = AssertUnwindSafe(steps.run(&mut locks, reporter)).catch_unwind().await;
            locks.give_back(parts.accounting.as_ref()).await;
            let end = ended.unwrap_or_else(|_| {
                SyncEnd::failed(Problem::internal("the run broke off; the next one settles what it left"))
            });
            // Nobody waits for these two: the lease is given back.
            record_locks::release(parts, &run_id).await;
            let Unreported { count: unreported, problem: unreported_because } = learn::tell(parts, &stop).await;
            SyncEnd { waited_for, unreported, unreported_because, ..end }
        }
        Err(end) => refused_runs::keep(parts, &ask, &run_id, *end).await,
    }
}

struct RunSteps<'a> {
    parts: &'a Parts,
    ask: &'a RunAsk,
    request: &'a LockRequest<'a>,
    run_id: &'a RunId,
    stop: &'a CancellationToken,
    /// The things that the source says it learns.
    learning: Learning,
    /// True if the source locks records.
    locks_records: AtomicBool,
    /// The look-alikes of the plan, for the end to tell.
    look_alikes: AtomicU64,
    unseen: Unseen,
    /// The first problem with the books that lie where they are looked for.
    unread_books: Mutex<Option<Problem>>,
}

impl RunSteps<'_> {
    async fn run(&self, locks: &mut AcquiredLocks, reporter: &mut Reporter) -> SyncEnd {
        let number = match self.begin(locks).await {
            Ok(number) => number,
            Err(problem) => return SyncEnd::failed(problem),
        };
        // Before the source is read again: of what it has heard, it may want nothing more.
        learn::tell_beforehand(self.parts, self.stop).await;
        let error = self.steps(number, locks, reporter).await.err();
        let no_certificate = if error.is_none() { self.certify(number, locks, reporter).await.err() } else { None };
        let unread_books = self.unread_books.lock().unwrap_or_else(PoisonError::into_inner).take();
        SyncEnd { no_certificate, unread_books, ..self.close(number, locks, error).await }
    }

    /// Looks up the vouchers that the run posted, and those of the records that it left out as exported before, if the
    /// workspace wants that; those of records that were exported more than once always: one may stand there too many.
    /// The run itself stays as it is, whatever is found.
    async fn certify(&self, number: i64, locks: &AcquiredLocks, reporter: &mut Reporter) -> Result<(), Problem> {
        let all = self.parts.settings.compare_after_run;
        let (posted, left_out) = self.parts.ledger.read(move |tx| tx.count_to_look_up(number, all)).await?;
        let posted = if all { posted } else { 0 };
        let cannot_ask = locks.connection.capabilities.takes_files;
        if cannot_ask || posted + left_out == 0 {
            return Ok(());
        }
        reporter.phase(Phase::Finishing, Some(posted + left_out));
        let of = compare::OfRun { number, run_id: self.run_id, period: self.ask.job.period() };
        let caller = self.caller(reporter);
        let examiner = self.examiner(locks, &caller).map_err(RunError::into_problem)?;
        let mut show = |vouchers| reporter.advance(vouchers);
        let looked_up = async {
            if posted > 0 {
                compare::certificate(examiner, of, &mut show).await?;
            }
            compare::review(examiner, of, all, &mut show).await
        };
        // A person stopped it: the next run, or the next comparison, shows as much.
        looked_up.await.or_else(|error| error.problem().map_or(Ok(()), Err))
    }

    /// Begins the run. Under the permit it is the only one: everything open was left by a process that is gone.
    async fn begin(&self, locks: &AcquiredLocks) -> Result<i64, Problem> {
        let (mut start, at) =
            locks.start(self.parts, self.run_id, &self.ask.actor, self.ask.trigger, self.ask.job.period())?;
        start.learning = self.learning;
        let begun = self.parts.ledger.write(move |tx| {
            let number = tx.begin_with_entry(&start, at)?;
            Ok((number, tx.locks_records(number)?))
        });
        let (number, locks_records) = begun.await?;
        self.locks_records.store(locks_records, Ordering::Relaxed);
        Ok(number)
    }

    async fn steps(&self, number: i64, locks: &mut AcquiredLocks, reporter: &mut Reporter) -> Result<(), RunError> {
        let caller = self.caller(reporter);
        let open = self.parts.ledger.read(|tx| tx.open_attempts()).await?;
        if open > 0 {
            reporter.phase(Phase::Recovering, Some(open));
            locks.wait_for_others(&caller).await?;
            recover(&self.of(number, locks)?, &caller, reporter).await?;
        }
        self.read_inbox(number, locks).await?;
        if let Some(problem) = self.parts.ledger.read(|tx| tx.unfinished_file()).await? {
            return Err(RunError::Problem(problem));
        }
        discard_late_drafts(&self.of(number, locks)?, &caller).await?;
        self.go_on()?;
        let permit = locks.permit().map_err(RunError::Problem)?;
        let references = agree(self.parts, locks, permit, &caller, Asks::Everything).await?;
        let rules = PlanRules::of(self.parts, self.ask.job.period(), references, Some(number));
        let rules = rules.over(&locks.connection.capabilities);
        let run = self.of(number, locks)?;
        let about = self.ask.job.about();
        let carried_on = reversal::carry_on(self.parts, &run, &caller, &self.ask.actor, about).await?;
        let to_send = carried_on
            + match &self.ask.job {
                Job::Sync(_) => self.plan(number, &rules, reporter).await?,
                Job::ReExport { record_id, wish } => {
                    let examiner = self.examiner(locks, &caller)?;
                    reversal::prepare(self.parts, &run, examiner, record_id, wish.clone(), &rules).await?;
                    1
                }
            };
        if to_send > 0 {
            identity::pin(self.parts, &locks.connection).await?;
            locks.wait_for_others(&caller).await?;
        }
        reporter.phase(Phase::Sending, Some(to_send));
        send(&self.of(number, locks)?, &caller, &rules, reporter).await?;
        self.settle_what_is_left(number, locks, &caller, &rules, reporter).await?;
        attach_receipts(&self.of(number, locks)?, &caller).await?;
        discard_late_drafts(&self.of(number, locks)?, &caller).await?;
        look_for_unseen(&self.of(number, locks)?, &caller).await
    }

    /// Reads the books that lie where they are looked for. A file that cannot be read stays there, and stops nothing: a
    /// half one may be whole the next time.
    async fn read_inbox(&self, number: i64, locks: &AcquiredLocks) -> Result<(), RunError> {
        for books in self.parts.accounting.inbox() {
            let permit = locks.permit().map_err(RunError::Problem)?;
            let at = Moment { now: self.parts.clock.now(), there: permit.latest_now() };
            let read_in = (compare::ReadIn::Run(number), at);
            let read = compare::read_books(self.parts, &locks.connection, &self.ask.actor, Arc::clone(&books), read_in);
            let put_away = match read.await {
                Ok(_) => books.put_away(),
                Err(problem) if problem.code.is_of_the_ledger() => return Err(RunError::Problem(problem)),
                Err(problem) => Err(problem),
            };
            if let Err(problem) = put_away {
                tracing::warn!(%problem, "a file of the books was not read to its end");
                self.unread_books.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
            }
        }
        Ok(())
    }

    /// Reads the source and plans it; returns how many records are to be sent.
    async fn plan(&self, number: i64, rules: &PlanRules, reporter: &mut Reporter) -> Result<u64, RunError> {
        let Parts { ledger, source, clock, .. } = self.parts;
        reporter.phase(Phase::Reading, None);
        identity::check_source(self.parts).await.map_err(RunError::Problem)?;
        let reading = observe(source.as_ref(), ledger, clock.as_ref(), Some(reporter), Asks::Everything).await?;
        self.go_on()?;
        reporter.phase(Phase::Planning, None);
        let tally = make_plan(self.parts, reading, rules).await?;
        let read = tally.read;
        ledger.write(move |tx| tx.set_read(number, read)).await?;
        self.look_alikes.store(tally.look_alikes, Ordering::Relaxed);
        identity::check_look_alikes(self.parts, reading, &tally).await.map_err(RunError::Problem)?;
        reporter.planned(&tally);
        Ok(tally.send)
    }

    /// Settles what this run itself, or an earlier one, has left in doubt, if evidence can be had now.
    async fn settle_what_is_left(
        &self,
        number: i64,
        locks: &mut AcquiredLocks,
        caller: &Caller,
        rules: &PlanRules,
        reporter: &mut Reporter,
    ) -> Result<(), RunError> {
        let mut needs_fence = false;
        for _ in 0..CLOSING_ROUNDS_MAX {
            let open = self.parts.ledger.read(|tx| tx.open_attempts()).await?;
            if open == 0 {
                break;
            }
            if needs_fence {
                if !self.request.take_newer(locks).await {
                    break;
                }
                let fence = locks.permit().map_err(RunError::Problem)?.fence();
                self.parts.ledger.write(move |tx| tx.set_fence(number, fence)).await?;
                // Everything of the older fence has arrived by now; it shows when the search has caught up.
                locks.quarantine = locks.quarantine.max(locks.connection.capabilities.search_lag);
                locks.wait_for_others(caller).await?;
            }
            reporter.phase(Phase::Settling, Some(open));
            let unresolved = recover(&self.of(number, locks)?, caller, reporter).await?;
            if unresolved.has_unsent {
                if let Job::Sync(_) = self.ask.job {
                    let rules = rules.clone();
                    self.parts.ledger.write(move |tx| plan_unsent(tx, number, &rules)).await?;
                }
                reporter.phase(Phase::Sending, None);
                send(&self.of(number, locks)?, caller, rules, reporter).await?;
            }
            if !self.is_worth_another_round(&unresolved, locks, caller).await? && !unresolved.has_unsent {
                break;
            }
            needs_fence = unresolved.needs_fence;
        }
        Ok(())
    }

    async fn is_worth_another_round(
        &self,
        unresolved: &Unresolved,
        locks: &AcquiredLocks,
        caller: &Caller,
    ) -> Result<bool, RunError> {
        let Some(due_in) = unresolved.due_in else { return Ok(unresolved.needs_fence) };
        caller.postpone(due_in);
        caller.wait_for_turn(locks.permit().map_err(RunError::Problem)?).await?;
        Ok(true)
    }

    fn of<'r>(&'r self, number: i64, locks: &'r AcquiredLocks) -> Result<Run<'r>, RunError> {
        let Parts { ledger, settings, ids, clock, source, .. } = self.parts;
        let record_locks = RecordLocks { source: source.as_ref(), run_id: self.run_id };
        let capabilities = &locks.connection.capabilities;
        Ok(Run {
            number,
            ledger,
            ids: ids.as_ref(),
            permit: locks.permit().map_err(RunError::Problem)?,
            clock: clock.as_ref(),
            source: source.as_ref(),
            capabilities,
            organisation: &settings.organisation,
            when_still_unknown: settings.when_still_unknown,
            // A file has all that it may have, and the next one names it.
            width: match self.parts.accounting.files() {
                Some(files) => files.vouchers_max().max(1),
                None => settings.vouchers_per_request.min(capabilities.vouchers_per_request_max).max(1),
            },
            slots: if capabilities.takes_files { 1 } else { settings.requests_in_flight.max(1) },
            address: &locks.connection.address,
            record_locks: self.locks_records.load(Ordering::Relaxed).then_some(record_locks),
            unseen: &self.unseen,
        })
    }

    fn examiner<'r>(&'r self, locks: &'r AcquiredLocks, caller: &'r Caller) -> Result<compare::Examiner<'r>, RunError> {
        let (connection, permit) = (&locks.connection, locks.permit().map_err(RunError::Problem)?);
        Ok(compare::Examiner { parts: self.parts, connection, permit, actor: &self.ask.actor, caller })
    }

    fn caller(&self, reporter: &Reporter) -> Caller {
        let Parts { accounting, clock, .. } = self.parts;
        Caller::new(accounting.clone(), clock.clone(), self.stop.clone(), Patience::RUN).shown_in(reporter.progress())
    }

    fn go_on(&self) -> Result<(), RunError> {
        if self.stop.is_cancelled() { Err(RunError::Stopped) } else { Ok(()) }
    }

    async fn close(&self, number: i64, locks: &AcquiredLocks, error: Option<RunError>) -> SyncEnd {
        let (now, run_id) = (self.parts.clock.now(), self.run_id.clone());
        let outcome = error.as_ref().map_or(Outcome::Completed, RunError::outcome);
        let problem = error.as_ref().and_then(RunError::problem);
        let (kept, actor, user) = (problem.clone(), self.ask.actor.clone(), locks.connection.user_id.clone());
        let closed = self.parts.ledger.write(move |tx| {
            let counts = tx.finish_run(number, outcome, kept.as_ref(), now)?;
            let act = AuditAct::new(now, &actor, Act::SyncEnded).accounting_user(&user).run(&run_id).detail(json!({
                "outcome": outcome.as_str(), "counts": counts, "error": kept.map(|problem| problem.code),
            }));
            tx.audit(&act)
        });
        let closed = closed.await;
        let sealed = match (&closed, locks.permit.as_ref()) {
            // While the lease is still ours.
            (Ok(_), Some(permit)) if permit.check().is_ok() => audit::seal(self.parts, permit, &self.ask.actor).await,
            _ => Ok(()),
        };
        let run = self.parts.ledger.run(self.run_id).await;
        match (closed, run) {
            (Ok(_), Ok(run)) => {
                let look_alikes = self.look_alikes.load(Ordering::Relaxed);
                SyncEnd { run, look_alikes, error: problem.or(sealed.err()), ..SyncEnd::default() }
            }
            // The first failure explains the second.
            (Err(failure), _) | (_, Err(failure)) => SyncEnd::failed(problem.unwrap_or_else(|| failure.into())),
        }
    }
}
