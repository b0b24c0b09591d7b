//! Runs `schedule`: keeps to the workspace's schedule until interrupted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use postonce_connectors::Workspace;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{Engine, Schedule, ScheduleNews, SyncEnd};
use tokio_util::sync::CancellationToken;

use super::sync::asked_to_stop;
use super::{actor, outcome, sums};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, catalogue, json, phrases};

pub(crate) async fn schedule(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let schedule = schedule_of(&workspace)?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    if workspace.is_practice() {
        output.note(output.word(phrases::PRACTICE));
    }
    output.say(format!("{}: {schedule}", output.word(phrases::SCHEDULE)));
    let stop = CancellationToken::new();
    let asked = asked_to_stop();
    let stopper = tokio::spawn(stop_when(asked, stop.clone(), engine.clone(), output.word(phrases::STOPPING)));
    let kept = engine.run_schedule(&actor(), &stop, |news| print(&news, &schedule, output)).await;
    stopper.abort();
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    kept?;
    Ok(Status::Done)
}

fn schedule_of(workspace: &Workspace) -> Result<Schedule, Failure> {
    let missing = || {
        let path = workspace.file_path();
        Problem::new(ErrorCode::WorkspaceKeyMissing).with("path", path.display()).with("key", "schedule.cron")
    };
    Ok(workspace.schedule().cloned().ok_or_else(missing)?)
}

/// Stops the schedule. A run that is on then is answered for first, and the terminal says so.
async fn stop_when(asked: impl Future<Output = ()>, stop: CancellationToken, engine: Arc<Engine>, word: &'static str) {
    asked.await;
    if engine.syncing().is_some() {
        eprintln!("{word}");
    }
    stop.cancel();
}

fn print(news: &ScheduleNews, schedule: &Schedule, output: &Output) {
    if output.json {
        return output.document(&json::news(output.language, news));
    }
    let shown = |at: DateTime<Utc>| at.with_timezone(&schedule.time_zone()).format("%Y-%m-%d %H:%M %Z").to_string();
    match news {
        ScheduleNews::Waiting { next: Some(next) } => {
            output.say(format!("{}: {}", output.word(phrases::NEXT_RUN), shown(*next)));
        }
        ScheduleNews::Waiting { next: None } => output.say(output.word(phrases::NO_NEXT_RUN)),
        ScheduleNews::Started { .. } => {}
        ScheduleNews::Ended { scheduled_for, missed, end } => {
            output.say(format!("{}: {}", shown(*scheduled_for), ended(*missed, end, output)));
        }
        ScheduleNews::Missed { scheduled_for, times } => {
            let word = output.word(phrases::MISSED_NOT_CAUGHT_UP);
            output.say(format!("{}: {word} {times}", shown(*scheduled_for)));
        }
        ScheduleNews::Trouble(problem) => output.note(catalogue::error(output.language, problem)),
    }
}

/// Returns one line for a run: its outcome, its counts, and the reason if it failed.
fn ended(missed: u64, end: &SyncEnd, output: &Output) -> String {
    let mut parts = Vec::new();
    if let Some(run) = &end.run {
        let counts = run.counts;
        parts.push(output.word(outcome(run.outcome)).to_owned());
        parts.push(format!("{} {} ({})", output.word(phrases::EXPORTED), counts.posted, sums(&run.posted)));
        for (phrase, count) in [
            (phrases::ALREADY, counts.skipped),
            (phrases::REFUSED, counts.refused),
            (phrases::HELD, counts.held),
            (phrases::IN_DOUBT, counts.in_doubt),
            (phrases::MISSED, missed),
        ] {
            if count > 0 {
                parts.push(format!("{} {count}", output.word(phrase)));
            }
        }
    }
    parts.extend(end.error.as_ref().map(|problem| catalogue::error(output.language, problem)));
    parts.join(", ")
}
