//! Defines the witness of the audit trail, and the signer of its heads.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::Actor;

/// The newest audit head of a ledger, as somebody other than the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// The number of entries of the trail up to the head.
    pub entries: u64,
    /// The hash of the newest entry, 64 hexadecimal digits.
    pub head: String,
    /// The key by which the signature is checked, if the head was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The person who left it, and the machine.
    pub written_by: Actor,
}

/// The answer of the accounting side about a ledger's witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessSeen {
    /// The accounting side keeps this one.
    Kept(Witness),
    /// The accounting side keeps witnesses, and has none of this ledger.
    None,
    /// The accounting side keeps no witnesses at all.
    NotOffered,
}

/// A signer of the heads of the audit trail, with a key that no file of the workspace holds; and a memory of the newest
/// one, which no file of the workspace holds either.
///
/// The ledger asks it on the thread that writes.
#[async_trait]
pub trait Signer: Send + Sync {
    /// Gets the key at hand before a transaction begins: it may wait for a person to unlock it.
    fn be_ready(&self) {}

    /// Returns the signature of these bytes; `None` if there is no place for a key on this machine.
    fn sign(&self, bytes: &[u8]) -> Option<Signature>;

    /// Returns the public key it signs with, as hexadecimal digits, if there is one already; to ask makes none.
    async fn public_key(&self) -> Option<String> {
        None
    }

    /// Remembers the head that was written last. A memory that cannot be had is no error: it is one witness less.
    fn remember(&self, _: &RememberedHead) {}

    /// Returns the newest heads of this workspace's ledgers that it remembers; nothing if it has no memory.
    async fn remembered(&self) -> Vec<RememberedHead> {
        Vec::new()
    }
}

/// The newest head of a ledger, as this machine remembers it beside the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedHead {
    /// The ledger's own id.
    pub ledger_id: String,
    /// The number of entries of the trail.
    pub entries: u64,
    /// The hash of the newest entry, 64 hexadecimal digits.
    pub head: String,
    /// The public key with which it was signed, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The time of the newest entry, as it stands there.
    pub at: String,
}

/// Some of the witnesses that a ledger ever left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WitnessPage {
    /// The witnesses, oldest first.
    pub witnesses: Vec<Witness>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

/// The newest witness of one of the organisation's ledgers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerWitness {
    /// The ledger's own id.
    pub ledger_id: String,
    /// The witness.
    pub witness: Witness,
    /// The time when it was left, by the accounting side's clock, as it stands there.
    pub written_at: Option<String>,
}

/// A signature and the key that checks it, as hexadecimal digits (Ed25519, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The public key, 32 bytes.
    pub public_key: String,
    /// The signature, 64 bytes.
    pub signature: String,
}
