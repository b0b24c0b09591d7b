//! Runs `sync`: one run, or its plan.

use std::io::{self, Write as _};
use std::time::Duration;

use postonce_engine::domain::{Outcome, Period, Trigger};
use postonce_engine::error::Problem;
use postonce_engine::ports::SourceRemark;
use postonce_engine::views::{AccountSum, PlanSummary, RunSummary};
use postonce_engine::{Engine, SyncAsk, SyncEnd, Syncing};
use postonce_practice::with_open_workspace;
use postonce_reports::sentences;
use serde_json::json;
use tokio::signal;

use super::{actor, engine, notify};
use crate::args::{Args, Sync};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, bar, json, log, words};

/// The most held rows that a dry run names on a terminal.
const HELD_NAMED_MAX: usize = 20;

pub(crate) async fn sync(args: &Args, asked: &Sync, output: &Output) -> Result<Status, Failure> {
    let period = Period::new(asked.from, asked.to).map_err(Problem::from)?;
    let workspace = args.open_workspace(output)?;
    if asked.dry_run {
        let engine = engine(&workspace)?;
        let plan = engine.plan(period).await?;
        return Ok(tell_plan(&plan, &engine.source_remarks(), output));
    }
    let of = workspace.clone();
    let opened = with_open_workspace(workspace, async |open| {
        if open.workspace.is_practice() {
            output.note(output.word(words::PRACTICE));
        }
        let trigger = if asked.scheduled { Trigger::Scheduled } else { Trigger::Manual };
        let wait = asked.wait.map(Duration::from_secs);
        let syncing = open.engine.start(SyncAsk { period, trigger, actor: actor(), wait }.into());
        let followed = follow(&open.engine, &syncing, output).await;
        let SyncEnd { run, error, .. } = syncing.end().await;
        notify::after_run(&open.workspace, &open.engine, run.as_ref(), error.as_ref(), output).await;
        Ok::<_, Failure>(followed)
    });
    match opened.await {
        Ok(followed) => followed,
        Err(failure) => {
            notify::after_failure(&of, &failure.problem, output).await;
            Err(failure)
        }
    }
}

/// Shows a run until it ends, and returns how it ended.
pub(super) async fn follow(engine: &Engine, syncing: &Syncing, output: &Output) -> Result<Status, Failure> {
    let stopper = tokio::spawn(stop_when(asked_to_stop(), syncing.clone(), output.word(words::STOPPING)));
    bar::follow(syncing, output).await;
    let end = syncing.end().await;
    stopper.abort();
    print(engine, end, output).await
}

/// Stops the run on Ctrl-C or a scheduler's request: what is in flight is answered for, and the run is closed.
async fn stop_when(asked: impl Future<Output = ()>, syncing: Syncing, word: &'static str) {
    asked.await;
    // Nobody may read it any more.
    let _ = writeln!(io::stderr(), "{word}");
    syncing.stop();
}

