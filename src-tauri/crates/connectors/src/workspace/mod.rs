//! Opens a workspace: a folder with `workspace.toml`, which a person writes, and the ledger, which only Postonce
//! writes.
//!
//! Invariant: a [`Workspace`] that exists is valid as a whole; nothing of it is checked again further in.

mod accounting;
mod address;
mod edit;
mod error;
mod file_section;
mod kinds;
mod network;
mod notify;
mod place;
mod policy;
mod posting;
pub(crate) mod privacy;
mod read;
mod remote;
mod sections;
mod source;
mod template;
mod toml_file;
mod voucher_files;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use postonce_engine::domain;
use postonce_engine::domain::{Currency, OrganisationId, PostingRules};
use postonce_engine::{Ledger, Schedule, Settings, SourceRule, StatedBooks};
use reqwest::Url;

pub use accounting::{AccountingSettings, OdooSettings, OpenSettings, TrytonSettings};
pub use edit::{Change, Value, ValueChange, WorkspaceEdit};
pub use error::{Forbidden, WorkspaceError};
pub use file_section::{FileSection, RuleSection};
pub use kinds::{ACCOUNTING_KINDS, AccountingKind, KindField, SecretKind};
pub use network::{NetworkSettings, ProxyChoice};
pub use notify::{EmailSettings, Encryption, NotifySettings};
pub use policy::{LOG_LEVELS, Policy};
pub use sections::{
    AccountingSection, OrganisationSection, PostingSection, ScheduleSection, Sections, SourceSection, books_changes,
};
pub use template::{PracticeTemplate, plain};
pub use voucher_files::{PayeeLedger, VoucherFileSettings};

use crate::source::table::FileSettings;
use privacy::OpenToOthers;

/// The file that a person writes.
pub const FILE_NAME: &str = "workspace.toml";
/// Bytes of `workspace.toml` at most.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// The longest time that a setting may name.
const DAY_SECONDS: u64 = 86_400;

/// Describes an opened workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    dir: PathBuf,
    /// The file as it was opened; it shows whether somebody else changed the file since.
    text: String,
    content: Content,
    policy: Policy,
}

/// Holds the values of `workspace.toml`, checked.
#[derive(Debug, Clone)]
struct Content {
    organisation: OrganisationId,
    organisation_name: String,
    currency: Currency,
    time_zone: Tz,
    source: SourceSettings,
    accounting: AccountingSettings,
    books: Option<StatedBooks>,
    posting: PostingRules,
    vouchers_per_request: usize,
    requests_in_flight: usize,
    lease: Duration,
    wait_for_lock: Duration,
    compare_after_run: bool,
    re_export_needs_approval: bool,
    schedule: Option<Schedule>,
    notify: NotifySettings,
    network: NetworkSettings,
    practice_store: Option<PathBuf>,
}

/// Names the source of the records.
#[derive(Debug, Clone)]
pub enum SourceSettings {
    /// Files.
    Files(Box<FileSettings>),
    /// The organisation's platform.
    Platform(Remote),
}

/// Describes a server and the name of the token for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The address: https, or http on this machine. It has no user, query or fragment.
    pub url: Url,
    /// The name under which the token is kept.
    pub secret: String,
}

