//! Reads the arguments of the command line, as `src-tauri/docs/interfaces.md` has them.

mod machine;

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
pub(crate) use machine::{
    Config, Forget, Notify, Restore, Secret, SecretAct, Service, ServiceAct, ServiceInstall, ServicePlace, Support,
};
use postonce_connectors::Workspace;
use postonce_connectors::workspace::WorkspaceError;
use postonce_reports::sentences::quoted;
use postonce_words::{Language, Message};

use crate::failure::Failure;
use crate::output::Output;
use crate::words;

/// The longest wait, one day, as in the workspace: a schedule serves a longer wait better.
const WAIT_SECONDS_MAX: u64 = 86_400;

/// Exports approved reimbursements into the accounting system, each of them exactly once.
#[derive(Debug, Parser)]
#[command(name = "postonce", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// The workspace's folder.
    #[arg(long, global = true, env = "POSTONCE_WORKSPACE", value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    /// One JSON document on standard output, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the messages; the system's by default.
    #[arg(long, global = true, value_parser = language_of_tag())]
    lang: Option<Language>,
    /// Tells more on standard error; twice for still more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Says nothing unless it ends with something else than 0: for a scheduler that mails what is printed.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Keeps a log there, without personal data; full files are set aside, five of them.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a workspace.
    Init(Init),
    /// Exports what has not been exported yet.
    Sync(Sync),
    /// Keeps to the workspace's schedule until interrupted.
    Schedule,
    /// Connection, protection, lock, last run, next run, counts.
    Status,
    /// The runs, newest first.
    History(History),
    /// One run, with each of its records.
    Run(Run),
    /// Everything known of one record.
    Record(Record),
    /// One month in a sentence: approved, in the books, open.
    Period(Period),
    /// Everything that waits for a person.
    Attention,
    /// Exports one record once more, with a reason.
    ReExport(ReExport),
    /// Approves a re-export that somebody else asked for, and sends it.
    Approve(Approve),
    /// Takes back a re-export that waits for an approval.
    Decline(Decline),
    /// Decides on a record in doubt, with a reason.
    Resolve(Resolve),
    /// Takes the lock from its holder, with a reason.
    BreakLock(BreakLock),
    /// Checks the audit trail, or writes it to a file.
    Audit(Audit),
    /// A person's word that a changed or vanished record may stay as it is.
    Accept(Accept),
    /// A person's word on what a sync asked before it sent anything: the next one goes on.
    Confirm(Confirm),
    /// Sets aside what left the source before it was exported.
    SetAside(SetAside),
    /// Books records on another day than their own, which lies in a closed period.
    BookOn(BookOn),
    /// Ledger against accounting system, both ways.
    Compare(Compare),
    /// The voucher files that were handed over.
    Files(Files),
    /// Writes a run's certificate as PDF, CSV or JSON.
    Certificate(Certificate),
    /// Makes a new ledger from the accounting system, and keeps the old one aside. Nothing is sent.
    Rebuild(Rebuild),
    /// Everything that a reading of the records finds, without a ledger or a network.
    Source(SourceArgs),
    /// Copies the ledger into the folder of its backups.
    Backup,
    /// Puts a backup in the place of the ledger, which is kept under another name.
    Restore(Restore),
    /// Blanks payees and texts of old records that are done with; ids, amounts, vouchers and the trail stay.
    Forget(Forget),
    /// Lets the system keep to the schedule: systemd's units for this workspace.
    Service(Service),
    /// Checks the workspace's settings and secrets, without a network.
    Config(Config),
    /// Versions, state and log for the person who is asked for help: no personal data, and no secrets.
    Support(Support),
    /// Tries out who is told when a sync fails, needs somebody, or is well again.
    Notify(Notify),
    /// Writes the completions for a shell to standard output.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages into a folder.
    Man {
        /// The folder.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Keeps or deletes a token in the system's keyring.
    Secret(Secret),
    /// The practice platform and accounting system, until interrupted.
    Sandbox(Sandbox),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// With sample records, to run against the built-in sandbox.
    #[arg(long)]
    pub(crate) practice: bool,
    /// Port of the sandbox on this machine; a free one by default.
    #[arg(long, requires = "practice", value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Number of sample records.
    #[arg(long, requires = "practice", value_name = "N", default_value_t = 400)]
    pub(crate) records: usize,
    /// Seed of the sample records: the same seed gives the same ones.
    #[arg(long, requires = "practice", value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sync {
    /// Only records dated on this day or later (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// Only records dated on this day or earlier (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
    /// Longest wait for a sync that is on elsewhere; the workspace's setting by default.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=WAIT_SECONDS_MAX))]
    pub(crate) wait: Option<u64>,
    /// Shows what would be sent, and sends nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Started by a scheduler, not by a person: a sync that is refused has an entry in the history all the same.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) scheduled: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// Number of runs.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// Only runs before this one.
    #[arg(long, value_name = "RUN")]
    pub(crate) before: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The run's id, or `last`.
    pub(crate) run: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Record {
    /// The record's id.
    pub(crate) id: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Period {
    /// The month (YYYY-MM).
    #[arg(value_parser = month)]
    pub(crate) month: NaiveDate,
}

/// Returns the first day of a month.
fn month(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| "YYYY-MM".to_owned())
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReExport {
    /// The record's id.
    pub(crate) id: String,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The record's id once more.
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: String,
    /// Reverses the earlier voucher first, by a linked counter-voucher.
    #[arg(long)]
    pub(crate) reverse: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Approve {
    /// The record's id.
    pub(crate) id: String,
    /// The record's id once more.
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decline {
    /// The record's id.
    pub(crate) id: String,
    /// Reason.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("resolution").required(true).args(["posted", "not_posted"]))]
pub(crate) struct Resolve {
    /// The record's id.
    pub(crate) id: String,
    /// It is in the books, as this voucher.
    #[arg(long, value_name = "VOUCHER")]
    pub(crate) posted: Option<String>,
    /// It is not in the books: the next sync may send it again.
    #[arg(long)]
    pub(crate) not_posted: bool,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rebuild {
    /// Reason: a few words at least. A ledger that can be read is not replaced without one.
    #[arg(long, value_name = "TEXT", requires = "confirm")]
    pub(crate) reason: Option<String>,
    /// The organisation's name or id, to confirm that a ledger that can be read is replaced.
    #[arg(long, value_name = "ORGANISATION")]
    pub(crate) confirm: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BreakLock {
    /// Reason: a few words at least, for the readers of the audit trail here and at the accounting side.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The holder's name or user id, as `status` shows it.
    #[arg(long, value_name = "HOLDER")]
    pub(crate) confirm: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) act: AuditAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditAct {
    /// Checks every entry, every seal and the accounting system's witness.
    Verify,
    /// Proves that a run, or a record's rows in it, belong to the root in the trail's entry: JSON.
    Proof {
        /// The run's id, or `last`.
        #[arg(long, value_name = "RUN")]
        run: String,
        /// The record; without one, the run itself and its sums.
        #[arg(long, value_name = "ID")]
        record: Option<String>,
    },
    /// Writes the whole trail.
    Export {
        /// The file to write; its ending decides the format: .csv or .json.
        file: PathBuf,
        /// Replaces a file that is there.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Accept {
    /// The record's id.
    pub(crate) id: String,
    /// Reason why it may stay as it is; kept in the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Confirm {
    /// The thing that was asked about, as the sentence names it.
    #[arg(value_enum)]
    pub(crate) what: Confirmed,
    /// The record's id, for `record` alone.
    #[arg(required_if_eq("what", "record"))]
    pub(crate) id: Option<String>,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// A thing that a person confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Confirmed {
    /// Other books, or another address.
    Books,
    /// References that begin otherwise than others in these books.
    Prefix,
    /// Ids that are read from another place in the source, or most of what waits to be exported gone from it.
    Source,
    /// Ids that stand for other expenses than before, or for several.
    Ids,
    /// Many new records that equal exported ones.
    LookAlikes,
    /// One record whose id is another writing of an exported one's, and which is an expense of its own.
    Record,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SetAside {
    /// The ids of the records.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The receipts that are missing on the vouchers of these records, instead: the vouchers stay without them.
    #[arg(long)]
    pub(crate) receipts: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BookOn {
    /// The day in the books (YYYY-MM-DD), in a period that is open.
    pub(crate) day: NaiveDate,
    /// The ids of the records.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) ids: Vec<String>,
    /// Every record that is refused for a closed period.
    #[arg(long)]
    pub(crate) all: bool,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The books, as the accounting system handed them out: SAF-T, SIE 4, DATEV, or the workspace's table.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub(crate) file: Option<PathBuf>,
    /// Only vouchers dated on this day or later (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// Only vouchers dated on this day or earlier (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
    /// Writes the result as a report; the ending decides the format: .pdf, .csv or .json.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replaces a file that is there already.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    #[command(subcommand)]
    pub(crate) command: Option<FilesCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FilesCommand {
    /// Writes a voucher file once more, with the very bytes that were handed over.
    Save {
        /// The number of the voucher file.
        #[arg(value_name = "NUMBER")]
        file: String,
        /// The place to write it to.
        #[arg(value_name = "FILE")]
        to: PathBuf,
        /// Replaces a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Withdraws a voucher file that was never imported: its records go again, in a new one.
    Withdraw {
        /// The number of the voucher file.
        #[arg(value_name = "NUMBER")]
        file: String,
        /// The books of today, which show that nothing of it is there.
        #[arg(long, value_name = "FILE")]
        books: PathBuf,
        /// Reason: a few words at least, for the readers of the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The number of the voucher file once more.
        #[arg(long, value_name = "NUMBER")]
        confirm: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Certificate {
    /// The run's id, or `last`.
    pub(crate) run: String,
    /// The file to write; its ending decides the format: .pdf, .csv or .json.
    pub(crate) file: PathBuf,
    /// Replaces a file that is there already.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    #[command(subcommand)]
    pub(crate) act: SourceAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceAct {
    /// Lists everything in the files that has no reading, or more than one: the window's preview.
    ///
    /// Ends with 0 when everything has one reading, and with 4 otherwise. Nothing is sent or written.
    Check {
        /// A text file or workbook, read as the workspace says; without a workspace, as it shows itself. What the
        /// workspace names by default.
        file: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sandbox {
    /// Port to listen on, on this machine; a practice workspace's own port, or 4010. 0 takes a free one.
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// The file to keep everything in; a practice workspace's own, or a temporary one.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Fault switches (TOML).
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// The platform's records (JSON or CSV); generated ones by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) records: Option<PathBuf>,
}

impl Command {
    /// Returns its name, as it is called.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Sync(_) => "sync",
            Self::Schedule => "schedule",
            Self::Status => "status",
            Self::History(_) => "history",
            Self::Run(_) => "run",
            Self::Record(_) => "record",
            Self::Period(_) => "period",
            Self::Attention => "attention",
            Self::ReExport(_) => "re-export",
            Self::Approve(_) => "approve",
            Self::Decline(_) => "decline",
            Self::Resolve(_) => "resolve",
            Self::BreakLock(_) => "break-lock",
            Self::Audit(_) => "audit",
            Self::Accept(_) => "accept",
            Self::Confirm(_) => "confirm",
            Self::SetAside(_) => "set-aside",
            Self::BookOn(_) => "book-on",
            Self::Files(_) => "files",
            Self::Compare(_) => "compare",
            Self::Certificate(_) => "certificate",
            Self::Rebuild(_) => "rebuild",
            Self::Source(_) => "source",
            Self::Backup => "backup",
            Self::Restore(_) => "restore",
            Self::Forget(_) => "forget",
            Self::Service(_) => "service",
            Self::Config(_) => "config",
            Self::Support(_) => "support",
            Self::Notify(_) => "notify",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
            Self::Secret(_) => "secret",
            Self::Sandbox(_) => "sandbox",
        }
    }

    /// Returns what a person can do whom the lock refused; `sync` alone offers to wait.
    pub(crate) fn advice(&self) -> Message {
        match self {
            Self::Sync(_) => words::LOCK_NOTHING_SENT,
            // The approval itself is kept before the lock is asked for.
            Self::Approve(_) => words::JOINED_NOTHING,
            _ => words::LOCK_NOTHING_CHANGED,
        }
    }
}

impl Args {
    pub(crate) fn language(&self) -> Language {
        self.lang.unwrap_or_else(system_language)
    }

    /// Returns the named folder, whether or not there is a workspace in it.
    pub(crate) fn workspace_dir(&self) -> Result<PathBuf, Failure> {
        let found = self.workspace.clone().or_else(Workspace::default_dir);
        found.ok_or_else(|| Failure::usage("--workspace"))
    }

    /// Returns the beginning of the command lines that are suggested: the same workspace, for any shell.
    pub(crate) fn program(&self) -> String {
        match &self.workspace {
            Some(dir) => format!("postonce --workspace {}", quoted(&dir.display().to_string())),
            None => "postonce".to_owned(),
        }
    }

    pub(crate) fn open_workspace(&self, output: &Output) -> Result<Workspace, Failure> {
        let workspace = Workspace::open(&self.workspace_dir()?)?;
        output.keep_to(workspace.time_zone());
        Ok(workspace)
    }

    /// Returns the workspace, if there is one.
    pub(crate) fn workspace_if_any(&self, output: &Output) -> Result<Option<Workspace>, Failure> {
        match Workspace::open(&self.workspace_dir()?) {
            Ok(workspace) => {
                output.keep_to(workspace.time_zone());
                Ok(Some(workspace))
            }
            Err(WorkspaceError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn system_language() -> Language {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    Language::of_tag(&set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default())
}

/// Returns the language that a command line asks for, before it is read as a whole: help and wrong usage speak it, too.
pub(crate) fn language_asked(line: impl Iterator<Item = OsString>) -> Language {
    let words: Vec<String> = line.map(|word| word.to_string_lossy().into_owned()).collect();
    let asked = words.iter().enumerate().find_map(|(place, word)| match word.strip_prefix("--lang") {
        Some("") => words.get(place + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    let named = asked.and_then(|tag| Language::ALL.into_iter().find(|language| language.tag() == tag));
    named.unwrap_or_else(system_language)
}

/// Reads a language by its tag, and by nothing else.
fn language_of_tag() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::tag)).map(|tag| Language::of_tag(&tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_next_command_is_called_for_the_same_workspace() {
        let next = |line: &[&str]| {
            let args = Args::try_parse_from(line).expect("the line is a command");
            Output::new(false, Language::English, args.program()).call(&["record", "$(reboot)"])
        };
        assert_eq!(
            next(&["postonce", "--workspace", "there", "status"]),
            "postonce --workspace there record '$(reboot)'"
        );
        for (dir, word) in [("my books", "'my books'"), ("a`b", "'a`b'"), ("it's", "\"it's\""), ("-x;y", "'-x;y'")] {
            let suggested = next(&["postonce", "status", &format!("--workspace={dir}")]);
            assert_eq!(suggested, format!("postonce --workspace {word} record '$(reboot)'"));
        }
    }

    #[test]
    fn advice_offers_to_wait_where_the_command_can_wait() {
        let advised = |line: &[&str]| {
            let args = Args::try_parse_from(line).expect("the line is a command");
            args.command.advice().text(Language::English)
        };
        assert!(advised(&["postonce", "sync"]).contains("--wait"));
        assert!(advised(&["postonce", "compare"]).starts_with("Nothing was changed."));
        assert!(advised(&["postonce", "rebuild"]).starts_with("Nothing was changed."));
        assert_eq!(advised(&["postonce", "approve", "A", "--confirm", "A"]), "Nothing was sent.");
    }

    #[test]
    fn language_is_chosen_by_its_tag_alone() {
        let chosen =
            |tag: &str| Args::try_parse_from(["postonce", "--lang", tag, "status"]).map(|args| args.language());
        assert_eq!(chosen("nb").ok(), Some(Language::Bokmal));
        assert_eq!(chosen("en").ok(), Some(Language::English));
        for tag in ["no", "nb-NO", "NB", ""] {
            assert!(chosen(tag).is_err(), "{tag}");
        }
    }
}
