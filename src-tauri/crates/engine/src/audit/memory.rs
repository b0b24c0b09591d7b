//! Gathers what is remembered of the trail outside the ledger: by the accounting side, which keeps witnesses, and by
//! this machine, which keeps the newest head beside the key; and holds it against the ledger.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::signature::is_by_its_key;
use super::verdict::{AuditFinding, OtherLedger};
use super::witness::{Fit, ask, fit};
use crate::calls::{Cursors, RunError};
use crate::domain::audit_chain::{ChainHash, head_bytes};
use crate::domain::{FindingKind, MemoryState};
use crate::ledger::{LedgerError, LedgerTx, ReplacedLedger, signed};
use crate::parts::Parts;
use crate::ports::{CallError, LedgerWitness, RememberedHead, Signature, Witness, WitnessSeen};

/// The pages of a ledger's earlier witnesses that are read, at most: half a century of nightly runs.
const PAGES_MAX: u64 = 40;

/// All that is remembered outside the ledger. `None` stands for what could not be asked.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// The newest witness of this ledger.
    pub(crate) newest: Option<WitnessSeen>,
    /// Its earlier witnesses, oldest first, if the accounting side keeps them.
    pub(crate) history: Kept<Vec<Witness>>,
    /// The newest witness of every ledger of the organisation, if the accounting side lists them.
    pub(crate) organisation: Kept<Vec<LedgerWitness>>,
    /// The newest heads that this machine remembers.
    pub(crate) machine: Vec<RememberedHead>,
    /// This machine's public key, if it has one.
    pub(crate) own_key: Option<String>,
}

/// Something that the accounting side may keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Kept<T> {
    /// It was not asked, or gave no answer.
    #[default]
    Unknown,
    /// It keeps no such thing.
    NotOffered,
    /// It keeps this.
    Is(T),
}

impl<T> Kept<T> {
    fn state(&self) -> MemoryState {
        match self {
            Self::Unknown => MemoryState::Unreachable,
            Self::NotOffered => MemoryState::NotOffered,
            Self::Is(_) => MemoryState::Kept,
        }
    }
}

/// Asks for everything that is remembered. What cannot be had is left out, and the verdict says so.
pub(crate) async fn remembered(parts: &Parts, ledger_id: &str) -> Remembered {
    let newest = ask(parts, ledger_id).await;
    let newest = newest.inspect_err(|error| tracing::warn!(%error, "the witness could not be asked for")).ok();
    let (mut history, mut organisation) = (Kept::NotOffered, Kept::NotOffered);
    match newest {
        None => (history, organisation) = (Kept::Unknown, Kept::Unknown),
        Some(WitnessSeen::NotOffered) => {}
        Some(WitnessSeen::Kept(_) | WitnessSeen::None) => {
            history = earlier(parts, ledger_id).await.unwrap_or_else(unknown);
            organisation = kept(parts.accounting.witnesses().await);
        }
    }
    let (machine, own_key) = (parts.signer.remembered().await, parts.signer.public_key().await);
    Remembered { newest, history, organisation, machine, own_key }
}

fn kept<T>(answer: Result<Option<T>, CallError>) -> Kept<T> {
    match answer {
        Ok(Some(kept)) => Kept::Is(kept),
        Ok(None) => Kept::NotOffered,
        Err(error) => unknown(error),
    }
}

fn unknown<T>(error: CallError) -> Kept<T> {
    let problem = RunError::from(error).into_problem();
    tracing::warn!(%problem, "the earlier witnesses could not be asked for");
    Kept::Unknown
}

/// Asks for the earlier witnesses. A history that was not followed to its end vouches for nothing.
async fn earlier(parts: &Parts, ledger_id: &str) -> Result<Kept<Vec<Witness>>, CallError> {
    let (mut witnesses, mut cursor) = (Vec::new(), None::<String>);
    let mut cursors = Cursors::new(parts.clock.as_ref(), PAGES_MAX);
    loop {
        let Some(page) = parts.accounting.witness_history(ledger_id, cursor.as_deref()).await? else {
            return Ok(Kept::NotOffered);
        };
        witnesses.extend(page.witnesses);
        if cursors.follow(page.next.as_deref()).is_err() {
            tracing::warn!("the list of earlier witnesses does not end");
            return Ok(Kept::Unknown);
        }
        if page.next.is_none() {
            return Ok(Kept::Is(witnesses));
        }
        cursor = page.next;
    }
}

/// The part of a `rebuilt` entry that names the ledger it replaced.
#[derive(Deserialize)]
struct Rebuilt {
    replaces: Option<ReplacedLedger>,
}

/// Everything that memory shows of the trail.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) findings: Vec<AuditFinding>,
    /// The newest entry up to which the trail was signed, as somebody other than the ledger remembers.
    pub(super) signed_up_to: u64,
    /// The newest entry that a memory vouches for.
    pub(super) vouched: u64,
    pub(super) history: MemoryState,
    pub(super) organisation: MemoryState,
    pub(super) machine: MemoryState,
    /// The other ledgers of the organisation.
    pub(super) others: Vec<OtherLedger>,
}

