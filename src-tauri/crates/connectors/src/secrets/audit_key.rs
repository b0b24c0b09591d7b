//! Keeps the key that signs the heads of the audit trail: Ed25519, in the operating system's keyring, and so in no file
//! of the workspace and in no copy of it. It is made when it is first needed. On a server without keyring it comes from
//! the environment.
//!
//! If there is neither, heads stay unsigned, and `audit verify` says so. A practice workspace never asks the keyring.
//!
//! Beside the key the keyring remembers the newest head of each of the workspace's last ledgers, so that entries that are
//! taken away from the end are missed. The environment remembers nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use postonce_engine::ports::{RememberedHead, Signature, Signer};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::{SecretError, Secrets};

/// The key's name in the keyring; `POSTONCE_SECRET_AUDIT_KEY` in the environment.
const NAME: &str = "audit-key";
const KEY_BYTES: usize = 32;
/// The name of the memory in the keyring.
const MEMORY: &str = "audit-heads";
/// The names that nobody else sets.
pub(super) const RESERVED: [&str; 2] = [NAME, MEMORY];
/// The number of ledgers that are remembered: a keyring's entry is small.
const LEDGERS_MAX: usize = 4;

/// Signs with the workspace's key.
pub(crate) struct AuditKey {
    shared: Arc<Shared>,
}

struct Shared {
    secrets: Secrets,
    found: Mutex<KeyState>,
    memory: Mutex<Memory>,
    /// True once the keyring has failed: each further call would wait for it just as long, in the middle of a run.
    is_silent: AtomicBool,
}

/// The newest heads in the keyring, the newest ledger first.
#[derive(Default)]
enum Memory {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// There is no place for it: logged once, and not asked again.
    Nowhere,
    Heads(Vec<RememberedHead>),
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
        Self {
            shared: Arc::new(Shared {
                secrets,
                found: Mutex::default(),
                memory: Mutex::default(),
                is_silent: AtomicBool::new(false),
            }),
        }
    }

    /// Runs a call on a thread of its own. The keyring may wait for a person: never on an async thread.
    async fn blocking<T: Send + 'static>(&self, act: impl FnOnce(&Shared) -> Option<T> + Send + 'static) -> Option<T> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || act(&shared)).await.ok().flatten()
    }
}

#[async_trait]
impl Signer for AuditKey {
    fn be_ready(&self) {
        self.shared.with_key(true, |_| ());
    }

    fn sign(&self, bytes: &[u8]) -> Option<Signature> {
        self.shared.with_key(true, |key| Signature {
            public_key: hex::encode(key.verifying_key().as_bytes()),
            signature: hex::encode(key.sign(bytes).to_bytes()),
        })
    }

    async fn public_key(&self) -> Option<String> {
        self.blocking(|shared| shared.with_key(false, |key| hex::encode(key.verifying_key().as_bytes()))).await
    }

    fn remember(&self, head: &RememberedHead) {
        self.shared.remember(head);
    }

    async fn remembered(&self) -> Vec<RememberedHead> {
        let heads = self.blocking(|shared| match &*shared.memory() {
            Memory::Heads(heads) => Some(heads.clone()),
            _ => None,
        });
        heads.await.unwrap_or_default()
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

    /// Returns the memory, read from the keyring when it is first asked for. Where the key comes from the environment,
    /// there is none.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*memory, Memory::NotAsked) && self.is_silent.load(Ordering::Relaxed) {
            *memory = Memory::Nowhere;
        }
        if matches!(*memory, Memory::NotAsked) {
            *memory = match self.secrets.in_keyring(MEMORY) {
                Ok(None) => Memory::Heads(Vec::new()),
                // A text that says nothing is written over: it was no memory of ours.
                Ok(Some(kept)) => Memory::Heads(serde_json::from_str(kept.expose_secret()).unwrap_or_default()),
                Err(error) => {
                    tracing::debug!(%error, "no keyring: this machine does not remember the newest audit head");
                    self.is_silent.store(true, Ordering::Relaxed);
                    Memory::Nowhere
                }
            };
        }
        memory
    }

    /// Keeps the head of a ledger in place of its earlier one. A head with fewer entries than remembered is from an old
    /// copy, and does not count: `audit verify` is to find it.
    fn remember(&self, head: &RememberedHead) {
        let mut memory = self.memory();
        let Memory::Heads(heads) = &mut *memory else { return };
        let place = heads.iter().position(|kept| kept.ledger_id == head.ledger_id);
        let before = place.map(|place| heads.remove(place));
        let newest = before.filter(|kept| kept.entries > head.entries).unwrap_or_else(|| head.clone());
        heads.insert(0, newest);
        heads.truncate(LEDGERS_MAX);
        let text = serde_json::to_string(heads).unwrap_or_default();
        if let Err(error) = self.secrets.set(MEMORY, &SecretString::from(text)) {
            tracing::debug!(%error, "the keyring does not remember the newest audit head");
            *memory = Memory::Nowhere;
        }
    }

    fn look(&self) -> KeyState {
        if self.is_silent.load(Ordering::Relaxed) {
            return self.secrets.in_environment(NAME).map_or(KeyState::Nowhere, |kept| read(&kept));
        }
        match self.secrets.own(NAME) {
            Ok(Some(kept)) => read(&kept),
            Ok(None) => KeyState::NotMade,
            Err(error) => {
                tracing::debug!(%error, "no keyring and no key in the environment: audit heads stay unsigned");
                self.is_silent.store(true, Ordering::Relaxed);
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
    /// Returns what the keyring keeps under a name; a practice workspace never asks it.
    fn in_keyring(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        if self.is_practice {
            return Err(SecretError::Missing { name: name.to_owned() });
        }
        self.vault.get(&self.account(name)).map_err(|source| SecretError::Keyring { name: name.to_owned(), source })
    }

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
