//! Takes wishes from outside: `postonce://run/…` from a mail or a web page, and a second start with arguments.
//!
//! Invariant: nothing from outside reaches the window but a run's id of the one form that such ids have, and a path
//! that is shown, never opened unasked.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tauri::Manager as _;
use tauri_plugin_deep_link::DeepLinkExt as _;
use tauri_specta::Event as _;

use crate::events::WantedAsked;
use crate::host::AppHandle;
use crate::wire::Wanted;
use crate::wiring::Wiring;

const RUN_LINK: &str = "postonce://run/";
const WORKSPACE: &str = "--workspace";

/// The newest wish, kept until the page is there to take it.
pub(crate) struct Pending(Mutex<State>);

#[derive(Default)]
struct State {
    wanted: Option<Wanted>,
    is_listening: bool,
}

impl Pending {
    /// Reads the arguments of this start. A workspace among them is opened, not handed to the page.
    pub(super) fn of(mut arguments: impl Iterator<Item = String>) -> Self {
        let wanted = arguments.find_map(|argument| run_of(&argument));
        Self(Mutex::new(State { wanted, is_listening: false }))
    }
}

/// Hands a wish to the page, now or as soon as it listens.
pub(crate) fn want(app: &AppHandle, wanted: Wanted) {
    {
        let pending = app.state::<Pending>();
        let mut state = pending.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.is_listening {
            state.wanted = Some(wanted);
            return;
        }
    }
    if let Err(error) = WantedAsked(wanted).emit(app) {
        tracing::warn!("the window could not be told what was asked for: {error}");
    }
}

/// Returns the wish from before the page listened. From now on wishes go to the page at once.
pub(crate) fn at_start(app: &AppHandle) -> Option<Wanted> {
    let pending = app.state::<Pending>();
    let mut state = pending.0.lock().unwrap_or_else(PoisonError::into_inner);
    state.is_listening = true;
    // `cargo xtask bench desktop` waits for this line.
    tracing::info!("the page is there");
    state.wanted.take()
}

/// Takes a second start: its arguments, and the folder it was started in.
pub(super) fn second_start(app: &AppHandle, arguments: &[String], folder: &str) {
    let Some(wanted) = asked(arguments.get(1..).unwrap_or_default(), Path::new(folder)) else { return };
    if let Wanted::Workspace { path } = &wanted
        && app.state::<Wiring>().folder() == Path::new(path)
    {
        return;
    }
    want(app, wanted);
}

/// Listens for links on macOS, which hands them to the running program instead of starting another one.
pub(super) fn listen(app: &AppHandle) {
    let listener = app.clone();
    app.deep_link().on_open_url(move |event| {
        if let Some(wanted) = event.urls().iter().find_map(|url| run_of(url.as_str())) {
            super::raise(&listener);
            want(&listener, wanted);
        }
    });
}

fn asked(arguments: &[String], folder: &Path) -> Option<Wanted> {
    if let Some(run) = arguments.iter().find_map(|argument| run_of(argument)) {
        return Some(run);
    }
    let mut arguments = arguments.iter();
    let path = arguments.find_map(|argument| match argument.strip_prefix(WORKSPACE)? {
        "" => Some(None),
        named => named.strip_prefix('=').map(|path| Some(path.to_owned())),
    })?;
    let path = path.or_else(|| arguments.next().cloned())?;
    Some(Wanted::Workspace { path: folder.join(path).display().to_string() })
}

/// Reads `postonce://run/` and a run's id of this program's form, and not a character more.
fn run_of(link: &str) -> Option<Wanted> {
    let run_id = link.strip_prefix(RUN_LINK)?;
    let is_id = run_id.len() == 36
        && run_id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        });
    is_id.then(|| Wanted::Run { run_id: run_id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199a3c2-7b41-7c10-9f02-5d1be2c07a11";

    fn asked_in(arguments: &[&str]) -> Option<Wanted> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        asked(&arguments, Path::new("/home/kari"))
    }

    #[test]
    fn a_link_names_a_run_by_an_id_as_we_make_them() {
        assert_eq!(run_of(&format!("postonce://run/{ID}")), Some(Wanted::Run { run_id: ID.to_owned() }));
    }

    #[test]
    fn a_link_of_any_other_form_is_none() {
        let upper = ID.to_uppercase();
        for link in [
            String::new(),
            format!("postonce://run/{ID}/"),
            format!("postonce://run/{ID}?x=1"),
            format!("postonce://run/{upper}"),
            format!("postonce://runs/{ID}"),
            format!("POSTONCE://run/{ID}"),
            "postonce://run/../../etc/passwd".to_owned(),
            "postonce://run/0199a3c2-7b41-7c10-9f02-5d1be2c07a1é".to_owned(),
            "javascript:alert(1)".to_owned(),
        ] {
            assert_eq!(run_of(&link), None, "{link}");
        }
    }

    #[test]
    fn a_second_start_asks_for_a_run_or_a_workspace_or_for_nothing() {
        let workspace = |path: &str| Some(Wanted::Workspace { path: path.to_owned() });
        assert_eq!(asked_in(&[&format!("postonce://run/{ID}")]), Some(Wanted::Run { run_id: ID.to_owned() }));
        assert_eq!(asked_in(&["--workspace", "hlf"]), workspace("/home/kari/hlf"));
        assert_eq!(asked_in(&["--workspace=/srv/hlf"]), workspace("/srv/hlf"));
        for nothing in [&[][..], &["--workspace"], &["--workspaces", "x"], &["postonce://run/x"], &["file.csv"]] {
            assert_eq!(asked_in(nothing), None, "{nothing:?}");
        }
    }
}