/// Holds what is remembered against a ledger of so many entries.
pub(super) fn hold(tx: &LedgerTx<'_>, ours: u64, memory: &Remembered) -> Result<Shown, LedgerError> {
    let mut shown = Shown {
        history: memory.history.state(),
        organisation: memory.organisation.state(),
        machine: if memory.machine.is_empty() { MemoryState::NotOffered } else { MemoryState::Kept },
        ..Shown::default()
    };
    let ledger_id = tx.ledger_id()?;
    if let Kept::Is(witnesses) = &memory.history {
        earlier_witnesses(tx, &ledger_id, ours, witnesses, &mut shown)?;
    }
    for head in memory.machine.iter().filter(|head| head.ledger_id == ledger_id) {
        if head.public_key.is_some() {
            shown.signed_up_to = shown.signed_up_to.max(head.entries);
        }
        if misfit(tx, ours, head.entries, &head.head)? {
            let first = ours.min(head.entries.saturating_sub(1)).saturating_add(1);
            let finding = AuditFinding::new(FindingKind::MemoryDiffers, signed(first), None);
            shown.findings.push(finding.with("last", head.entries));
        } else {
            shown.vouched = shown.vouched.max(head.entries);
        }
    }
    others(tx, &ledger_id, memory, &mut shown)?;
    Ok(shown)
}

fn earlier_witnesses(
    tx: &LedgerTx<'_>,
    ledger_id: &str,
    ours: u64,
    witnesses: &[Witness],
    shown: &mut Shown,
) -> Result<(), LedgerError> {
    let mut differing: Option<AuditFinding> = None;
    for witness in witnesses {
        if is_signed_well(ledger_id, witness) {
            shown.signed_up_to = shown.signed_up_to.max(witness.entries);
        }
        if misfit(tx, ours, witness.entries, &witness.head)? {
            let by = &witness.written_by;
            let finding = AuditFinding::new(FindingKind::HistoryDiffers, signed(witness.entries), None);
            let finding = finding.with("user", &by.user).with("host", &by.host);
            differing.get_or_insert(finding).last(signed(witness.entries));
        }
    }
    shown.findings.extend(differing);
    Ok(())
}

/// Says whether the ledger does not have this entry with this hash.
fn misfit(tx: &LedgerTx<'_>, ours: u64, entries: u64, head: &str) -> Result<bool, LedgerError> {
    let nobody = crate::domain::Actor { user: String::new(), host: String::new() };
    let witness = Witness { entries, head: head.to_owned(), public_key: None, signature: None, written_by: nobody };
    Ok(fit(tx, ours, &witness)? != Fit::Fits)
}

fn is_signed_well(ledger_id: &str, witness: &Witness) -> bool {
    let (Some(public_key), Some(signature)) = (&witness.public_key, &witness.signature) else { return false };
    let signature = Signature { public_key: public_key.clone(), signature: signature.clone() };
    ChainHash::from_hex(&witness.head)
        .is_some_and(|head| is_by_its_key(&signature, &head_bytes(ledger_id, witness.entries, &head)))
}

/// Looks at the other ledgers of the organisation: those that this one replaced must not have gone on beyond what its
/// entry names, and one of the same person and machine that ended before this one began must be named.
fn others(tx: &LedgerTx<'_>, ledger_id: &str, memory: &Remembered, shown: &mut Shown) -> Result<(), LedgerError> {
    let (began_at, by, rebuilt) = tx.beginning()?;
    let mut replaced: BTreeMap<String, (i64, ReplacedLedger)> = BTreeMap::new();
    for (entry, detail) in rebuilt {
        if let Ok(Rebuilt { replaces: Some(ledger) }) = serde_json::from_str::<Rebuilt>(&detail) {
            replaced.insert(ledger.ledger_id.clone(), (entry, ledger));
        }
    }
    let machine = memory.machine.iter().map(|head| {
        let seen = Seen { entries: head.entries, head: &head.head, at: Some(head.at.as_str()), is_ours: true };
        (head.ledger_id.as_str(), seen)
    });
    let listed: &[LedgerWitness] = if let Kept::Is(listed) = &memory.organisation { listed } else { &[] };
    let organisation = listed.iter().map(|other| {
        let at = other.written_at.as_deref();
        let is_ours = by.as_ref() == Some(&other.witness.written_by);
        let seen = Seen { entries: other.witness.entries, head: &other.witness.head, at, is_ours };
        (other.ledger_id.as_str(), seen)
    });
    let mut unexplained = BTreeMap::new();
    for (other, seen) in machine.chain(organisation).filter(|(other, _)| *other != ledger_id) {
        match replaced.get(other) {
            Some((entry, named)) if seen.goes_beyond(named) => {
                let finding = AuditFinding::new(FindingKind::ReplacedAhead, *entry, None).with("ledger", other);
                shown.findings.push(finding.with("named", named.entries).with("seen", seen.entries));
            }
            None if seen.is_ours && seen.at.zip(began_at.as_deref()).is_some_and(|(at, began)| at < began) => {
                unexplained.insert(other.to_owned(), seen.entries);
            }
            _ => {}
        }
    }
    for (other, entries) in unexplained {
        let finding = AuditFinding::new(FindingKind::OtherLedger, 1, began_at.clone());
        shown.findings.push(finding.with("ledger", other).with("seen", entries));
    }
    shown.others = listed
        .iter()
        .filter(|other| other.ledger_id != ledger_id)
        .map(|other| OtherLedger {
            ledger_id: other.ledger_id.clone(),
            entries: other.witness.entries,
            written_by: Some(other.witness.written_by.clone()),
            written_at: other.written_at.clone(),
            replaced: replaced.contains_key(&other.ledger_id),
        })
        .collect();
    Ok(())
}

/// Another ledger's newest head, as somebody remembers it.
struct Seen<'s> {
    entries: u64,
    head: &'s str,
    at: Option<&'s str>,
    /// True if this machine, or the same person on it, left it.
    is_ours: bool,
}

impl Seen<'_> {
    fn goes_beyond(&self, named: &ReplacedLedger) -> bool {
        self.entries > named.entries || (self.entries == named.entries && self.head != named.head)
    }
}
