//! Follows runs, and emits news of them. The window, the tray and the notifications listen; none of them is named here.

use std::time::Duration;

use postonce_engine::views::{Progress, RecordCounts};
use postonce_engine::{SyncEnd, Syncing};
use tauri::Manager as _;

use crate::host::AppHandle;
use crate::wiring::Wiring;

/// The pause between two events: ten a second make a flowing bar; more are only work.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// The news of a run.
pub(crate) enum RunNews {
    /// A run is on, and is this far.
    Progress(Box<Progress>),
    /// A run ended, or was refused.
    Ended {
        end: Box<SyncEnd>,
        /// The number of records that needed a person before the run.
        attention_before: u64,
        /// The number of records that need a person now.
        attention: u64,
    },
    /// No run is on, and this many records need a person.
    Idle { attention: u64 },
    /// A scheduled run cannot be begun.
    ScheduleTrouble,
}

/// A listener to the news.
pub(crate) type Listener = fn(&AppHandle, &RunNews);

/// All listeners, in the order in which they hear the news.
pub(crate) struct Listeners(pub(crate) Vec<Listener>);

/// Follows a run until its end. Each run has one follower: a window that joins a run has its events already.
pub(crate) async fn follow(app: AppHandle, run: Syncing) {
    let attention_before = attention(&app).await;
    let mut progress = run.progress();
    let end = run.end();
    tokio::pin!(end);
    let end = loop {
        let now = progress.borrow_and_update().clone();
        emit(&app, &RunNews::Progress(Box::new(now)));
        tokio::select! {
            end = &mut end => break end,
            () = tokio::time::sleep(PROGRESS_PAUSE) => {}
        }
        tokio::select! {
            biased;
            changed = progress.changed() => if changed.is_err() { break end.await },
            end = &mut end => break end,
        }
    };
    let attention = attention(&app).await;
    emit(&app, &RunNews::Ended { end: Box::new(end), attention_before, attention });
}

/// Hands the news to every listener.
pub(crate) fn emit(app: &AppHandle, news: &RunNews) {
    for listener in &app.state::<Listeners>().0 {
        listener(app, news);
    }
}

/// Returns how many records need a person; none, when that cannot be known.
async fn attention(app: &AppHandle) -> u64 {
    let Ok(engine) = app.state::<Wiring>().engine().await else { return 0 };
    engine.counts().await.map(RecordCounts::attention).unwrap_or_default()
}
