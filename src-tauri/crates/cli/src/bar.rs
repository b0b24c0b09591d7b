//! Shows the progress bar, and the JSON lines beside it: both look at the run's one progress.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use postonce_engine::Syncing;
use postonce_engine::views::{Phase, Progress};

use crate::output::Output;
use crate::words;
use crate::{holder, json, terminal};

/// The shortest time between two JSON lines; the last state of a phase is never left out.
const LINE_INTERVAL: Duration = Duration::from_millis(200);

/// Shows a run until it is over.
pub(crate) async fn follow(syncing: &Syncing, output: &Output) {
    let mut progress = syncing.progress();
    let bar = if output.shows_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_draw_target(if output.shows_progress() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    });
    let style = ProgressStyle::with_template("{prefix}  {wide_bar} {pos}/{len}  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("━╸ "));
    let mut shown: Option<Phase> = None;
    loop {
        let now = progress.borrow_and_update().clone();
        draw(&bar, &now, output);
        if output.json && (shown != Some(now.phase) || now.phase != Phase::Finished) {
            output.document(&json::progress(&now));
        }
        shown = Some(now.phase);
        if now.phase == Phase::Finished {
            break;
        }
        // Some changes are not shown, but the last one always is: the watch keeps it.
        let pause = if output.json { LINE_INTERVAL } else { Duration::from_millis(50) };
        let finished = progress.clone();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = over(finished) => {}
        }
        if progress.changed().await.is_err() {
            break;
        }
    }
    bar.finish_and_clear();
}

async fn over(mut progress: tokio::sync::watch::Receiver<Progress>) {
    let _ = progress.wait_for(|progress| progress.phase == Phase::Finished).await;
}

fn draw(bar: &ProgressBar, progress: &Progress, output: &Output) {
    let phase = match progress.phase {
        Phase::Locking => words::LOCKING,
        Phase::Recovering => words::RECOVERING,
        Phase::Reading => words::READING,
        Phase::Planning => words::PLANNING,
        Phase::Sending => words::SENDING,
        Phase::Settling => words::SETTLING,
        Phase::Finishing | Phase::Finished => words::FINISHING,
    };
    bar.set_prefix(output.word(phase));
    bar.set_length(progress.total.unwrap_or(progress.processed));
    bar.set_position(progress.processed);
    if let Some(waiting) = &progress.waiting {
        bar.set_prefix(output.word(words::LOCK_WAITING));
        let facts = waiting
            .lock
            .as_ref()
            .map(|facts| terminal::harmless(&holder::sentence(output.reader(), facts)).into_owned());
        return bar.set_message(facts.unwrap_or_default());
    }
    let message = match (progress.waiting_until, progress.eta_seconds) {
        (Some(_), _) => output.word(words::WAITING).to_owned(),
        (None, Some(seconds)) => format!("{} {}", clock(seconds), output.word(words::LEFT)),
        (None, None) if progress.phase == Phase::Sending => output.word(words::ESTIMATING).to_owned(),
        (None, None) => String::new(),
    };
    bar.set_message(message);
}

/// Writes seconds as `1:05` or `2:00:00`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
