//! Walks over the whole trail: every entry, every seal, the witness. Pure except for the ledger from which it reads; it
//! holds one entry at a time.
//!
//! It reads values as they stand there and trusts none of them: somebody who edits the file may write anything
//! anywhere.

use super::memory::{Remembered, Shown, hold};
use super::signature::is_by_its_key;
use super::verdict::{AuditFinding, AuditVerdict};
use super::witness::{Fit, fit};
use crate::domain::audit_chain::{ChainHash, StoredEntry, entry_hash, head_bytes};
use crate::domain::{FindingKind, WitnessState};
use crate::ledger::{LedgerError, LedgerTx, RowFault, RowFaultKind, RowRoots, StoredHead};
use crate::ports::{Signature, Witness, WitnessSeen};

/// Walks the trail in one snapshot of the ledger, and holds it against what is remembered elsewhere.
pub(crate) fn walk(tx: &LedgerTx<'_>, memory: Remembered) -> Result<AuditVerdict, LedgerError> {
    let ledger_id = tx.ledger_id()?;
    let mut chain = Chain {
        ledger_id: &ledger_id,
        findings: Findings::default(),
        last: 0,
        head: ChainHash::NONE,
        entries: 0,
        roots: RowRoots::default(),
    };
    tx.each_audit_entry(|entry| chain.entry(&entry))?;
    let Chain { mut findings, last, head, entries, roots, .. } = chain;
    let rows = tx.check_rows(roots, &mut |fault| findings.add(finding_of_row(fault)))?;

    let mut seals = Seals { ledger_id: &ledger_id, findings, last_entry: last, ..Seals::default() };
    tx.each_audit_head(|head| seals.head(&head))?;
    for (first, last) in tx.missing_audit_heads()? {
        let finding = AuditFinding::new(FindingKind::SealsMissing, 0, None);
        seals.findings.add(finding.with("first", first).with("last", last));
    }
    seals.end(memory.own_key.as_deref());

    let shown = hold(tx, u64::try_from(last).unwrap_or(0), &memory)?;
    let Seals { mut findings, checked, signed, keys, mut vouched, .. } = seals;
    let Shown { findings: remembered, signed_up_to, vouched: remembered_up_to, .. } = &shown;
    if vouched < *signed_up_to {
        let finding =
            AuditFinding::new(FindingKind::SignaturesRemoved, crate::ledger::signed(vouched.saturating_add(1)), None);
        findings.add(finding.with("last", signed_up_to));
    }
    vouched = vouched.max(*remembered_up_to);
    remembered.iter().cloned().for_each(|finding| findings.add(finding));
    let witness = match &memory.newest {
        None => WitnessState::Unreachable,
        Some(WitnessSeen::NotOffered) => WitnessState::NotOffered,
        Some(WitnessSeen::None) => {
            if tx.was_witnessed()? {
                findings.add(AuditFinding::new(FindingKind::WitnessMissing, last, None));
            }
            WitnessState::Missing
        }
        Some(WitnessSeen::Kept(kept)) => {
            let ours = u64::try_from(last).unwrap_or(0);
            let state = witness(&ledger_id, kept, fit(tx, ours, kept)?, &mut findings);
            if state == WitnessState::Matches {
                vouched = vouched.max(kept.entries);
            }
            state
        }
    };
    Ok(AuditVerdict {
        entries,
        head: head.to_string(),
        findings: findings.listed,
        findings_left_out: findings.left_out,
        heads_checked: checked,
        signed_heads_checked: signed,
        vouched_up_to: vouched,
        rows_checked: rows.rows,
        rows_open: rows.open,
        rows_covered_from: rows.from.and_then(|entry| u64::try_from(entry).ok()),
        signed_by: keys,
        own_key: memory.own_key,
        witness,
        witness_history: shown.history,
        witness_list: shown.organisation,
        machine_memory: shown.machine,
        other_ledgers: shown.others,
    })
}

