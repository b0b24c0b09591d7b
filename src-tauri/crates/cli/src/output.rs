//! Prints: sentences for people, or one JSON document on standard output with everything else on standard error.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use postonce_engine::error::{ErrorCode, Problem};
use postonce_reports::sentences;
use postonce_words::{Language, Message};
use serde::Serialize;
use serde_json::json;

use crate::args::Command;
use crate::failure::Failure;
use crate::{holder, json};

/// The manner of this call's output: language, and JSON or sentences.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) language: Language,
}

impl Output {
    pub(crate) fn new(json: bool, language: Language) -> Self {
        Self { json, language }
    }

    pub(crate) fn word(&self, message: Message) -> &'static str {
        message.text(self.language)
    }

    /// Prints a line for people: on standard output, or on standard error when that belongs to a script.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        // A closed pipe is no failure of the command.
        let _ = if self.json {
            writeln!(io::stderr(), "{}", line.as_ref())
        } else {
            writeln!(io::stdout(), "{}", line.as_ref())
        };
    }

    /// Prints a line for people that is not the answer: always on standard error.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let _ = writeln!(io::stderr(), "{}", line.as_ref());
    }

    /// Prints a JSON line on standard output.
    pub(crate) fn document(&self, document: &impl Serialize) {
        let text = serde_json::to_string(document).expect("texts, numbers and lists always have a JSON form");
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    /// Prints aligned columns, the first row as their head.
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

    /// Reports a failure of `command` and returns its exit status.
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
            None => self.note(sentences::error(self.language, problem)),
        }
        ExitCode::from(problem.code.exit_status())
    }

    /// Tells whether a person can see a progress bar.
    pub(crate) fn shows_progress(&self) -> bool {
        io::stderr().is_terminal()
    }
}

/// Reports wrong arguments; help and version are no failures.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let output = Output::new(true, Language::English);
        let detail = error.to_string();
        let problem = Problem::usage(detail.lines().next().unwrap_or_default());
        output.document(&json!({ "error": json::failure(Language::English, &problem, None) }));
    }
    ExitCode::from(ErrorCode::Usage.exit_status())
}
