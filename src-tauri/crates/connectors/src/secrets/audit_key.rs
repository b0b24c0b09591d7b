//! Keeps the key that signs the heads of the audit trail: Ed25519, in the operating system's keyring, and so in no file
//! of the workspace and in no copy of it. It is made when it is first needed. On a server without keyring it comes from
//! the environment.
//!
//! If there is neither, heads stay unsigned, and `audit verify` says so. A practice workspace never asks the keyring.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use postonce_engine::ports::{Signature, Signer};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::{SecretError, Secrets};

/// The key's name in the keyring; `POSTONCE_SECRET_AUDIT_KEY` in the environment.
const NAME: &str = "audit-key";
const KEY_BYTES: usize = 32;

/// Signs with the workspace's key.
pub(crate) struct AuditKey {
    shared: Arc<Shared>,
}

struct Shared {
    secrets: Secrets,
    found: Mutex<KeyState>,
}

/// The state of the key in this process.
#[derive(Default)]
enum KeyState {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// The keyring answers, and has none; the first signature makes one.
    NotMade,
    /// There is no place for a key, or the text kept there is none: logged once, and not asked again.
    Nowhere,
    Key(Box<SigningKey>),
}

impl AuditKey {
    pub(crate) fn new(secrets: Secrets) -> Self {
        Self { shared: Arc::new(Shared { secrets, found: Mutex::default() }) }
    }

    /// Runs a call on a thread of its own. The keyring may wait for a person: never on an async thread.
    async fn blocking<T: Send + 'static>(&self, act: impl FnOnce(&Shared) -> Option<T> + Send + 'static) -> Option<T> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || act(&shared)).await.ok().flatten()
    }
}

#[async_trait]
impl Signer for AuditKey {
    async fn sign(&self, bytes: &[u8]) -> Option<Signature> {
        let bytes = bytes.to_vec();
        self.blocking(move |shared| {
            shared.with_key(true, |key| Signature {
                public_key: hex::encode(key.verifying_key().as_bytes()),
                signature: hex::encode(key.sign(&bytes).to_bytes()),
            })
        })
        .await
    }

    async fn public_key(&self) -> Option<String> {
        self.blocking(|shared| shared.with_key(false, |key| hex::encode(key.verifying_key().as_bytes()))).await
    }
}

impl Shared {
    fn with_key<T>(&self, make: bool, act: impl FnOnce(&SigningKey) -> T) -> Option<T> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*found, KeyState::NotAsked) {
            *found = self.look();
        }
        if make && matches!(*found, KeyState::NotMade) {
            *found = self.make();
        }
        match &*found {
            KeyState::Key(key) => Some(act(key)),
            _ => None,
        }
    }

    fn look(&self) -> KeyState {
        match self.secrets.own(NAME) {
            Ok(Some(kept)) => read(&kept),
            Ok(None) => KeyState::NotMade,
            Err(error) => {
                tracing::debug!(%error, "no keyring and no key in the environment: audit heads stay unsigned");
                KeyState::Nowhere
            }
        }
    }

    /// Makes a key, keeps it, and then reads the one that is kept: another program may have made one in the same
    /// moment.
    fn make(&self) -> KeyState {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if let Err(error) = getrandom::fill(bytes.as_mut_slice()) {
            tracing::warn!(%error, "no random bytes for an audit key: audit heads stay unsigned");
            return KeyState::Nowhere;
        }
        let kept = self.secrets.set(NAME, &SecretString::from(hex::encode(bytes.as_slice())));
        match kept.and_then(|()| self.secrets.own(NAME)) {
            Ok(Some(kept)) => read(&kept),
            Ok(None) => KeyState::Nowhere,
            Err(error) => {
                tracing::warn!(%error, "the keyring keeps no audit key: audit heads stay unsigned");
                KeyState::Nowhere
            }
        }
    }
}

/// Reads the kept key. One that cannot be read is left as it is, and nothing is signed: a new one in its place would
/// look like a forgery.
fn read(kept: &SecretString) -> KeyState {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    match hex::decode_to_slice(kept.expose_secret(), bytes.as_mut_slice()) {
        Ok(()) => KeyState::Key(Box::new(SigningKey::from_bytes(&bytes))),
        Err(_) => {
            tracing::warn!("the audit key is not 64 hexadecimal digits: audit heads stay unsigned");
            KeyState::Nowhere
        }
    }
}

impl Secrets {
    /// Returns a secret that this program makes for itself: `None` if the keyring answers and has none yet.
    fn own(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        if self.is_practice {
            return self.in_environment(name).map(Some).ok_or_else(|| SecretError::Missing { name: name.to_owned() });
        }
        match self.get(name) {
            Ok(kept) => Ok(Some(kept)),
            Err(SecretError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
#[path = "audit_key_tests.rs"]
mod tests;
