//! Runs `notify test`, and tells whoever the workspace names how a run ended.

use postonce_connectors::notify::{self, Figures, Undelivered};
use postonce_connectors::{SystemClock, Workspace};
use postonce_engine::Engine;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_engine::views::RunSummary;
use serde_json::json;

use super::ledger;
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn test(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let ledger = ledger(&workspace)?;
    let run = ledger.runs(1, None).await?.pop();
    let figures = Figures::of(&ledger, run.as_ref(), None).await?;
    let undelivered = notify::test(&workspace, &figures).await?;
    if output.json {
        let undelivered =
            undelivered.iter().map(|undelivered| json!({ "outlet": undelivered.outlet, "detail": undelivered.detail }));
        output.document(&json!({ "undelivered": undelivered.collect::<Vec<_>>() }));
    }
    tell(&undelivered, output);
    if undelivered.is_empty() {
        output.say(output.word(words::NOTIFIED));
    }
    Ok(if undelivered.is_empty() { Status::Done } else { Status::Failed(1) })
}

/// Tells how a run ended. What cannot be told is said here, and changes nothing.
pub(super) async fn after_run(
    workspace: &Workspace,
    engine: &Engine,
    run: Option<&RunSummary>,
    problem: Option<&Problem>,
    output: &Output,
) {
    match notify::after_sync(workspace, engine.ledger(), run, problem).await {
        Ok(undelivered) => tell(&undelivered, output),
        Err(problem) => output.trouble(&problem),
    }
}

/// Tells that a run could not even be begun.
pub(super) async fn after_failure(workspace: &Workspace, problem: &Problem, output: &Output) {
    if workspace.notify().is_empty() {
        return;
    }
    let figures = Figures {
        at: SystemClock::start().now(),
        run_id: None,
        code: Some(problem.code),
        completed: false,
        records: None,
        last_success_at: None,
    };
    tell(&notify::after_run(workspace, &figures).await, output);
}

fn tell(undelivered: &[Undelivered], output: &Output) {
    for Undelivered { outlet, detail } in undelivered {
        tracing::warn!(target: "postonce", outlet, "a message could not be delivered");
        output.note(words::undelivered(output.language, outlet, detail));
    }
}