impl Workspace {
    /// Opens the workspace in a folder.
    ///
    /// # Errors
    /// Fails when there is none, or something in its file is not as it must be.
    pub fn open(dir: &Path) -> Result<Self, WorkspaceError> {
        let dir = std::path::absolute(dir).map_err(|source| unreadable(dir, source))?;
        let path = dir.join(FILE_NAME);
        let file = fs::File::open(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => WorkspaceError::Missing(dir.clone()),
            _ => unreadable(&path, source),
        })?;
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|source| unreadable(&path, source))?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(unreadable(&path, io::ErrorKind::FileTooLarge.into()));
        }
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&path, &error))?;
        let content = read::content(&path, &dir, text.trim_start_matches('\u{feff}'))?;
        let workspace = Self { content, text, dir, policy: Policy::of_machine()? };
        workspace.obey()?;
        Ok(workspace)
    }

    /// Makes a workspace with this text as its `workspace.toml`; the folder is made if it is missing. The text is
    /// checked before anything is written, and a workspace that is there is never overwritten.
    ///
    /// # Errors
    /// Fails when there is one already, the text is not valid, or it cannot be written.
    pub fn create(dir: &Path, text: &str) -> Result<Self, WorkspaceError> {
        let dir = std::path::absolute(dir).map_err(|source| unreadable(dir, source))?;
        let path = dir.join(FILE_NAME);
        let workspace = Self {
            content: read::content(&path, &dir, text)?,
            text: text.to_owned(),
            dir,
            policy: Policy::of_machine()?,
        };
        // The servers are named later, in a file that is made from a template.
        workspace.policy.check_folder(&workspace.dir)?;
        let dir = &workspace.dir;
        fs::create_dir_all(dir).map_err(|source| unreadable(dir, source))?;
        privacy::close_to_others(dir);
        let mut file = fs::File::create_new(&path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => WorkspaceError::Exists(dir.clone()),
            _ => unreadable(&path, source),
        })?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| unreadable(&path, source))?;
        privacy::close_to_others(dir);
        Ok(workspace)
    }

    /// Refuses what the rules of this machine forbid.
    ///
    /// # Errors
    /// [`WorkspaceError::Forbidden`] if the folder, the accounting system, or a server is not among those allowed.
    pub(crate) fn obey(&self) -> Result<(), WorkspaceError> {
        let (policy, content) = (&self.policy, &self.content);
        policy.check_folder(&self.dir)?;
        policy.check_system(content.accounting.kind())?;
        let practice = self.is_practice();
        if let Some(remote) = content.accounting.remote() {
            policy.check_host(&remote.url, practice)?;
        }
        if let SourceSettings::Platform(remote) = &content.source {
            policy.check_host(&remote.url, practice)?;
        }
        let NotifySettings { webhook, healthcheck, email, .. } = &content.notify;
        for url in webhook.iter().map(|webhook| &webhook.url).chain(healthcheck) {
            policy.check_host(url, practice)?;
        }
        if let Some(email) = email {
            policy.check_host_name(&email.host.to_ascii_lowercase(), practice)?;
        }
        Ok(())
    }

    /// Returns the rules of this machine.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the program or file system that makes the folder no place for a ledger; `None` for a good one.
    pub fn unsafe_place(&self) -> Option<String> {
        place::unsafe_place(&self.dir)
    }

    /// Closes the folder and what Postonce writes in it to the other users of this machine, and returns what was open to
    /// them.
    pub fn close_to_others(&self) -> Vec<OpenToOthers> {
        privacy::close_to_others(&self.dir)
    }

    /// Returns the folder that is opened if nobody names one: the platform's application-data folder. `None` without a
    /// home.
    pub fn default_dir() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "postonce").map(|dirs| dirs.data_dir().to_owned())
    }

    /// Returns the folder, as an absolute path.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the path of the file that a person writes.
    pub fn file_path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }

    /// Returns the path of the ledger.
    pub fn ledger_path(&self) -> PathBuf {
        self.dir.join("ledger.sqlite")
    }

    /// Returns the path of the file that one process on this machine locks while it exports.
    pub fn lock_path(&self) -> PathBuf {
        Ledger::lock_file(&self.ledger_path())
    }

    /// Says whether it is for practice, and its tokens are the sandbox's well-known ones.
    pub fn is_practice(&self) -> bool {
        self.content.practice_store.is_some()
    }

    /// Returns the file in which the sandbox of a practice workspace keeps its books.
    pub fn practice_store(&self) -> Option<&Path> {
        self.content.practice_store.as_deref()
    }

    /// Returns the organisation's id, the scope of the lock and of the references.
    pub fn organisation(&self) -> &OrganisationId {
        &self.content.organisation
    }

    /// Returns the organisation's name.
    pub fn organisation_name(&self) -> &str {
        &self.content.organisation_name
    }

    /// Returns the currency of records that name none.
    pub fn currency(&self) -> Currency {
        self.content.currency
    }

    /// Returns the organisation's time zone.
    pub fn time_zone(&self) -> Tz {
        self.content.time_zone
    }

    /// Returns the source of the records.
    pub fn source(&self) -> &SourceSettings {
        &self.content.source
    }

    /// Returns the accounting system that the vouchers go to.
    pub fn accounting(&self) -> &AccountingSettings {
        &self.content.accounting
    }

    /// Returns the times at which a sync runs without being asked for.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.content.schedule.as_ref()
    }

    /// Returns who is told when a sync failed, needs somebody, or is well again.
    pub fn notify(&self) -> &NotifySettings {
        &self.content.notify
    }

    /// Returns the way out of this machine: that of the machine's rules, where they have one.
    pub fn network(&self) -> &NetworkSettings {
        self.policy.network().unwrap_or(&self.content.network)
    }

    /// Returns the names of the secrets that it needs, each once.
    pub fn secret_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.content.accounting.remote().map(|remote| remote.secret.as_str()).into_iter().collect();
        if let SourceSettings::Platform(remote) = &self.content.source
            && !names.contains(&remote.secret.as_str())
        {
            names.push(&remote.secret);
        }
        for name in self.content.notify.secret_names().chain(self.network().secret_name()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Returns the engine's settings.
    pub fn settings(&self) -> Settings {
        let content = &self.content;
        Settings {
            organisation: content.organisation.clone(),
            books: content.books.clone(),
            source: self.source_rule(),
            time_zone: content.time_zone,
            posting: content.posting.clone(),
            vouchers_per_request: content.vouchers_per_request,
            requests_in_flight: content.requests_in_flight,
            lease: content.lease,
            wait_for_lock: content.wait_for_lock,
            compare_after_run: content.compare_after_run,
            when_still_unknown: content.accounting.when_still_unknown(),
            re_export_needs_approval: content.re_export_needs_approval || self.policy.second_approval(),
            take_over_forbidden_by: self.policy.take_over_forbidden_by(),
            read_back_within: content.accounting.read_back_within(),
            schedule: content.schedule.clone(),
            file_lock: self.lock_path(),
        }
    }
}

