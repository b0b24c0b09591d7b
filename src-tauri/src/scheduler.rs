//! Keeps to the schedule of the workspace in use, as long as it is in use.

use std::sync::Arc;

use postonce_connectors::actor;
use postonce_engine::{Engine, ScheduleNews, Syncing};
use tauri::Manager as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::follow::{RunNews, emit, follow};
use crate::host::AppHandle;
use crate::wiring::{InUse, Wiring};

/// Starts the scheduler, which watches the workspace in use until the program ends.
pub(crate) fn start(app: &AppHandle) {
    let (in_use, app) = (app.state::<Wiring>().in_use(), app.clone());
    tauri::async_runtime::spawn(each_in_use(in_use, move |engine, stop| {
        tauri::async_runtime::spawn(keep_schedule(app.clone(), engine, stop));
    }));
}

/// Calls `keep` for the engine of each workspace in use, with a token that is cancelled when another is in use, or none.
async fn each_in_use(mut in_use: watch::Receiver<InUse>, keep: impl Fn(Arc<Engine>, CancellationToken)) {
    let mut stop = CancellationToken::new();
    loop {
        let engine = in_use.borrow_and_update().as_ref().map(|open| Arc::clone(&open.engine));
        // The schedule of the workspace before ends here, with the run that is on.
        stop.cancel();
        stop = CancellationToken::new();
        if let Some(engine) = engine {
            keep(engine, stop.clone());
        }
        if in_use.changed().await.is_err() {
            return;
        }
    }
}

/// Keeps to the schedule until `stop`; the window follows each run as if it had been clicked for.
async fn keep_schedule(app: AppHandle, engine: Arc<Engine>, stop: CancellationToken) {
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
        ScheduleNews::Waiting { .. } | ScheduleNews::Ended { .. } | ScheduleNews::Missed { .. } => {}
    };
    if let Err(problem) = engine.run_schedule(&actor(), &stop, report).await {
        tracing::error!("the schedule is kept no longer: {problem}");
        emit(&app, &RunNews::ScheduleTrouble);
    }
}

#[cfg(test)]
mod tests {
    use postonce_practice::{OpenWorkspace, Wish};
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
        let watching = tokio::spawn(each_in_use(in_use, move |engine, stop| {
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
