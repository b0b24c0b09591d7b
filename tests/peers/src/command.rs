//! Runs commands to their end, and keeps their output for the case that they fail.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Trouble;

/// The number of last lines of a command's output that are shown: the end says why it failed.
const LINES_SHOWN_MAX: usize = 15;

/// Runs a command to its end and returns its output.
///
/// # Errors
/// Fails when it cannot be started, or ends with another status than 0; with its last lines.
pub(crate) fn run(command: &mut Command) -> Result<String, Trouble> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Trouble::broken(format!("`{name}` could not be started: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(Trouble::broken(format!(
        "`{name} {}` ended with {}:\n{}",
        arguments.join(" "),
        output.status,
        last_lines(&said)
    )))
}

/// Returns the end of a text.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_SHOWN_MAX)..].join("\n")
}

/// Returns the place of a program in `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Turns an error of a file into a sentence that names the file.
pub(crate) fn on(path: &Path) -> impl FnOnce(std::io::Error) -> Trouble + '_ {
    move |error| Trouble::broken(format!("{}: {error}", path.display()))
}
