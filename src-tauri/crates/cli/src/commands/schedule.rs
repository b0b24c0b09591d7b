//! Runs `schedule`: keeps to the workspace's schedule until interrupted.

use std::io::{self, Write as _};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use postonce_connectors::Workspace;
use postonce_engine::error::Problem;
use postonce_engine::{Engine, Schedule, ScheduleNews, SyncEnd};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use tokio_util::sync::CancellationToken;

use super::sync::asked_to_stop;
use super::{actor, notify, outcome};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, log, watchdog, words};

pub(crate) async fn schedule(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let schedule = schedule_of(&workspace)?;
    with_open_workspace(workspace, async |OpenWorkspace { workspace, engine, .. }| {
        if workspace.is_practice() {
            output.note(output.word(words::PRACTICE));
        }
        output.say(format!("{}: {schedule}", output.word(words::SCHEDULE)));
        let stop = CancellationToken::new();
        let asked = asked_to_stop();
        let stopper = tokio::spawn(stop_when(asked, stop.clone(), engine.clone(), output.word(words::STOPPING)));
        let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel::<Box<SyncEnd>>();
        let done = CancellationToken::new();
        let keeping = async {
            let ended = ended;
            let report = |news: ScheduleNews| {
                print(&news, output);
                watchdog::tell(&news, output);
                if let ScheduleNews::Ended { end, .. } = news {
                    // It is heard until the schedule ends.
                    let _ = ended.send(end);
                }
            };
            let kept = engine.run_schedule(&actor(), &stop, report).await;
            done.cancel();
            kept
        };
        // A receiver that takes its time does not hold up the schedule.
        let telling = async {
            while let Some(end) = ends.recv().await {
                notify::after_run(workspace, engine, end.run.as_ref(), end.error.as_ref(), output).await;
            }
        };
        // It beats in the task of the schedule itself: one that hangs is started anew by the service manager.
        let (kept, (), ()) = tokio::join!(keeping, telling, watchdog::beat(&done));
        stopper.abort();
        kept?;
        Ok(Status::Done)
    })
    .await
}

pub(super) fn schedule_of(workspace: &Workspace) -> Result<Schedule, Failure> {
    let missing = || {
        let path = workspace.file_path();
        Problem::workspace_key_missing(path.display(), "schedule.cron")
    };
    Ok(workspace.schedule().cloned().ok_or_else(missing)?)
}

/// Stops the schedule. A run that is on then is answered for first, and the terminal says so.
async fn stop_when(asked: impl Future<Output = ()>, stop: CancellationToken, engine: Arc<Engine>, word: &'static str) {
    asked.await;
    if engine.syncing().is_some() {
        let _ = writeln!(io::stderr(), "{word}");
    }
    watchdog::stopping();
    stop.cancel();
}

fn print(news: &ScheduleNews, output: &Output) {
    if let ScheduleNews::Ended { end, .. } = news {
        log::run(end.run.as_ref(), end.error.as_ref());
    }
    if output.json {
        return output.document(&json::news(output.reader(), news));
    }
    let shown = |at: DateTime<Utc>| output.moment(at);
    match news {
        ScheduleNews::Waiting { next: Some(next) } => {
            output.say(format!("{}: {}", output.word(words::NEXT_RUN), shown(*next)));
        }
        ScheduleNews::Waiting { next: None } => output.say(output.word(words::NO_NEXT_RUN)),
        ScheduleNews::Started { .. } => {}
        ScheduleNews::Ended { scheduled_for, missed, end } => {
            output.say(format!("{}: {}", shown(*scheduled_for), ended(*missed, end, output)));
            if end.error.is_some() || end.run.as_ref().is_none_or(|run| run.counts.needs_attention()) {
                output.speak_up();
            }
        }
        ScheduleNews::Missed { scheduled_for, times } => {
            let word = output.word(words::MISSED_NOT_CAUGHT_UP);
            output.say(format!("{}: {word} {times}", shown(*scheduled_for)));
        }
        ScheduleNews::Trouble(problem) => {
            output.trouble(problem);
            output.speak_up();
        }
    }
}

/// Returns one line for a run: its outcome, its counts, and the reason if it failed.
fn ended(missed: u64, end: &SyncEnd, output: &Output) -> String {
    let mut parts = Vec::new();
    if let Some(run) = &end.run {
        let counts = run.counts;
        parts.push(output.word(outcome(run.outcome)).to_owned());
        parts.push(format!(
            "{} {} ({})",
            output.word(words::EXPORTED),
            output.count(counts.posted),
            output.sums(&run.posted)
        ));
        for (message, count) in [
            (words::HANDED_OVER, counts.handed_over),
            (words::ALREADY, counts.skipped),
            (words::REFUSED, counts.refused),
            (words::HELD, counts.held),
            (words::IN_DOUBT, counts.in_doubt),
            (words::LEFT_OUT, counts.left_out),
            (words::MISSED, missed),
        ] {
            if count > 0 {
                parts.push(format!("{} {}", output.word(message), output.count(count)));
            }
        }
    }
    parts.extend(end.error.as_ref().map(|problem| output.error(problem)));
    parts.join(", ")
}
