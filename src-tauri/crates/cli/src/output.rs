//! Where words go: for people, or one JSON document on standard output with everything else on standard error.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use postonce_engine::error::{ErrorCode, Problem};
use serde::Serialize;
use serde_json::json;

use crate::args::{Command, Language};
use crate::failure::Failure;
use crate::phrases::Phrase;
use crate::{catalogue, holder, json};

/// How this call speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) language: Language,
}

impl Output {
    pub(crate) fn new(json: bool, language: Language) -> Self {
        Self { json, language }
    }

    pub(crate) fn word(&self, phrase: Phrase) -> &'static str {
        phrase.text(self.language)
    }

    /// A line for people: standard output, or standard error where that belongs to a script.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        // A reader that has gone away is no failure of ours.
        let _ = if self.json {
            writeln!(io::stderr(), "{}", line.as_ref())
        } else {
            writeln!(io::stdout(), "{}", line.as_ref())
        };
    }

    /// A line for people that is not the answer: always standard error.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let _ = writeln!(io::stderr(), "{}", line.as_ref());
    }

    /// A JSON line on standard output.
    pub(crate) fn document(&self, document: &impl Serialize) {
        let text = serde_json::to_string(document).expect("texts, numbers and lists always have a JSON form");
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    /// Aligned columns, the first row as their head.
    pub(crate) fn table(&self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width =
            |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:<width$}  ");
            }
            self.say(line.trim_end());
        }
    }

    /// Tells of a failure of `command`; its exit status.
    pub(crate) fn failure(&self, failure: &Failure, command: &Command) -> ExitCode {
        let Failure { problem, lock } = failure;
        if self.json {
            self.document(&json!({ "error": json::failure(self.language, problem, lock.as_deref()) }));
        }
        match lock {
            Some(facts) => {
                self.note(holder::sentence(self.language, facts));
                self.note(self.word(holder::advice(command)));
            }
            None => self.note(catalogue::error(self.language, problem)),
        }
        ExitCode::from(problem.code.exit_status())
    }

    /// Whether a progress bar has somebody to see it.
    pub(crate) fn shows_progress(&self) -> bool {
        io::stderr().is_terminal()
    }
}

/// Tells of arguments that are none; help and version are no failures.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let output = Output::new(true, Language::En);
        let detail = error.to_string();
        let problem = Problem::new(ErrorCode::Usage).with("detail", detail.lines().next().unwrap_or_default());
        output.document(&json!({ "error": json::failure(Language::En, &problem, None) }));
    }
    ExitCode::from(ErrorCode::Usage.exit_status())
}
