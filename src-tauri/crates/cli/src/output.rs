//! Prints: sentences for people, or one JSON document on standard output with everything else on standard error.
//!
//! Invariant: what reaches a terminal is harmless, and an output that was lost is a failure of the command.

use std::collections::VecDeque;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::views::{Reason, Sum};
use postonce_reports::figures;
use postonce_reports::sentences::{self, Reader};
use postonce_words::{Language, Message};
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;
use crate::{holder, json, terminal, words};

/// The exit status of a command that did its work, and the one that says that something waits besides.
const DONE: u8 = 0;
const ATTENTION: u8 = 4;
/// The most lines that a quiet command keeps for the case that it fails.
const LINES_KEPT_MAX: usize = 2_000;

/// The manner of this call's output: language, and JSON or sentences.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) language: Language,
    /// The zone of the organisation, once its workspace is open.
    zone: OnceLock<Tz>,
    /// The beginning of the command lines that are suggested.
    program: String,
    /// The reason why standard output took no more.
    lost: OnceLock<io::Error>,
    /// The lines for people that are kept until it is known whether anybody has to see them; `None` if they are shown.
    kept: Option<Mutex<VecDeque<String>>>,
}

impl Output {
    /// Makes the output of a call; the commands that it suggests begin with `program`.
    pub(crate) fn new(json: bool, language: Language, program: String) -> Self {
        Self { json, language, zone: OnceLock::new(), program, lost: OnceLock::new(), kept: None }
    }

    /// Returns the same, which says nothing to people unless the command ends with something else than 0.
    #[must_use]
    pub(crate) fn quiet_if(self, is_quiet: bool) -> Self {
        Self { kept: is_quiet.then(Mutex::default), ..self }
    }

    /// Shows what was kept: something is not as it should be.
    pub(crate) fn speak_up(&self) {
        let Some(kept) = &self.kept else { return };
        let lines = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
        for line in lines {
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    fn keep_line(&self, line: &str) -> bool {
        let Some(kept) = &self.kept else { return false };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LINES_KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(line.to_owned());
        true
    }

    /// Writes times in this zone from now on.
    pub(crate) fn keep_to(&self, zone: Tz) {
        let _ = self.zone.set(zone);
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { language: self.language, zone: self.zone.get().copied(), program: Some(&self.program) }
    }

    pub(crate) fn word(&self, message: Message) -> &'static str {
        message.text(self.language)
    }

    /// Returns the sentence for a problem.
    pub(crate) fn error(&self, problem: &Problem) -> String {
        sentences::error(self.reader(), problem)
    }

    /// Returns the sentence for a record that was not exported.
    pub(crate) fn reason(&self, reason: &Reason) -> String {
        sentences::reason(self.reader(), reason)
    }

    /// Returns the command line for a next command on the same workspace.
    pub(crate) fn call(&self, words: &[&str]) -> String {
        let quoted = words.iter().map(|word| sentences::quoted(word));
        std::iter::once(self.program.clone()).chain(quoted).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn money(&self, sum: &Sum) -> String {
        self.amount(&sum.currency, &sum.amount)
    }

    pub(crate) fn amount(&self, currency: &str, decimal: &str) -> String {
        format!("{currency}\u{a0}{}", figures::amount(decimal, self.language))
    }

    pub(crate) fn sums(&self, sums: &[Sum]) -> String {
        if sums.is_empty() {
            return "–".to_owned();
        }
        sums.iter().map(|sum| self.money(sum)).collect::<Vec<_>>().join(" + ")
    }

    pub(crate) fn count(&self, count: u64) -> String {
        figures::count(count, self.language)
    }

    pub(crate) fn day(&self, day: NaiveDate) -> String {
        figures::day(day, self.language)
    }

    /// Writes a moment to the minute, in the organisation's zone.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> String {
        figures::moment(at, self.zone.get().copied(), self.language)
    }

    /// Writes a moment to the second, in the organisation's zone.
    pub(crate) fn exact_moment(&self, at: DateTime<Utc>) -> String {
        figures::exact_moment(at, self.zone.get().copied(), self.language)
    }

    /// Prints a line for people: on standard output, or on standard error when that belongs to a script.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if self.json || self.kept.is_some() {
            return self.note(line);
        }
        self.keep(writeln!(io::stdout(), "{}", terminal::harmless(line.as_ref())));
    }

    /// Prints a line for people that is not the answer: always on standard error.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let line = terminal::harmless(line.as_ref());
        if !self.keep_line(&line) {
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Prints the sentence for a problem on standard error. It may have several lines: those behind the first are
    /// indented, so that none of them is taken for a line of ours.
    pub(crate) fn trouble(&self, problem: &Problem) {
        let sentence = self.error(problem);
        for (place, line) in sentence.lines().enumerate() {
            self.note(if place == 0 { line.to_owned() } else { format!("    {line}") });
        }
    }

    /// Prints a JSON line on standard output.
    pub(crate) fn document(&self, document: &impl Serialize) {
        let mut out = io::stdout().lock();
        self.keep(writeln!(out, "{}", document_text(document)).and_then(|()| out.flush()));
    }

    /// Prints aligned columns, the first row as their head.
    pub(crate) fn table(&self, rows: &[Vec<String>]) {
        terminal::table(rows).iter().for_each(|line| self.say(line));
    }

    /// Prints a text in as many lines as it needs on a narrow terminal.
    pub(crate) fn paragraph(&self, text: &str, indent: &str) {
        terminal::paragraph(text, indent).iter().for_each(|line| self.say(line));
    }

    /// Keeps in mind that an output was lost. A closed pipe is no loss: whoever read from it has read enough.
    pub(crate) fn keep(&self, written: io::Result<()>) {
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            let _ = self.lost.set(error);
        }
    }

    /// Reports a failure and returns its exit status; `advice` is for a person whom the lock refused.
    pub(crate) fn failure(&self, failure: &Failure, advice: Message) -> u8 {
        let Failure { problem, lock } = failure;
        if self.json {
            self.document(&json!({ "error": json::failure(self.reader(), problem, lock.as_deref()) }));
        }
        match lock {
            Some(facts) => {
                self.note(holder::sentence(self.reader(), facts));
                self.note(self.word(advice));
            }
            None => self.trouble(problem),
        }
        problem.code.exit_status()
    }

    /// Ends the output of a command that came to this exit status. Where some of it was lost, a command that did its
    /// work has failed all the same: a script must not take half a document for a whole one.
    pub(crate) fn end(&self, status: u8) -> ExitCode {
        self.keep(io::stdout().flush());
        if status != DONE || self.lost.get().is_some() {
            self.speak_up();
        }
        let Some(lost) = self.lost.get() else { return status.into() };
        let _ = writeln!(io::stderr(), "{}", words::output_lost(self.language, &lost.to_string()));
        let failed = ErrorCode::Internal.exit_status();
        ExitCode::from(if matches!(status, DONE | ATTENTION) { failed } else { status })
    }

    /// Prints a text that is none of ours to shape: completions for a shell.
    pub(crate) fn raw(&self, text: &[u8]) {
        self.keep(io::stdout().write_all(text));
    }

    /// Tells whether a person can see a progress bar.
    pub(crate) fn shows_progress(&self) -> bool {
        self.kept.is_none() && io::stderr().is_terminal()
    }
}

/// Returns a document as it is printed.
pub(crate) fn document_text(document: &impl Serialize) -> String {
    let text = serde_json::to_string(document).expect("texts, numbers and lists always have a JSON form");
    terminal::harmless_json(text)
}