fn witness(ledger_id: &str, kept: &Witness, fit: Fit, findings: &mut Findings) -> WitnessState {
    let entries = i64::try_from(kept.entries).unwrap_or(i64::MAX);
    let finding = |kind, entry| {
        AuditFinding::new(kind, entry, None).with("user", &kept.written_by.user).with("host", &kept.written_by.host)
    };
    if let (Some(public_key), Some(signature)) = (&kept.public_key, &kept.signature) {
        let signature = Signature { public_key: public_key.clone(), signature: signature.clone() };
        let is_good = ChainHash::from_hex(&kept.head)
            .is_some_and(|head| is_by_its_key(&signature, &head_bytes(ledger_id, kept.entries, &head)));
        if !is_good {
            findings.add(finding(FindingKind::WitnessSignatureWrong, entries));
        }
    }
    match fit {
        Fit::Fits => WitnessState::Matches,
        Fit::Ahead { ours } => {
            let first_missing = i64::try_from(ours).unwrap_or(i64::MAX).saturating_add(1);
            findings.add(finding(FindingKind::WitnessAhead, first_missing).with("last", entries));
            WitnessState::Ahead
        }
        Fit::Differs => {
            findings.add(finding(FindingKind::WitnessDiffers, entries));
            WitnessState::Differs
        }
    }
}

/// The findings, within their bound.
#[derive(Default)]
struct Findings {
    listed: Vec<AuditFinding>,
    left_out: u64,
}

impl Findings {
    fn add(&mut self, finding: AuditFinding) {
        if self.listed.len() < AuditVerdict::FINDINGS_MAX {
            self.listed.push(finding);
        } else {
            self.left_out += 1;
        }
    }
}

/// The entries, in the order of their numbers.
struct Chain<'a> {
    ledger_id: &'a str,
    findings: Findings,
    /// The number of the entry before.
    last: i64,
    /// The hash of the entry before, as it stands there.
    head: ChainHash,
    entries: u64,
    /// The roots over rows that the entries hold.
    roots: RowRoots,
}

impl Chain<'_> {
    fn entry(&mut self, entry: &StoredEntry) {
        let number = entry.entry().unwrap_or_default();
        let expected = self.last.saturating_add(1);
        if number < 1 {
            self.findings.add(finding_of(FindingKind::NumberWrong, number, entry));
        } else if number > expected {
            let gap = AuditFinding::new(FindingKind::EntriesMissing, expected, entry.value("at").shown());
            self.findings.add(gap.with("last", number - 1));
        }
        if !entry.is_sound(self.ledger_id) {
            let kept = entry.kept_hash().map_or_else(|| "–".to_owned(), |hash| hash.to_string());
            let made = entry_hash(self.ledger_id, &entry.values);
            let finding = finding_of(FindingKind::ContentChanged, number, entry);
            self.findings.add(finding.with("kept", kept).with("made", made));
        }
        if entry.previous() != Some(self.head) {
            self.findings.add(finding_of(FindingKind::LinkBroken, number, entry));
        }
        self.roots.read(number, entry.value("detail"));
        self.entries += 1;
        self.last = number.max(0);
        // A text that is no hash links to nothing.
        self.head = entry.kept_hash().unwrap_or(ChainHash::NONE);
    }
}

fn finding_of(kind: FindingKind, number: i64, entry: &StoredEntry) -> AuditFinding {
    let mut finding = AuditFinding::new(kind, number, entry.value("at").shown());
    for (name, column) in [("user", "actor_user"), ("host", "actor_host"), ("act", "act")] {
        if let Some(shown) = entry.value(column).shown() {
            finding = finding.with(name, shown);
        }
    }
    finding
}

fn finding_of_row(fault: RowFault) -> AuditFinding {
    let kind = match fault.kind {
        RowFaultKind::Changed => FindingKind::RowChanged,
        RowFaultKind::Missing => FindingKind::RowMissing,
        RowFaultKind::Added => FindingKind::RowAdded,
        RowFaultKind::RootDiffers => FindingKind::RowsDiffer,
    };
    let mut finding = AuditFinding::new(kind, fault.entry, None).with("table", &fault.table);
    for (name, text) in [("row", fault.row), ("run", fault.run), ("record", fault.record)] {
        if let Some(text) = text {
            finding = finding.with(name, text);
        }
    }
    finding
}

