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

    /// Returns a row whose digest is to be brought up to date, and takes it for done.
    pub(super) fn next_open(&self) -> Option<ChangedRow> {
        let mut notes = self.notes();
        let next = notes.open.pop_first()?;
        notes.digested.insert(next.clone());
        Some(next)
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
