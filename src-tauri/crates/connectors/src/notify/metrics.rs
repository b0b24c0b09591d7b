//! Writes the figures of a workspace as the text collector of Prometheus reads them.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use super::message::Figures;

/// Writes the file as a whole: a collector never reads half of it.
pub(super) fn write(path: &Path, organisation: &str, figures: &Figures) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(text(organisation, figures).as_bytes())?;
    // The collector is another user, and there is nothing about people in it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fresh.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    fresh.persist(path).map(drop).map_err(|error| error.error)
}

fn text(organisation: &str, figures: &Figures) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(Option<&str>, i64)]| {
        let _ = writeln!(text, "# HELP postonce_{name} {help}\n# TYPE postonce_{name} gauge");
        for (state, value) in values {
            let state = state.map(|state| format!(",state=\"{state}\"")).unwrap_or_default();
            let _ = writeln!(text, "postonce_{name}{{organisation=\"{organisation}\"{state}}} {value}");
        }
    };
    gauge("last_run_timestamp_seconds", "End of the newest sync.", &[(None, figures.at.timestamp())]);
    if let Some(at) = figures.last_success_at {
        gauge("last_success_timestamp_seconds", "End of the newest completed sync.", &[(None, at.timestamp())]);
    }
    gauge("last_run_completed", "Whether the newest sync did its work.", &[(None, i64::from(figures.completed))]);
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let Some(records) = &figures.records else { return text };
    gauge("attention", "Number of things that wait for a person.", &[(None, count(records.attention()))]);
    let states = [
        ("posted", records.posted),
        ("eligible", records.eligible),
        ("in_doubt", records.in_doubt),
        ("refused", records.refused),
        ("held", records.held),
        ("changed", records.changed),
        ("vanished", records.vanished),
        ("gone", records.gone),
    ];
    gauge("records", "Records in each state.", &states.map(|(state, number)| (Some(state), count(number))));
    text
}
