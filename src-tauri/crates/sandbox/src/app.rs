//! Holds the state that every call can reach.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::body::Bytes;
use chrono::NaiveDate;

use crate::clock::Clock;
use crate::connections::Tasks;
use crate::faults::{Faults, PathClass};
use crate::options::Organisation;
use crate::platform::Platform;
use crate::routes::voucher_body::KnownDimensions;
use crate::store::Store;

/// The state that every call can reach.
pub(crate) struct App {
    pub(crate) organisation: Organisation,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) platform: Platform,
    pub(crate) tasks: Tasks,
    /// The last day of the closed period, if there is one.
    pub(crate) closed_through: RwLock<Option<NaiveDate>>,
    /// The values of the dimensions that the books list.
    pub(crate) dimensions: RwLock<Arc<KnownDimensions>>,
    /// The expenses that a person is editing.
    pub(crate) being_edited: RwLock<BTreeSet<String>>,
    /// The platform's receipts, by their id.
    pub(crate) receipts: RwLock<HashMap<String, Bytes>>,
    pub(crate) running: Running,
    pub(crate) requests: AtomicU64,
    pub(crate) voucher_requests: AtomicU64,
    pub(crate) draft_requests: AtomicU64,
}

/// The idempotency keys of requests that are being worked on, with the hash of each.
#[derive(Default)]
pub(crate) struct Running {
    keys: Mutex<HashMap<String, [u8; 32]>>,
}

/// A key that is taken until this is dropped.
pub(crate) struct TakenKey<'running> {
    running: &'running Running,
    key: String,
}

impl App {
    pub(crate) fn count_request(&self, class: PathClass) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if class.is_of_vouchers() {
            self.voucher_requests.fetch_add(1, Ordering::Relaxed);
        } else if class.is_of_drafts() {
            self.draft_requests.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns the values of the dimensions, as they are listed now.
    pub(crate) fn dimensions(&self) -> Arc<KnownDimensions> {
        Arc::clone(&self.dimensions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the last day of the closed period, as it stands now.
    pub(crate) fn closed_through(&self) -> Option<NaiveDate> {
        *self.closed_through.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Takes the key. A key that is taken already gives the hash of the request that has it.
    pub(crate) fn take(&self, key: &str, request_hash: [u8; 32]) -> Result<TakenKey<'_>, [u8; 32]> {
        let mut keys = self.keys();
        if let Some(other) = keys.get(key) {
            return Err(*other);
        }
        keys.insert(key.to_owned(), request_hash);
        Ok(TakenKey { running: self, key: key.to_owned() })
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, [u8; 32]>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TakenKey<'_> {
    fn drop(&mut self) {
        self.running.keys().remove(&self.key);
    }
}
