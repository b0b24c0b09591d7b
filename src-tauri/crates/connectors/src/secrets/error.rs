//! Lists the reasons why a secret cannot be had or kept.

use postonce_engine::error::Problem;

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
        let variable = Secrets::variable;
        match &error {
            SecretError::Missing { name } => Self::secret_missing(name, variable(name)),
            SecretError::Keyring { name, source } => Self::keyring_unavailable(name, variable(name), source),
            SecretError::Empty { name } => Self::secret_empty(name, variable(name)),
        }
    }
}
