//! What came of checking the trail.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{FindingKind, WitnessState};

/// What came of checking the whole trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// Entries that are there.
    pub entries: u64,
    /// The hash of the newest, as it stands there; 64 hexadecimal digits, all zero while there is no entry.
    pub head: String,
    /// What is wrong, in the order of the trail; the first [`AuditVerdict::FINDINGS_MAX`].
    pub findings: Vec<AuditFinding>,
    /// How many findings there are beyond those.
    pub findings_left_out: u64,
    /// Seals (heads) that were held against the trail.
    pub heads_checked: u64,
    /// Those of them whose signature was checked and is good.
    pub signed_heads_checked: u64,
    /// The entry up to which a good signature or the witness vouches for the trail. What was added since stands on the chain
    /// alone, until the next run seals it.
    pub vouched_up_to: u64,
    /// The public keys of the seals, in the order in which they first appear, [`AuditVerdict::KEYS_MAX`] at most.
    pub signed_by: Vec<String>,
    /// The public key of this machine, where it has one.
    pub own_key: Option<String>,
    /// What the accounting side says.
    pub witness: WitnessState,
}

impl AuditVerdict {
    /// Findings that are listed; the rest is counted.
    pub const FINDINGS_MAX: usize = 1_000;
    /// Keys that are listed.
    pub const KEYS_MAX: usize = 100;

    /// Whether a finding says that the ledger is not what it was.
    pub fn is_changed(&self) -> bool {
        self.findings_left_out > 0 || self.findings.iter().any(|finding| finding.kind.is_change())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// What.
    pub kind: FindingKind,
    /// With which entry; of several, the first.
    pub entry: i64,
    /// When that entry, or the seal it was found by, was written, as it stands there. For missing entries: the next sign
    /// of life after them.
    pub at: Option<String>,
    /// What else is known: `user`, `host` and `act` of the entry as it stands there now; `last` of several entries; `kept` and
    /// `made` hashes; `sound_up_to`; `from` and `to` keys.
    pub detail: BTreeMap<String, String>,
}

impl AuditFinding {
    pub(crate) fn new(kind: FindingKind, entry: i64, at: Option<String>) -> Self {
        Self { kind, entry, at, detail: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }
}