impl Workspace {
    /// Returns how the source is read, by the keys of the file: those that say which record is which, and the others.
    fn source_rule(&self) -> SourceRule {
        let mut rule = SourceRule::default();
        // The text was read when the workspace was opened.
        for (path, value) in self.values().unwrap_or_default() {
            let key = match path.split_first() {
                Some((table, key)) if table == "source" => key.join("."),
                _ => continue,
            };
            match key.as_str() {
                "secret" => {}
                // The same records may come as another kind of file; a platform's are its own.
                "kind" if value != "platform" => _ = rule.ids.insert(key, "file".to_owned()),
                "kind" | "columns.id" | "id" | "group_by" => _ = rule.ids.insert(key, value),
                key if key.starts_with("id.") || key.starts_with("group_by.") => {
                    _ = rule.ids.insert(key.to_owned(), value)
                }
                _ => _ = rule.reading.insert(key, value),
            }
        }
        rule
    }

    /// Returns the books that a person confirmed, if the file has them.
    pub fn stated_books(&self) -> Option<&StatedBooks> {
        self.content.books.as_ref()
    }
}

/// Returns the account of a category, as the posting rules keep it.
fn account(number: &str) -> domain::Account {
    domain::Account(number.trim().to_owned())
}

fn unreadable(path: &Path, source: io::Error) -> WorkspaceError {
    WorkspaceError::Unreadable { path: path.to_owned(), source }
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> WorkspaceError {
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count() as u64;
    WorkspaceError::Syntax { path: path.to_owned(), line, detail: "UTF-8?".to_owned() }
}

#[cfg(test)]
mod tests;
