//! Lists the errors in a workspace.

use std::io;
use std::path::PathBuf;

use postonce_engine::error::Problem;

/// A thing that the rules of this machine forbid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule} does not allow {found}")]
pub struct Forbidden {
    /// The rule's key.
    pub rule: &'static str,
    /// The thing that was asked for.
    pub found: String,
    /// The things that are allowed.
    pub allowed: String,
    /// The places of the rules.
    pub policy: String,
}

impl From<Forbidden> for Problem {
    fn from(Forbidden { rule, found, allowed, policy }: Forbidden) -> Self {
        Self::policy_forbids(rule, found, allowed, policy)
    }
}

/// The reason why a workspace cannot be opened or made. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// There is no `workspace.toml`.
    #[error("there is no workspace at {}", .0.display())]
    Missing(PathBuf),
    /// There is one already; it is never overwritten.
    #[error("there is a workspace at {} already", .0.display())]
    Exists(PathBuf),
    /// The file or its folder cannot be read or written.
    #[error("{}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// Somebody else changed the file since it was opened; it is left as they made it.
    #[error("{} was changed meanwhile", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// The file is no TOML.
    #[error("{}:{line}: {detail}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The parser's words.
        detail: String,
    },
    /// A key nobody knows.
    #[error("{}:{line}: unknown key {key}, nearest {nearest}", .path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The key with its tables: `sync.lease_secs`.
        key: String,
        /// The most alike of the known keys.
        nearest: String,
    },
    /// A key that must stand there does not.
    #[error("{}: {key} is missing", .path.display())]
    KeyMissing {
        /// The file.
        path: PathBuf,
        /// The key with its tables.
        key: String,
    },
    /// A value of the wrong type, or out of its bounds.
    #[error("{}:{line}: {key} is {found}, allowed: {allowed}", .path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The key with its tables.
        key: String,
        /// The value that stands there.
        found: String,
        /// The values that may stand there, in a form that needs no translation: `15–3600`, `"hold" | "send"`.
        allowed: String,
    },
    /// A kind of source or accounting system that this version cannot use.
    #[error("{}:{line}: {kind} is not available in this version", .path.display())]
    KindUnavailable {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The kind.
        kind: String,
        /// The kinds that this version can use.
        available: String,
    },
    /// The rules of this machine forbid it.
    #[error("{0}")]
    Forbidden(#[from] Forbidden),
    /// The rules of this machine cannot be read.
    #[error("{policy}: {detail}")]
    Policy {
        /// The place of the rules.
        policy: String,
        /// The reason.
        detail: String,
    },
    /// The address is plain http to another machine.
    #[error("{0} is plain http beyond this machine")]
    InsecureUrl(String),
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::Missing(path) => Self::workspace_missing(path.display()),
            WorkspaceError::Exists(path) => Self::workspace_exists(path.display()),
            WorkspaceError::Unreadable { path, source } => Self::workspace_unreadable(path.display(), source),
            WorkspaceError::ChangedMeanwhile(path) => Self::workspace_changed(path.display()),
            WorkspaceError::Syntax { path, line, detail } => Self::workspace_invalid(path.display(), line, detail),
            WorkspaceError::UnknownKey { path, line, key, nearest } => {
                Self::workspace_unknown_key(path.display(), line, key, nearest)
            }
            WorkspaceError::KeyMissing { path, key } => Self::workspace_key_missing(path.display(), key),
            WorkspaceError::Value { path, line, key, found, allowed } => {
                Self::workspace_value_invalid(key, found, allowed, Some(&path.display()), Some(&line))
            }
            WorkspaceError::KindUnavailable { path, line, kind, available } => {
                Self::workspace_kind_unavailable(path.display(), line, kind, available)
            }
            WorkspaceError::Forbidden(forbidden) => forbidden.into(),
            WorkspaceError::Policy { policy, detail } => Self::policy_invalid(policy, detail),
            WorkspaceError::InsecureUrl(url) => Self::insecure_url(url),
        }
    }
}
