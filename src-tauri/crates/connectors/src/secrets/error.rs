//! Lists the reasons why a secret cannot be had or kept.

use postonce_engine::error::{ErrorCode, Problem};

use super::{KeyringError, Secrets};

/// The reason why a secret cannot be had or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Neither the keyring nor the environment has it.
    #[error("there is no secret {name}")]
    Missing {
        /// Its name.
        name: String,
    },
    /// The keyring could not be asked, and the environment does not have it.
    #[error("the keyring cannot be asked for {name}: {source}")]
    Keyring {
        /// Its name.
        name: String,
        /// The keyring's own words.
        #[source]
        source: KeyringError,
    },
    /// The text is empty: there is nothing to keep.
    #[error("the value for {name} is empty")]
    Empty {
        /// Its name.
        name: String,
    },
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        let (code, name) = match &error {
            SecretError::Missing { name } => (ErrorCode::SecretMissing, name),
            SecretError::Keyring { name, .. } => (ErrorCode::KeyringUnavailable, name),
            SecretError::Empty { name } => (ErrorCode::SecretEmpty, name),
        };
        let problem = Self::new(code).with("name", name).with("variable", Secrets::variable(name));
        match error {
            SecretError::Keyring { source, .. } => problem.with("detail", source),
            _ => problem,
        }
    }
}
