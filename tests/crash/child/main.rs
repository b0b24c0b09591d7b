//! Runs a sync that ends itself at a given step, by SIGKILL: no destructor runs, no answer is read, nothing is reported.
//!
//! `postonce-crash-child WORKSPACE TRACE [NAME OCCURRENCE before|in|after | twice]`. Each step that touches disk or network
//! is written to TRACE as it begins. A call that is to end *in* the middle is one that the sandbox has taken and will carry
//! out only after its caller is gone.

mod steps;
mod world;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use postonce_connectors::{AccountingSettings, Workspace};
use postonce_engine::domain::{Outcome, Period, Trigger};
use postonce_engine::{Engine, Ledger, SyncAsk, WriteMoment};

use steps::{Moment, Steps};

/// The wait for the lock: longer than a lease that a request of a dead run took late.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workspace, trace, orders @ ..] = arguments.as_slice() else { return ExitCode::from(2) };
    let steps = Arc::new(Steps::new(Path::new(trace), orders));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(sync(Path::new(workspace), steps))
}

async fn sync(folder: &Path, steps: Arc<Steps>) -> ExitCode {
    let workspace = Workspace::open(folder).expect("the test wrote it");
    let mut parts = postonce_connectors::parts(&workspace).expect("its parts can be had");
    let watched = Arc::clone(&steps);
    let path = workspace.ledger_path();
    parts.ledger = Ledger::open_watched(&path, parts.clock.as_ref(), parts.ids.as_ref(), move |moment| match moment {
        WriteMoment::Before => watched.begin("write"),
        WriteMoment::Within => watched.reach("write", Moment::In),
        WriteMoment::After => watched.reach("write", Moment::After),
    })
    .expect("a ledger");
    let server = workspace.accounting().remote().map(|remote| remote.url.clone());
    let files = match workspace.accounting() {
        AccountingSettings::File(settings) => Some(settings.folder.clone()),
        _ => None,
    };
    parts.accounting = Arc::new(world::Accounting::new(parts.accounting, Arc::clone(&steps), server, files));
    parts.source = Arc::new(world::Records::new(parts.source, steps));
    parts.settings.wait_for_lock = WAIT_FOR_LOCK;
    let actor = postonce_connectors::actor();
    let end = Engine::new(parts)
        .start(SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor, wait: None }.into())
        .end()
        .await;
    if let Some(problem) = &end.error {
        eprintln!("{problem}");
    }
    let completed = end.run.is_some_and(|run| run.outcome == Some(Outcome::Completed));
    if completed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
