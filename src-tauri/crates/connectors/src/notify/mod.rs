//! Tells somebody how the syncs go that nobody watches: a program, a webhook, a mail, a health check, a file of figures.
//!
//! Invariants:
//! - a message has ids, codes and counts, and nothing about people;
//! - a state is told once: of a night like the last one nobody hears again, and of the end of it once;
//! - to tell somebody never changes what a sync came to: what goes wrong is returned, and no more.

mod mail;
mod memory;
mod message;
mod metrics;
mod outlets;

use postonce_engine::Ledger;
use postonce_engine::domain::Outcome;
use postonce_engine::error::Problem;
use postonce_engine::views::RunSummary;

pub use message::{Event, Figures, Message};

use crate::workspace::Workspace;
use memory::Memory;
use outlets::Outlets;

/// Something that could not be told.
#[derive(Debug, thiserror::Error)]
#[error("{outlet}: {detail}")]
pub struct Undelivered {
    /// The way that failed, as its key in the workspace.
    pub outlet: &'static str,
    /// The reason.
    pub detail: String,
}

/// Tells whoever the workspace names how a run ended, if that is news. Each way is remembered for itself: one that fails is
/// tried again at the next run, and the others are not told twice.
pub async fn after_run(workspace: &Workspace, figures: &Figures) -> Vec<Undelivered> {
    let settings = workspace.notify();
    if settings.is_empty() {
        return Vec::new();
    }
    let outlets = Outlets::of(workspace);
    let mut undelivered = outlets.pulse(figures).await;
    let memory = Memory::of(workspace);
    let mut notices = memory.read();
    for outlet in outlets.names() {
        let before = notices.on(outlet);
        let delivered = match before.news(figures) {
            Some(event) => outlets.deliver(outlet, &Message::of(workspace, event, figures)).await,
            None => Ok(()),
        };
        match delivered {
            Ok(()) => notices.note(outlet, before.after(figures)),
            Err(detail) => undelivered.push(Undelivered { outlet, detail }),
        }
    }
    if let Err(error) = memory.keep(&notices) {
        undelivered.push(Undelivered { outlet: "notify", detail: error.to_string() });
    }
    undelivered
}

/// Tells how a sync ended, as the ledger has it. One that a person stopped is no news to anybody.
///
/// # Errors
/// Fails when the ledger cannot be read; nobody is told then.
pub async fn after_sync(
    workspace: &Workspace,
    ledger: &Ledger,
    run: Option<&RunSummary>,
    problem: Option<&Problem>,
) -> Result<Vec<Undelivered>, Problem> {
    let stopped = run.map_or(problem.is_none(), |run| run.outcome == Some(Outcome::Stopped));
    if stopped || workspace.notify().is_empty() {
        return Ok(Vec::new());
    }
    Ok(after_run(workspace, &Figures::of(ledger, run, problem).await?).await)
}

/// Sends a test message on every way.
///
/// # Errors
/// [`Problem::workspace_key_missing`] where the workspace names none.
pub async fn test(workspace: &Workspace, figures: &Figures) -> Result<Vec<Undelivered>, Problem> {
    if workspace.notify().is_empty() {
        return Err(Problem::workspace_key_missing(workspace.file_path().display(), "notify"));
    }
    let outlets = Outlets::of(workspace);
    let mut undelivered = outlets.pulse(figures).await;
    let message = Message::of(workspace, Event::Test, figures);
    for outlet in outlets.names() {
        let delivered = outlets.deliver(outlet, &message).await;
        undelivered.extend(delivered.err().map(|detail| Undelivered { outlet, detail }));
    }
    Ok(undelivered)
}
