//! Keeps tokens: in the operating system's keyring; if there is none (a server), in the environment. Never in a file,
//! an argument or a log.

mod audit_key;
mod error;
mod keyring;
mod replace;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use postonce_engine::domain::OrganisationId;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use audit_key::AuditKey;
pub use error::SecretError;
pub use keyring::KeyringError;

use crate::workspace::Workspace;
use keyring::{OsKeyring, Vault};

/// The beginning of the sandbox's well-known tokens, which protect nothing.
const PRACTICE: &str = "practice-";
/// The folder of the secrets that systemd hands to a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// The most bytes of a secret in a file; a token has some hundred.
const FILE_BYTES_MAX: u64 = 64 * 1024;
const PRACTICE_PLATFORM_TOKEN: &str = "practice-platform-token";
const PRACTICE_TOKEN: &str = "practice-token";

/// Gives the secrets of one workspace.
///
/// Each call may wait for the keyring, and the person who unlocks it, for up to half a minute: not for an async thread.
pub struct Secrets {
    organisation: OrganisationId,
    is_practice: bool,
    /// Secrets that a person typed a moment ago, and that are not kept yet.
    held: BTreeMap<String, SecretString>,
    vault: Box<dyn Vault>,
    environment: fn(&str) -> Option<String>,
}

impl Secrets {
    /// Returns the secrets of a workspace, from this machine's keyring and this process's environment.
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            organisation: workspace.organisation().clone(),
            is_practice: workspace.is_practice(),
            held: BTreeMap::new(),
            vault: Box::new(OsKeyring),
            environment: |variable| std::env::var(variable).ok(),
        }
    }

    /// Returns the same, with these before all others: a typed secret is tried out before it is kept.
    #[must_use]
    pub fn with_held(self, held: BTreeMap<String, SecretString>) -> Self {
        Self { held, ..self }
    }

    /// Returns the environment's variable for a name: `POSTONCE_SECRET_ACCOUNTING_TOKEN` for `accounting-token`.
    pub fn variable(name: &str) -> String {
        format!("POSTONCE_SECRET_{}", name.to_ascii_uppercase().replace('-', "_"))
    }

    /// Returns the secret of that name: from the keyring, else from the environment, from the file that the environment
    /// names, or from the service manager's credentials. A practice workspace takes the sandbox's own tokens alone, and
    /// never asks the keyring.
    ///
    /// # Errors
    /// Fails when neither has it; with [`SecretError::Keyring`] when the keyring could not be asked.
    pub fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        if let Some(held) = self.held.get(name) {
            return Ok(held.clone());
        }
        if self.is_practice {
            // A live token is never sent to a port of this machine, at which anybody may listen.
            let known = self.in_environment(name).filter(|token| token.expose_secret().starts_with(PRACTICE));
            return Ok(known.unwrap_or_else(|| practice_token(name)));
        }
        let kept = self.vault.get(&self.account(name));
        if let Ok(Some(secret)) = kept {
            return Ok(secret);
        }
        let from_environment = self.in_environment(name);
        match (from_environment, kept) {
            (Some(secret), _) => Ok(secret),
            (None, Err(source)) => Err(SecretError::Keyring { name: name.to_owned(), source }),
            (None, Ok(_)) => Err(SecretError::Missing { name: name.to_owned() }),
        }
    }

    /// Returns a secret for a message to whoever looks after the syncs: it is no token of the sandbox's, and so practice
    /// fetches it as every other workspace does.
    ///
    /// # Errors
    /// Fails as [`Secrets::get`] does.
    pub(crate) fn for_messages(self, name: &str) -> Result<SecretString, SecretError> {
        Self { is_practice: false, ..self }.get(name)
    }

    /// Keeps a secret in the keyring. A line end behind it, as standard input brings it, is no part of it.
    ///
    /// # Errors
    /// Fails when nothing is left of it, or the keyring does not take it.
    pub fn set(&self, name: &str, value: &SecretString) -> Result<(), SecretError> {
        let value = value.expose_secret().trim_end_matches(['\r', '\n']);
        if value.trim().is_empty() {
            return Err(SecretError::Empty { name: name.to_owned() });
        }
        self.vault
            .set(&self.account(name), value.into())
            .map_err(|source| SecretError::Keyring { name: name.to_owned(), source })
    }

    /// Removes a secret from the keyring; says whether there was one.
    ///
    /// # Errors
    /// Fails when the keyring cannot be asked.
    pub fn delete(&self, name: &str) -> Result<bool, SecretError> {
        self.vault.delete(&self.account(name)).map_err(|source| SecretError::Keyring { name: name.to_owned(), source })
    }

    /// Says whether a name is this program's own: nobody else sets what is kept under it.
    pub fn is_reserved(name: &str) -> bool {
        audit_key::RESERVED.contains(&name)
    }

    fn account(&self, name: &str) -> String {
        format!("{}/{name}", self.organisation.as_str())
    }

    fn in_environment(&self, name: &str) -> Option<SecretString> {
        let variable = Self::variable(name);
        let value = (self.environment)(&variable).map(SecretString::from);
        let named = || (self.environment)(&format!("{variable}_FILE")).and_then(|path| in_file(Path::new(&path)));
        let credential = || {
            let folder = (self.environment)(CREDENTIALS)?;
            in_file(&Path::new(&folder).join(name))
        };
        let value = value.or_else(named).or_else(credential)?;
        let value = value.expose_secret().trim_end_matches(['\r', '\n']);
        (!value.trim().is_empty()).then(|| value.into())
    }
}

/// Reads a secret from a file of the service manager's. One that cannot be read says nothing: the secret is missing then.
fn in_file(path: &Path) -> Option<SecretString> {
    let mut text = Zeroizing::new(String::new());
    let read = fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
    match read {
        Ok(_) => Some(SecretString::from(text.as_str())),
        Err(error) => {
            tracing::debug!(path = %path.display(), %error, "no secret is read from this file");
            None
        }
    }
}

fn practice_token(name: &str) -> SecretString {
    if name.contains("platform") { PRACTICE_PLATFORM_TOKEN.into() } else { PRACTICE_TOKEN.into() }
}

#[cfg(test)]
mod tests;
