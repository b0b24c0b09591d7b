//! Keeps to the schedule of the workspace in use, as long as it is in use.

use std::sync::Arc;

use postonce_connectors::{Workspace, actor, notify};
use postonce_engine::{Engine, ScheduleNews, SyncEnd, Syncing};
use postonce_practice::OpenWorkspace;
use tauri::Manager as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::follow::{RunNews, emit, follow};
use crate::host::AppHandle;
use crate::wiring::{InUse, Wiring};

/// Starts the scheduler, which watches the workspace in use until the program ends.
pub(crate) fn start(app: &AppHandle) {
    let (in_use, app) = (app.state::<Wiring>().in_use(), app.clone());
    tauri::async_runtime::spawn(each_in_use(in_use, move |engine, workspace, stop| {
        tauri::async_runtime::spawn(keep_schedule(app.clone(), engine, workspace, stop));
    }));
}

/// Calls `keep` for the engine of each workspace in use, with a token that is cancelled when another is in use, or none.
async fn each_in_use(mut in_use: watch::Receiver<InUse>, keep: impl Fn(Arc<Engine>, Workspace, CancellationToken)) {
    let mut stop = CancellationToken::new();
    loop {
        // The workspace itself is not held: it is closed when another is in use.
        let of = |open: &Arc<OpenWorkspace>| (Arc::clone(&open.engine), open.workspace.clone());
        let used = in_use.borrow_and_update().as_ref().map(of);
        // The schedule of the workspace before ends here, with the run that is on.
        stop.cancel();
        stop = CancellationToken::new();
        if let Some((engine, workspace)) = used {
            keep(engine, workspace, stop.clone());
        }
        if in_use.changed().await.is_err() {
            return;
        }
    }
}

/// Keeps to the schedule until `stop`; the window follows each run as if it had been clicked for.
async fn keep_schedule(app: AppHandle, engine: Arc<Engine>, workspace: Workspace, stop: CancellationToken) {
    let report = |news| match news {
        ScheduleNews::Started { syncing, .. } => {
            // A run that was not let in because a person's run is on stands in the history alone.
            let id = |syncing: &Syncing| syncing.progress().borrow().run_id.clone();
            if engine.syncing().is_some_and(|on| id(&on) == id(&syncing)) {
                tauri::async_runtime::spawn(follow(app.clone(), syncing));
            }
        }
        ScheduleNews::Trouble(problem) => {
            tracing::warn!("the schedule waits: {problem}");
            emit(&app, &RunNews::ScheduleTrouble);
        }
        ScheduleNews::Ended { end, .. } => {
            // A receiver that takes its time does not hold up the schedule.
            tauri::async_runtime::spawn(tell(workspace.clone(), Arc::clone(&engine), end));
        }
        ScheduleNews::Waiting { .. } | ScheduleNews::Missed { .. } => {}
    };
    if let Err(problem) = engine.run_schedule(&actor(), &stop, report).await {
        tracing::error!("the schedule is kept no longer: {problem}");
        emit(&app, &RunNews::ScheduleTrouble);
    }
}

/// Tells whoever the workspace names how a run ended that nobody watched.
async fn tell(workspace: Workspace, engine: Arc<Engine>, end: Box<SyncEnd>) {
    match notify::after_sync(&workspace, engine.ledger(), end.run.as_ref(), end.error.as_ref()).await {
        Ok(undelivered) => {
            for undelivered in undelivered {
                tracing::warn!(outlet = undelivered.outlet, "a message could not be delivered");
            }
        }
        Err(problem) => tracing::warn!("nobody could be told of a run: {problem}"),
    }
}

#[cfg(test)]
mod tests {
    use postonce_practice::Wish;
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn schedule_is_kept_as_long_as_its_workspace_is_in_use() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let newest = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let wish = Wish { port: None, records: 1, seed: 1, newest };
        let workspace = postonce_practice::make(&dir.path().join("workspace"), &wish).expect("our folder");
        let first = Arc::new(OpenWorkspace::open(workspace.clone()).await.expect("it opens"));
        let second = Arc::new(first.reopen(workspace).await.expect("it opens"));

        let (slot, in_use) = watch::channel(None);
        let (keep, mut kept) = mpsc::unbounded_channel();
        let watching = tokio::spawn(each_in_use(in_use, move |engine, _, stop| {
            keep.send((engine, stop)).expect("the test listens");
        }));
        slot.send_replace(Some(Arc::clone(&first)));
        let (engine, stop) = kept.recv().await.expect("the scheduler watches");
        assert!(Arc::ptr_eq(&engine, &first.engine) && !stop.is_cancelled());
        slot.send_replace(Some(Arc::clone(&second)));
        let (engine, next_stop) = kept.recv().await.expect("the scheduler watches");
        assert!(Arc::ptr_eq(&engine, &second.engine) && !next_stop.is_cancelled());
        stop.cancelled().await;
        slot.send_replace(None);
        next_stop.cancelled().await;
        drop(slot);
        watching.await.expect("it ends with the program");
        assert!(kept.recv().await.is_none(), "no schedule is kept without a workspace");
    }
}
