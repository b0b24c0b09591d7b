//! Runs commands: the line before, the time it took, and the count at the end.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The reason why a command of xtask ended, as a sentence for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Returns a failure of which everything is printed already; the last line printed is to stay the last.
    pub(crate) fn already_printed() -> Self {
        Self(String::new())
    }

    pub(crate) fn is_printed(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs a command with xtask's own terminal; an exit status other than 0 is a failure.
pub(crate) fn call(command: &mut Command) -> Result<(), Failure> {
    match status(command)? {
        0 => Ok(()),
        code => Err(Failure::new(format!("`{}` ended with {code}", shown(command)))),
    }
}

/// Runs a command with xtask's own terminal and returns its exit status; ended by a signal counts as 128.
pub(crate) fn status(command: &mut Command) -> Result<i32, Failure> {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| not_started(command, &error))?;
    Ok(status.code().unwrap_or(128))
}

/// Returns the output of a command, trimmed; `None` when it cannot be started or fails.
pub(crate) fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the same command with an end: in CI a step that hangs must not hang the run. At a desk, Ctrl-C is the end.
pub(crate) fn bounded(minutes: u32, command: Command) -> Command {
    if !(cfg!(target_os = "linux") && in_ci()) {
        return command;
    }
    let mut bounded = Command::new("timeout");
    bounded.arg("--kill-after=30").arg(format!("{minutes}m")).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bounded.env(name, value),
            None => bounded.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        bounded.current_dir(folder);
    }
    bounded
}

/// Tells whether this is a run of CI, which has nobody to answer and may leave nothing to chance.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` could not be started: {error}", command.get_program().to_string_lossy()))
}

/// Returns the command as a person would type it: the program by its name, wherever it is.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The steps of a longer run. A failed step does not stop those that do not need it.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Outcome)>,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration, Failure),
    Skipped(&'static str),
}

impl Steps {
    /// Runs one step under its heading; true when it passed.
    pub(crate) fn step(&mut self, title: &str, body: impl FnOnce() -> Result<(), Failure>) -> bool {
        println!("\n=== {title}");
        let started = now();
        let result = body();
        let took = started.elapsed();
        let outcome = match result {
            Ok(()) => Outcome::Passed(took),
            Err(failure) => Outcome::Failed(took, failure),
        };
        let passed = matches!(outcome, Outcome::Passed(_));
        println!("=== {title}: {outcome}");
        self.done.push((title.to_owned(), outcome));
        passed
    }

    /// Runs one step, unless the steps it needs have failed.
    pub(crate) fn step_if(
        &mut self,
        ready: bool,
        why_not: &'static str,
        title: &str,
        body: impl FnOnce() -> Result<(), Failure>,
    ) -> bool {
        if ready {
            return self.step(title, body);
        }
        self.done.push((title.to_owned(), Outcome::Skipped(why_not)));
        false
    }

    /// Prints the summary, with the count as its last line; returns a failure unless every step passed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        println!();
        for (title, outcome) in &self.done {
            println!("{title}: {outcome}");
        }
        let count = |wanted: fn(&Outcome) -> bool| self.done.iter().filter(|(_, outcome)| wanted(outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(..)));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        println!("\n{}", closing_line(passed, failed, skipped));
        if failed == 0 && skipped == 0 { Ok(()) } else { Err(Failure::already_printed()) }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(took) => write!(f, "passed in {:.1} s", took.as_secs_f64()),
            Self::Failed(took, failure) => write!(f, "FAILED after {:.1} s: {failure}", took.as_secs_f64()),
            Self::Skipped(why_not) => write!(f, "not run, because {why_not}"),
        }
    }
}

fn closing_line(passed: usize, failed: usize, skipped: usize) -> String {
    match skipped {
        0 => format!("{passed} passed, {failed} failed"),
        _ => format!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
}

#[expect(clippy::disallowed_methods, reason = "xtask measures its own steps; no rule of the product hangs on it")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_and_leaves_the_others_to_run() {
        let mut steps = Steps::default();
        assert!(!steps.step("first", || Err(Failure::new("broken"))));
        assert!(steps.step("second", || Ok(())));
        assert!(steps.finish().is_err());
    }

    #[test]
    fn a_step_that_could_not_run_is_no_success() {
        let mut steps = Steps::default();
        assert!(!steps.step_if(false, "the build failed", "third", || Ok(())));
        assert!(steps.finish().is_err());
    }

    #[test]
    fn the_closing_line_counts_steps() {
        assert_eq!(closing_line(9, 0, 0), "9 passed, 0 failed");
        assert_eq!(closing_line(7, 1, 2), "7 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn a_command_that_ends_with_another_status_is_named() {
        let failure = call(Command::new("/bin/sh").args(["-c", "exit 3"])).expect_err("must fail");
        assert_eq!(failure.to_string(), "`sh -c exit 3` ended with 3");
    }
}
