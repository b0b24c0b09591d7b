//! Writes a message: ids, codes and counts.

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::domain::Outcome;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::Clock as _;
use postonce_engine::views::{RecordCounts, RunSummary};
use postonce_engine::{Ledger, LedgerError};
use serde_json::{Value, json};

use crate::machine::SystemClock;
use crate::workspace::Workspace;

/// The thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A sync did not do its work.
    Failure,
    /// It did, and something waits for a person.
    Attention,
    /// All is well again.
    Recovery,
    /// A person tries it out.
    Test,
}

impl Event {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Attention => "attention",
            Self::Recovery => "recovery",
            Self::Test => "test",
        }
    }
}

/// The end of a run in figures.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The time.
    pub at: DateTime<Utc>,
    /// The run, if one was begun.
    pub run_id: Option<String>,
    /// The code of the error with which it ended.
    pub code: Option<ErrorCode>,
    /// True if the sync did its work.
    pub completed: bool,
    /// The records in each state; `None` if the ledger could not be opened.
    pub records: Option<RecordCounts>,
    /// The end of the newest completed sync.
    pub last_success_at: Option<DateTime<Utc>>,
}

impl Figures {
    /// Returns the figures of a run, and of the ledger after it.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn of(ledger: &Ledger, run: Option<&RunSummary>, problem: Option<&Problem>) -> Result<Self, LedgerError> {
        Ok(Self {
            at: SystemClock::start().now(),
            run_id: run.map(|run| run.run_id.to_string()),
            code: problem.or(run.and_then(|run| run.error.as_ref())).map(|problem| problem.code),
            completed: run.is_some_and(|run| run.outcome == Some(Outcome::Completed)) && problem.is_none(),
            records: Some(ledger.counts().await?),
            last_success_at: ledger.last_success_at().await?,
        })
    }

    /// Returns how much waits for a person, if that is known.
    pub(super) fn attention(&self) -> Option<u64> {
        self.records.map(RecordCounts::attention)
    }
}

/// A message, ready for each way.
#[derive(Debug, Clone)]
pub struct Message {
    /// The thing that happened.
    pub event: Event,
    /// The document, on one line.
    pub json: String,
    /// A line that says it to a person.
    pub subject: String,
    /// The same with its figures, for a mail.
    pub text: String,
}

impl Message {
    /// Writes the message of a workspace.
    pub(super) fn of(workspace: &Workspace, event: Event, figures: &Figures) -> Self {
        let organisation = workspace.organisation().as_str();
        let code = figures.code.map(ErrorCode::as_str);
        let attention = figures.attention();
        let document: Value = json!({
            "event": event.name(), "organisation": organisation, "at": instant(figures.at), "run_id": figures.run_id,
            "code": code, "attention": attention, "last_success_at": figures.last_success_at.map(instant),
            "practice": workspace.is_practice(),
        });
        let what = match event {
            Event::Failure => "sync failed / synkronisering mislyktes",
            Event::Attention => "needs attention / krever oppfølging",
            Event::Recovery => "all is well again / alt er i orden igjen",
            Event::Test => "test message / prøvemelding",
        };
        let lines = [
            Some(format!("Postonce, {organisation}: {what}")),
            code.map(|code| format!("code / kode: {code}")),
            attention.map(|count| format!("waiting for a person / venter på et menneske: {count}")),
            figures.run_id.as_ref().map(|run| format!("run / kjøring: {run}")),
            figures.last_success_at.map(|at| format!("last completed / sist fullført: {}", instant(at))),
            Some("postonce status, postonce attention".to_owned()),
        ];
        let text = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
        Self { event, json: document.to_string(), subject: format!("Postonce ({organisation}): {what}"), text }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