/// Waits for a request to stop. It listens from when it is called, not from when it is first waited for.
#[cfg(unix)]
pub(super) fn asked_to_stop() -> impl Future<Output = ()> {
    use signal::unix::{SignalKind, signal};
    let listen = |kind| {
        let signals = signal(kind);
        async move {
            match signals {
                Ok(mut signals) => signals.recv().await,
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (interrupted, terminated) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
    // The terminal is gone, or the session has ended.
    let hung_up = listen(SignalKind::hangup());
    async move {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated => {}
            _ = hung_up => {}
        }
    }
}

/// Waits for a request to stop: Ctrl-C, Ctrl-Break, the console closed, the user logged off, the machine shut down. Windows
/// gives a program some seconds for the last three.
#[cfg(windows)]
pub(super) fn asked_to_stop() -> impl Future<Output = ()> {
    use signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (interrupted, broken, closed) = (ctrl_c(), ctrl_break(), ctrl_close());
    let (logged_off, shut_down) = (ctrl_logoff(), ctrl_shutdown());
    // A signal that cannot be listened to is none of the requests.
    macro_rules! heard {
        ($signals:expr) => {
            async move {
                match $signals {
                    Ok(mut signals) => _ = signals.recv().await,
                    Err(_) => std::future::pending().await,
                }
            }
        };
    }
    async move {
        tokio::select! {
            () = heard!(interrupted) => {}
            () = heard!(broken) => {}
            () = heard!(closed) => {}
            () = heard!(logged_off) => {}
            () = heard!(shut_down) => {}
        }
    }
}

async fn print(engine: &Engine, end: SyncEnd, output: &Output) -> Result<Status, Failure> {
    let SyncEnd {
        run,
        error,
        lock,
        no_certificate,
        unread_books,
        waited_for,
        look_alikes,
        unreported,
        unreported_because,
    } = end;
    if waited_for.is_some() {
        output.note(output.word(words::LOCK_WAITED));
    }
    log::run(run.as_ref(), error.as_ref());
    let Some(run) = run else {
        return match error {
            Some(problem) => Err(Failure { problem, lock: lock.map(Box::new) }),
            // The run was stopped while it waited for the lock.
            None => {
                if output.json {
                    output.document(&json!({ "event": "finished", "outcome": null, "error": null }));
                } else {
                    output.say(output.word(words::JOINED_NOTHING));
                }
                Ok(Status::Stopped)
            }
        };
    };
    let records = engine.counts().await?;
    if output.json {
        let mut finished = json::finished(output.reader(), &run, lock.as_ref());
        finished["look_alikes"] = json!(look_alikes);
        finished["not_told"] = json!(unreported);
        finished["not_told_because"] =
            unreported_because.as_ref().map(|problem| json::failure(output.reader(), problem, None)).into();
        finished["left_source"] = json!(records.gone);
        finished["receipts_missing"] = json!(records.receipts);
        finished["remarks"] = json::remarks(output.reader(), &engine.source_remarks());
        output.document(&finished);
    } else {
        tell_run(&run, look_alikes, output);
        if records.receipts > 0 {
            output.say(format!("{}: {}", output.word(words::RECEIPT_MISSING), output.count(records.receipts)));
        }
        if records.gone > 0 {
            output.say(format!("{}: {}", output.word(words::GONE), output.count(records.gone)));
        }
        tell_remarks(&engine.source_remarks(), output);
    }
    let has_unread_books = unread_books.is_some();
    if let Some(problem) = unread_books {
        output.note(output.error(&problem));
    }
    if let Some(problem) = no_certificate {
        let because = output.error(&problem);
        output.note(format!("{} {because}", output.word(words::NO_CERTIFICATE)));
    }
    if unreported > 0 {
        output.note(words::unreported(output.language, unreported));
    }
    if let Some(problem) = unreported_because {
        output.note(format!("– {}", output.error(&problem)));
    }
    if let Some(problem) = error {
        // The document of the run carries the error already.
        output.trouble(&problem);
        return Ok(Status::Failed(problem.code.exit_status()));
    }
    if run.outcome == Some(Outcome::Stopped) {
        output.note(output.word(words::STOPPED));
        return Ok(Status::Stopped);
    }
    if run.counts.needs_attention() || records.attention() > 0 || has_unread_books {
        output.note(format!("{} {}", output.word(words::SEE_ATTENTION), output.call(&["attention"])));
        return Ok(Status::Attention);
    }
    Ok(Status::Done)
}

fn tell_run(run: &RunSummary, look_alikes: u64, output: &Output) {
    let counts = run.counts;
    if run.error.is_none() && counts.posted + counts.handed_over == 0 && !counts.needs_attention() {
        output.say(output.word(words::NOTHING_NEW));
    }
    let row = |message, count: u64| vec![output.word(message).to_owned(), output.count(count)];
    let mut table =
        vec![row(words::READ, counts.read), row(words::EXPORTED, counts.posted), row(words::ALREADY, counts.skipped)];
    table.extend((counts.handed_over > 0).then(|| row(words::HANDED_OVER, counts.handed_over)));
    table.extend((counts.found > 0).then(|| row(words::OF_THESE_FOUND, counts.found)));
    table.extend([
        row(words::REFUSED, counts.refused),
        row(words::HELD, counts.held),
        row(words::IN_DOUBT, counts.in_doubt),
    ]);
    table.extend((counts.left_out > 0).then(|| row(words::LEFT_OUT, counts.left_out)));
    table.push(vec![output.word(words::TOTAL).to_owned(), output.sums(&run.posted)]);
    table.push(vec![output.word(words::RUN).to_owned(), run.run_id.to_string()]);
    table.extend((look_alikes > 0).then(|| row(words::LOOK_ALIKES_PLANNED, look_alikes)));
    output.table(&table);
}

/// Says what the reading found worth a look.
fn tell_remarks(remarks: &[SourceRemark], output: &Output) {
    for remark in remarks {
        let sentence = sentences::remark(output.reader(), remark.kind, &remark.column, &remark.text);
        output.say(format!("{}:{}: {sentence}", remark.file, remark.line));
    }
}

/// Prints debit and credit of what would be sent, by account.
fn tell_accounts(accounts: &[AccountSum], output: &Output) {
    if accounts.is_empty() {
        return;
    }
    let head = [words::ACCOUNT, words::DEBIT, words::CREDIT];
    let mut rows = vec![head.map(|word| output.word(word).to_owned()).to_vec()];
    let side = |sum: &AccountSum, amount: &str| {
        if amount.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
            String::new()
        } else {
            output.amount(&sum.currency, amount)
        }
    };
    let row = |sum: &AccountSum| vec![sum.account.clone(), side(sum, &sum.debit), side(sum, &sum.credit)];
    rows.extend(accounts.iter().map(row));
    output.table(&rows);
}

fn tell_plan(plan: &PlanSummary, remarks: &[SourceRemark], output: &Output) -> Status {
    if output.json {
        let mut document = json::plan(output.reader(), plan);
        document["remarks"] = json::remarks(output.reader(), remarks);
        output.document(&document);
    } else {
        let row = |message, count: u64| vec![output.word(message).to_owned(), output.count(count)];
        output.say(output.word(words::DRY_RUN));
        let mut table = vec![
            row(words::READ, plan.read),
            row(words::WOULD_SEND, plan.send),
            row(words::ALREADY, plan.skipped),
            row(words::IN_DOUBT, plan.in_doubt),
            row(words::HELD, plan.held),
        ];
        table.extend((plan.left_out > 0).then(|| row(words::LEFT_OUT, plan.left_out)));
        table.extend((plan.receipts > 0).then(|| row(words::RECEIPTS, plan.receipts)));
        table.push(row(words::LOOK_ALIKES_PLANNED, plan.look_alikes));
        let total = output.sums(&plan.send_sums);
        table.push(vec![output.word(words::TOTAL).to_owned(), total]);
        output.table(&table);
        tell_accounts(&plan.accounts, output);
        for held in plan.held_items.iter().take(HELD_NAMED_MAX) {
            let place =
                held.place.as_ref().map(|place| format!("{}, {} {}", place.file, output.word(words::LINE), place.line));
            let reason = held.reason.as_ref().map(|reason| output.reason(reason));
            output.say(format!("  {}: {}", place.unwrap_or_default(), reason.unwrap_or_default()));
        }
        if plan.held > HELD_NAMED_MAX as u64 {
            output.say(format!("  … {}", output.word(words::MORE)));
        }
        tell_remarks(remarks, output);
        for (record_id, draft) in &plan.vouchers {
            super::voucher::tell(record_id, draft, output);
        }
        if plan.send > plan.vouchers.len() as u64 {
            output.say("");
            let others = plan.send - plan.vouchers.len() as u64;
            output.say(format!(
                "{} {}",
                words::other_vouchers(output.language, others),
                output.call(&["record", "ID"])
            ));
        }
    }
    if plan.held + plan.in_doubt > 0 { Status::Attention } else { Status::Done }
}
