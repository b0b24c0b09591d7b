//! Waits for a condition, and never for a time: the bound is far above what any machine needs, and there is no lower one.

use std::sync::mpsc;
use std::time::Duration;

/// The longest that a test waits for anything.
pub const WAIT_MAX: Duration = Duration::from_secs(60);
/// The pause between two looks, which leaves the processors to those who are waited for.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// Looks until it is so.
///
/// # Panics
/// When it is not so after [`WAIT_MAX`].
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    wait_for(what, || is_so().then_some(()));
}

/// Looks until there is something, and returns it.
///
/// # Panics
/// When there is nothing after [`WAIT_MAX`].
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    let found = look_for(look);
    assert!(found.is_some(), "waited in vain for {what}");
    found.expect("it was just seen")
}

/// Looks until there is something, and returns it; `None` when there is nothing after [`WAIT_MAX`].
pub fn look_for<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let (_kept, never) = mpsc::channel::<()>();
    let looks = WAIT_MAX.as_millis() / LOOK_PAUSE.as_millis();
    (0..looks).find_map(|_| {
        let found = look();
        if found.is_none() {
            let _ = never.recv_timeout(LOOK_PAUSE);
        }
        found
    })
}
