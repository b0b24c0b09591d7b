//! Writes the log: what a person looks for a fault with on standard error, and what an operator keeps in a file.
//!
//! Invariant: the file has no personal data. It has our own words, numbers, codes and ids of runs; a text that came from
//! outside, or that a person wrote, is left out of it.

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::SecondsFormat;
use postonce_connectors::SystemClock;
use postonce_connectors::workspace::Policy;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_engine::views::RunSummary;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt as shown};

use crate::failure::Failure;
use crate::terminal;

/// The target of what is written for the file.
const OURS: &str = "postonce";
/// The bytes after which a file is set aside, and the number of those that are kept.
const FILE_BYTES_MAX: u64 = 5 * 1024 * 1024;
const FILES_MAX: usize = 5;
/// The fields whose texts are our own: words of the program, codes, ids of runs.
const OWN_TEXTS: [&str; 6] = ["command", "code", "run", "outcome", "outlet", "version"];

/// Starts the log.
///
/// # Errors
/// If the file cannot be written, or the rules of this machine cannot be read.
pub(crate) fn start(verbose: u8, file: Option<&Path>) -> Result<(), Failure> {
    let level = match verbose {
        0 => "warn",
        1 => "info,postonce=debug",
        _ => "debug,postonce=trace",
    };
    let filter = EnvFilter::try_from_env("POSTONCE_LOG").unwrap_or_else(|_| level.into());
    // The rules of a machine may want less in a log than a person does.
    let most = Policy::of_machine()?.log_level().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::TRACE);
    let file = file.map(|path| LogFile::open(path).map(|file| FileLayer(Mutex::new(file)))).transpose();
    let file = file.map_err(|error| Failure::usage(format!("--log-file: {error}")))?;
    let terminal = shown::layer().with_writer(|| Harmless(io::stderr())).with_target(false).with_ansi(false);
    tracing_subscriber::registry().with(file).with(terminal.with_filter(filter.and(most))).init();
    Ok(())
}

/// Notes the end of a command.
pub(crate) fn ended(command: &'static str, status: u8, problem: Option<&Problem>) {
    let code = problem.map_or("", |problem| problem.code.as_str());
    tracing::debug!(target: OURS, command, status, code, version = env!("CARGO_PKG_VERSION"), "command ended");
}

/// Notes the end of a run.
pub(crate) fn run(run: Option<&RunSummary>, problem: Option<&Problem>) {
    let code = problem.map_or("", |problem| problem.code.as_str());
    let Some(summary) = run else { return tracing::debug!(target: OURS, code, "no run was begun") };
    let counts = summary.counts;
    tracing::debug!(
        target: OURS, run = summary.run_id.as_str(), outcome = summary.outcome.map_or("", |outcome| outcome.as_str()), code,
        posted = counts.posted, skipped = counts.skipped, refused = counts.refused, held = counts.held,
        in_doubt = counts.in_doubt, left_out = counts.left_out, handed_over = counts.handed_over, "run ended"
    );
}

/// A place for log lines in which nothing from outside controls the terminal.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line)?;
        Ok(line.len())
    }

    /// Writes a whole line of the log; the log hands them over one by one.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(line);
        writeln!(self.0, "{}", terminal::harmless(text.trim_end_matches('\n')))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes into the file what is ours, and every warning.
struct FileLayer(Mutex<LogFile>);

impl<S: Subscriber> Layer<S> for FileLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        if about.target() != OURS && (*about.level() > Level::WARN || !about.target().starts_with(OURS)) {
            return;
        }
        let mut line = Line(String::new());
        event.record(&mut line);
        let at = SystemClock::start().now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let level = if about.target() == OURS { Level::INFO } else { *about.level() };
        // A log that cannot be written is no reason to stop.
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.add(&format!("{at} {level} {}:{}\n", about.target(), line.0));
    }
}

/// A line for the file, field by field.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            // The words of the program itself: the message has no parameters but its fields.
            "message" => _ = write!(self.0, " {value:?}"),
            name => {
                // A problem begins with its code; whatever stands behind it came from somewhere.
                let text = format!("{value:?}");
                let code = text.split([' ', '(', '{']).next().unwrap_or_default();
                let is_code = code.contains('_') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                let _ = write!(self.0, " {name}={}", if is_code { code } else { "…" });
            }
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if OWN_TEXTS.contains(&field.name()) {
            if !value.is_empty() {
                let _ = write!(self.0, " {}={value}", field.name());
            }
        } else {
            self.record_debug(field, &format_args!("{value}"));
        }
    }
}

/// A file that is set aside when it is full: `postonce.log.1` is the newest of those.
struct LogFile {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self { path: path.to_owned(), bytes: file.metadata()?.len(), file })
    }

    fn add(&mut self, line: &str) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > FILE_BYTES_MAX {
            self.set_aside()?;
        }
        self.file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    fn set_aside(&mut self) -> io::Result<()> {
        for number in (1..FILES_MAX).rev() {
            // There may be fewer.
            let _ = std::fs::rename(self.numbered(number), self.numbered(number + 1));
        }
        std::fs::rename(&self.path, self.numbered(1))?;
        *self = Self::open(&self.path)?;
        Ok(())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_file_is_set_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("postonce.log");
        let mut log = LogFile::open(&path).expect("writable");
        let line = "x".repeat(1024 * 1024) + "\n";
        for _ in 0..40 {
            log.add(&line).expect("writable");
        }
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let expected: Vec<String> =
            std::iter::once("postonce.log".to_owned()).chain((1..=5).map(|n| format!("postonce.log.{n}"))).collect();
        assert_eq!(names, expected);
        for name in names {
            assert!(std::fs::metadata(folder.path().join(name)).expect("it is there").len() <= FILE_BYTES_MAX);
        }
    }

    #[test]
    fn file_has_no_text_that_came_from_outside() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("postonce.log");
        let file = FileLayer(Mutex::new(LogFile::open(&path).expect("writable")));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(file), || {
            let problem = Problem::secret_missing("Kari Nordmann", "V");
            tracing::warn!(target: "postonce_engine::lock", %problem, payee = "Kari Nordmann", older = 3, "it waits");
            tracing::warn!(target: "postonce_engine::lock", error = ?"Kari Nordmann", "again");
            tracing::warn!(target: "hyper", "Kari Nordmann");
            tracing::info!(target: "postonce_engine", "Kari Nordmann");
            ended("sync", 4, Some(&problem));
        });
        let text = std::fs::read_to_string(path).expect("it was written");
        assert!(!text.contains("Kari") && !text.contains("Nordmann"), "{text}");
        for part in ["problem=secret_missing", "older=3", "it waits", "command=sync status=4 code=secret_missing"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.lines().count(), 3, "{text}");
    }
}
