//! Asks the operating system's keyring: Secret Service, Keychain, Credential Manager.
//!
//! Each call runs on a thread of its own with a bound: the Secret Service is a D-Bus conversation that blocks, may wait
//! for a person to unlock the keyring, and must not be held from within an async runtime. A call that is given up goes
//! on in its thread; at worst a secret is kept a moment after the caller was answered.
//!
//! keyring 4 connects to the store once in the life of the process (`LazyLock`), and keeps the failure as well: a
//! keyring that comes up later is found only by a new process.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};

use crate::text::{DETAIL_CHARS_MAX, bounded};

const SERVICE: &str = "postonce";
/// The longest wait for an answer, enough for a person to type the keyring's password.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// Holds the keyring's words, for people; never the secrets in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyringError(pub(super) String);

/// Keeps secrets.
pub(super) trait Vault: Send + Sync {
    fn get(&self, account: &str) -> Result<Option<SecretString>, KeyringError>;
    fn set(&self, account: &str, value: SecretString) -> Result<(), KeyringError>;
    /// Deletes a secret; says whether there was one.
    fn delete(&self, account: &str) -> Result<bool, KeyringError>;
}

/// The keyring of the person who runs this process.
pub(super) struct OsKeyring;

impl Vault for OsKeyring {
    fn get(&self, account: &str) -> Result<Option<SecretString>, KeyringError> {
        let found = ask(account, |entry| entry.get_password().map(SecretString::from))?;
        Ok(found)
    }

    fn set(&self, account: &str, value: SecretString) -> Result<(), KeyringError> {
        ask(account, move |entry| entry.set_password(value.expose_secret())).map(drop)
    }

    fn delete(&self, account: &str) -> Result<bool, KeyringError> {
        ask(account, |entry| entry.delete_credential()).map(|deleted| deleted.is_some())
    }
}

/// Asks the keyring within the bound; `None` means that there is no such entry.
fn ask<T: Send + 'static>(
    account: &str,
    call: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, KeyringError> {
    let account = account.to_owned();
    bounded_call(ANSWER_WAIT, move || match Entry::new(SERVICE, &account).and_then(call) {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(KeyringError(detail(&error))),
    })
}

/// Runs a call on a thread of its own, and waits for a bounded time.
fn bounded_call<T: Send + 'static>(
    wait: Duration,
    call: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let (hand, handed) = mpsc::channel();
    let spawned = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        // An error means that the receiver has stopped waiting.
        let _ = hand.send(call());
    });
    spawned.map_err(|error| KeyringError(error.to_string()))?;
    handed.recv_timeout(wait).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(KeyringError(format!("> {} s", wait.as_secs()))),
        RecvTimeoutError::Disconnected => Err(KeyringError("the keyring's thread ended".to_owned())),
    })
}

/// Returns the keyring's words, and never the secrets in it: some of its errors carry the secret's bytes.
fn detail(error: &Error) -> String {
    let text = match error {
        Error::NoDefaultStore => match Entry::store_status() {
            Err(error) if !matches!(error, Error::NoDefaultStore) => detail(error),
            _ => error.to_string(),
        },
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry is no text".to_owned(),
        Error::Ambiguous(_) => "several entries of this name".to_owned(),
        other => other.to_string(),
    };
    bounded(&text, DETAIL_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyring_that_does_not_answer_is_given_up() {
        let (release, held) = mpsc::channel::<()>();
        let asked = bounded_call(Duration::from_millis(20), move || {
            // The call stands still until the test is over.
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(asked, Err(KeyringError("> 0 s".to_owned())));
        drop(release);
    }

    #[test]
    fn error_never_shows_what_the_keyring_holds() {
        let error = Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into());
        assert!(!detail(&error).contains("hunter2"));
    }
}
