use ed25519_dalek::{Signature as Signed, VerifyingKey};

use std::sync::atomic::AtomicUsize;

use super::super::tests::{nothing, secrets};
use super::super::{KeyringError, Vault};
use super::*;

fn is_good(signature: &Signature, bytes: &[u8]) -> bool {
    let key: [u8; 32] = hex::decode(&signature.public_key).expect("hex").try_into().expect("32 bytes");
    let signed: [u8; 64] = hex::decode(&signature.signature).expect("hex").try_into().expect("64 bytes");
    VerifyingKey::from_bytes(&key).expect("a key").verify_strict(bytes, &Signed::from_bytes(&signed)).is_ok()
}

fn from_environment(variable: &str) -> Option<String> {
    // RFC 8032, section 7.1, test 1.
    (variable == "POSTONCE_SECRET_AUDIT_KEY")
        .then(|| "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n".to_owned())
}

#[tokio::test]
async fn key_is_made_once_and_kept_in_the_keyring() {
    let secrets = secrets(Some(&[]), nothing);
    let first = AuditKey::new(secrets);
    assert_eq!(first.public_key().await, None, "asking makes none");
    let signature = first.sign(b"head").expect("the keyring takes a key");
    assert!(is_good(&signature, b"head") && !is_good(&signature, b"heads"));
    assert_eq!(first.public_key().await.as_deref(), Some(signature.public_key.as_str()));
    let kept = first.shared.secrets.get(NAME).expect("it is kept");
    // A later process finds it again.
    let later = AuditKey::new(super::super::tests::secrets(Some(&[("hlf/audit-key", kept.expose_secret())]), nothing));
    assert_eq!(later.sign(b"head"), Some(signature));
}

#[tokio::test]
async fn server_without_keyring_signs_with_its_environments_key() {
    let key = AuditKey::new(secrets(None, from_environment));
    let signature = key.sign(b"").expect("there is a key");
    assert_eq!(signature.public_key, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert!(signature.signature.starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
}

#[tokio::test]
async fn heads_stay_unsigned_without_a_place_for_a_key() {
    let key = AuditKey::new(secrets(None, nothing));
    assert_eq!((key.sign(b"head"), key.public_key().await), (None, None));
}

#[tokio::test]
async fn practice_never_asks_the_keyring() {
    let mut practice = secrets(Some(&[]), nothing);
    practice.is_practice = true;
    assert_eq!(AuditKey::new(practice).sign(b"head"), None);
    let mut practice = secrets(None, from_environment);
    practice.is_practice = true;
    assert!(AuditKey::new(practice).sign(b"head").is_some());
}

#[tokio::test]
async fn key_that_cannot_be_read_is_not_replaced() {
    let key = AuditKey::new(secrets(Some(&[("hlf/audit-key", "not a key")]), nothing));
    assert_eq!(key.sign(b"head"), None);
    assert_eq!(key.shared.secrets.get(NAME).expect("it is kept").expose_secret(), "not a key");
}

/// Stands for a keyring that never answers, and counts how often it is asked.
struct SilentVault(Arc<AtomicUsize>);

impl SilentVault {
    fn ask<T>(&self) -> Result<T, KeyringError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(KeyringError("> 30 s".to_owned()))
    }
}

impl Vault for SilentVault {
    fn get(&self, _: &str) -> Result<Option<SecretString>, KeyringError> {
        self.ask()
    }

    fn set(&self, _: &str, _: SecretString) -> Result<(), KeyringError> {
        self.ask()
    }

    fn delete(&self, _: &str) -> Result<bool, KeyringError> {
        self.ask()
    }
}

#[tokio::test]
async fn keyring_that_does_not_answer_is_asked_once() {
    let silent = |environment| {
        let asked = Arc::new(AtomicUsize::new(0));
        let vault = Box::new(SilentVault(Arc::clone(&asked)));
        (AuditKey::new(Secrets { vault, ..secrets(None, environment) }), asked)
    };
    let (key, asked) = silent(nothing);
    key.be_ready();
    assert_eq!((key.remembered().await, key.sign(b"head")), (Vec::new(), None));
    key.remember(&head("a", 1));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let (key, asked) = silent(from_environment);
    assert_eq!(key.remembered().await, []);
    assert!(key.sign(b"head").is_some(), "the environment answers all the same");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

fn head(ledger: &str, entries: u64) -> RememberedHead {
    let at = format!("2026-11-02T09:00:{entries:02}.000Z");
    RememberedHead { ledger_id: ledger.to_owned(), entries, head: "ab".repeat(32), public_key: None, at }
}

#[tokio::test]
async fn keyring_remembers_the_newest_head_of_each_ledger() {
    let key = AuditKey::new(secrets(Some(&[]), nothing));
    assert_eq!(key.remembered().await, []);
    for (ledger, entries) in [("a", 2), ("b", 1), ("a", 4), ("a", 3)] {
        key.remember(&head(ledger, entries));
    }
    assert_eq!(key.remembered().await, [head("a", 4), head("b", 1)], "fewer entries are an old copy's");
    let kept = key.shared.secrets.get(MEMORY).expect("it is kept");
    let later = AuditKey::new(secrets(Some(&[("hlf/audit-heads", kept.expose_secret())]), nothing));
    assert_eq!(later.remembered().await, [head("a", 4), head("b", 1)]);
}

#[tokio::test]
async fn memory_is_bounded_and_fits_the_smallest_keyring() {
    let key = AuditKey::new(secrets(Some(&[]), nothing));
    for ledger in 0..20 {
        let id = format!("{ledger:036}");
        key.remember(&RememberedHead { public_key: Some("cd".repeat(32)), ..head(&id, 59) });
    }
    assert_eq!(key.remembered().await.len(), LEDGERS_MAX);
    let kept = key.shared.secrets.get(MEMORY).expect("it is kept");
    // Windows takes 2,560 bytes of UTF-16.
    assert!(kept.expose_secret().len() < 1_280, "{}", kept.expose_secret().len());
}

#[tokio::test]
async fn nothing_is_remembered_without_a_keyring_or_in_practice() {
    let mut practice = secrets(Some(&[]), from_environment);
    practice.is_practice = true;
    for secrets in [secrets(None, from_environment), practice] {
        let key = AuditKey::new(secrets);
        key.remember(&head("a", 2));
        assert_eq!(key.remembered().await, []);
    }
}
