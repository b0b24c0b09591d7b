//! Holds the rows that the transaction at hand has changed. They are noted as [`noting`](super::noting) says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::audit_chain::Value;

/// A row that was changed. In the order of the table of digests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ledger) struct ChangedRow {
    /// The place of its table among the covered ones.
    pub(in crate::ledger) table: usize,
    pub(in crate::ledger) key1: Value,
    pub(in crate::ledger) key2: Value,
}

impl ChangedRow {
    /// Says whether the other row is the next one of the same table, by a key that is a number.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        let next = self.key1.as_integer().and_then(|key| key.checked_add(1));
        self.table == other.table && next.is_some() && next == other.key1.as_integer() && self.key2 == other.key2
    }
}

/// The rows that the transaction at hand has changed.
#[derive(Debug, Clone, Default)]
pub(in crate::ledger) struct ChangedRows(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    /// The rows whose digests are not up to date.
    open: BTreeSet<ChangedRow>,
    digested: BTreeSet<ChangedRow>,
}

impl ChangedRows {
    pub(super) fn note(&self, row: ChangedRow) {
        self.notes().open.insert(row);
    }

    /// Returns the rows whose digests are to be brought up to date, in order, and takes them for done.
    pub(super) fn take_open(&self) -> Vec<ChangedRow> {
        let mut notes = self.notes();
        let open = std::mem::take(&mut notes.open);
        notes.digested.extend(open.iter().cloned());
        open.into_iter().collect()
    }

    /// Returns every row whose digest was brought up to date.
    pub(super) fn digested(&self) -> Vec<ChangedRow> {
        self.notes().digested.iter().cloned().collect()
    }

    /// Forgets every row; their digests are kept.
    pub(in crate::ledger) fn forget(&self) {
        *self.notes() = Notes::default();
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
