//! Holds the result of a check of the trail.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Actor, FindingKind, MemoryState, WitnessState};

/// The result of a check of the whole trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// The number of entries that are there.
    pub entries: u64,
    /// The hash of the newest entry, as it stands there; 64 hexadecimal digits, all zero while there is no entry.
    pub head: String,
    /// The findings, in the order of the trail; the first [`AuditVerdict::FINDINGS_MAX`].
    pub findings: Vec<AuditFinding>,
    /// The number of findings beyond those.
    pub findings_left_out: u64,
    /// The number of seals (heads) that were held against the trail.
    pub heads_checked: u64,
    /// The number of those seals whose signature was checked and is good.
    pub signed_heads_checked: u64,
    /// The entry up to which a good signature or the witness vouches for the trail. Later entries stand on the chain
    /// alone, until the next run seals them.
    pub vouched_up_to: u64,
    /// The number of rows that were held against the digests that entries cover.
    pub rows_checked: u64,
    /// The number of those rows that no entry covers yet: those of a run that is on or has died, and what was seen
    /// since. They stand on their own digest alone.
    pub rows_open: u64,
    /// The entry from which on rows are covered; `None` in a ledger from before, until its first new entry.
    pub rows_covered_from: Option<u64>,
    /// The public keys of the seals, in the order in which they first appear, [`AuditVerdict::KEYS_MAX`] at most.
    pub signed_by: Vec<String>,
    /// The public key of this machine, if it has one.
    pub own_key: Option<String>,
    /// The answer of the accounting side.
    pub witness: WitnessState,
    /// Whether it keeps the witnesses before the newest: without them, who has the token alone can replace the newest.
    pub witness_history: MemoryState,
    /// Whether it lists the witnesses of all ledgers of the organisation.
    pub witness_list: MemoryState,
    /// Whether this machine remembers the newest head beside its key.
    pub machine_memory: MemoryState,
    /// The other ledgers of the organisation, as their witnesses show them.
    pub other_ledgers: Vec<OtherLedger>,
}

impl AuditVerdict {
    /// The number of findings that are listed; the rest is counted.
    pub const FINDINGS_MAX: usize = 1_000;
    /// The number of keys that are listed.
    pub const KEYS_MAX: usize = 100;

    /// Says whether a finding means that the ledger was changed.
    pub fn is_changed(&self) -> bool {
        self.findings_left_out > 0 || self.findings.iter().any(|finding| finding.kind.is_change())
    }
}

/// Another ledger of the organisation, as its newest witness shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherLedger {
    /// Its own id.
    pub ledger_id: String,
    /// The number of its entries.
    pub entries: u64,
    /// The person who left the witness, and the machine.
    pub written_by: Option<Actor>,
    /// The time, by the accounting side's clock, as it stands there.
    pub written_at: Option<String>,
    /// True if this ledger was made in its place, as an entry says.
    pub replaced: bool,
}

/// One fault of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The kind of the fault.
    pub kind: FindingKind,
    /// The entry at fault; the first of several.
    pub entry: i64,
    /// The time at which that entry, or the seal that showed the fault, was written, as it stands there. For missing
    /// entries: the next sign of life after them.
    pub at: Option<String>,
    /// Further facts: `user`, `host` and `act` of the entry as it stands there now; `last` of several entries; `kept`
    /// and `made` hashes; `sound_up_to`; `from` and `to` keys.
    pub detail: BTreeMap<String, String>,
}

impl AuditFinding {
    pub(crate) fn new(kind: FindingKind, entry: i64, at: Option<String>) -> Self {
        Self { kind, entry, at, detail: BTreeMap::new() }
    }

    /// Lets the finding speak of the entries up to this one.
    pub(crate) fn last(&mut self, entry: i64) {
        self.detail.insert("last".to_owned(), entry.to_string());
    }

    pub(crate) fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }
}
