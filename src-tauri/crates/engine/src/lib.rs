//! The engine of Postonce: exports each approved record into the accounting system exactly once, and can prove it.
//!
//! Read it in the order of a record's way: [`domain`] (the nouns), `ledger` (what was seen, attempted, answered),
//! `lock` (who may send), `export` (observe, plan, claim, commit, settle, recover). The world outside comes in through
//! [`ports`].

pub mod domain;
pub mod error;
mod export;
mod ledger;
mod lock;
pub mod ports;
pub mod views;

pub use export::{Engine, Parts, Settings, SyncAsk, SyncEnd, Syncing, WhenStillUnknown};
pub use ledger::{Claimed, ClaimedRequest, Ledger, LedgerError};
pub use lock::{LeaseLost, Permit};
