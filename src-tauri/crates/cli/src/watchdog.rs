//! Tells systemd how a service is: that it keeps to its schedule, what it waits for, that it is alive. Without systemd
//! nothing is told to anybody.

use postonce_engine::ScheduleNews;
use tokio_util::sync::CancellationToken;

use crate::output::Output;

/// Tells that the schedule is kept, and when the next run is.
#[cfg(target_os = "linux")]
pub(crate) fn tell(news: &ScheduleNews, output: &Output) {
    use sd_notify::NotifyState;

    use crate::words;

    let status = match news {
        ScheduleNews::Waiting { next: Some(next) } => {
            format!("{}: {}", output.word(words::NEXT_RUN), output.moment(*next))
        }
        ScheduleNews::Waiting { next: None } => output.word(words::NO_NEXT_RUN).to_owned(),
        ScheduleNews::Started { .. } => output.word(words::RUNNING).to_owned(),
        ScheduleNews::Ended { .. } | ScheduleNews::Missed { .. } | ScheduleNews::Trouble(_) => return,
    };
    send(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// Tells that it ends.
#[cfg(target_os = "linux")]
pub(crate) fn stopping() {
    send(&[sd_notify::NotifyState::Stopping]);
}

/// Tells, twice in the time that the service manager gives, that it is alive, until it is done.
#[cfg(target_os = "linux")]
pub(crate) async fn beat(done: &CancellationToken) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    while done.run_until_cancelled(tokio::time::sleep(patience / 2)).await.is_some() {
        send(&[sd_notify::NotifyState::Watchdog]);
    }
}

#[cfg(target_os = "linux")]
fn send(state: &[sd_notify::NotifyState<'_>]) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// Other systems have no systemd.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tell(_: &ScheduleNews, _: &Output) {}

/// Other systems have no systemd.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stopping() {}

/// Other systems have no systemd.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn beat(_: &CancellationToken) {}