/// The seals, in the order of their entries.
#[derive(Default)]
struct Seals<'a> {
    ledger_id: &'a str,
    findings: Findings,
    /// The number of the newest entry there is.
    last_entry: i64,
    checked: u64,
    signed: u64,
    keys: Vec<String>,
    /// The newest seal that fits.
    sound_up_to: i64,
    /// The newest seal that fits and is signed well.
    vouched: u64,
    /// The newest seal: its entries, its time, and true if it is signed.
    newest: Option<(i64, String, bool)>,
    /// The key of the newest signed seal.
    key: Option<String>,
    /// The seals that do not fit: the first, with the last.
    differing: Option<AuditFinding>,
    /// The seals whose signature is not by its key: the first, with the last.
    wrong: Option<AuditFinding>,
    /// The entries that seals know of and the trail lacks: the time of the first such seal, and the newest entry.
    cut_off: Option<(String, i64)>,
}

impl Seals<'_> {
    fn head(&mut self, head: &StoredHead) {
        self.checked += 1;
        let at = || Some(head.made_at.clone());
        if head.entries > self.last_entry {
            let first = self.cut_off.take().map_or_else(|| head.made_at.clone(), |(first, _)| first);
            self.cut_off = Some((first, head.entries));
        } else if !head.fits() {
            let finding = AuditFinding::new(FindingKind::SealDiffers, head.entries, at());
            let finding = finding.with("sound_up_to", self.sound_up_to);
            self.differing.get_or_insert(finding).last(head.entries);
        } else {
            self.sound_up_to = head.entries;
        }
        self.newest = Some((head.entries, head.made_at.clone(), head.signature.is_some()));
        let Some(signature) = &head.signature else { return };
        self.signature(head, signature);
    }

    fn signature(&mut self, head: &StoredHead, signature: &Signature) {
        let is_good = match (u64::try_from(head.entries), &head.head) {
            (Ok(entries), Some(hash)) => is_by_its_key(signature, &head_bytes(self.ledger_id, entries, hash)),
            _ => false,
        };
        let at = Some(head.made_at.clone());
        if !is_good {
            let finding = AuditFinding::new(FindingKind::SignatureWrong, head.entries, at);
            self.wrong.get_or_insert(finding).last(head.entries);
            return;
        }
        self.signed += 1;
        if head.fits() {
            self.vouched = self.vouched.max(u64::try_from(head.entries).unwrap_or(0));
        }
        if let Some(before) = self.key.as_ref().filter(|before| **before != signature.public_key) {
            let finding = AuditFinding::new(FindingKind::KeyChanged, head.entries, at);
            self.findings.add(finding.with("from", before).with("to", &signature.public_key));
        }
        if !self.keys.contains(&signature.public_key) && self.keys.len() < AuditVerdict::KEYS_MAX {
            self.keys.push(signature.public_key.clone());
        }
        self.key = Some(signature.public_key.clone());
    }

    /// Adds the findings that only show at the end of the walk.
    fn end(&mut self, own_key: Option<&str>) {
        for finding in [self.differing.take(), self.wrong.take()].into_iter().flatten() {
            self.findings.add(finding);
        }
        if let Some((at, last)) = self.cut_off.take() {
            let first = self.last_entry.saturating_add(1);
            self.findings.add(AuditFinding::new(FindingKind::CutOff, first, Some(at)).with("last", last));
        }
        let Some((entries, at, is_signed)) = self.newest.take() else {
            // A machine with a key seals each entry: somebody took the seals away, or it had no key then.
            if own_key.is_some() && self.last_entry > 0 {
                self.findings.add(AuditFinding::new(FindingKind::SignatureMissing, self.last_entry, None));
            }
            return;
        };
        if !is_signed && (self.key.is_some() || own_key.is_some()) {
            self.findings.add(AuditFinding::new(FindingKind::SignatureMissing, entries, Some(at)));
        } else if let (Some(theirs), Some(own)) = (&self.key, own_key)
            && theirs != own
        {
            let finding = AuditFinding::new(FindingKind::KeyChanged, entries, Some(at));
            let finding = finding.with("from", theirs).with("to", own);
            self.findings.add(finding);
        }
    }
}
