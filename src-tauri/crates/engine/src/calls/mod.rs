//! Makes calls to the accounting system patiently: for a run, a comparison, the witness, and a person who waits.
//!
//! Invariant: a call that writes is repeated only if it provably did nothing; a call that only asks may be repeated at
//! once.

mod caller;
mod error;
mod listing;
mod patience;

pub(crate) use caller::{CallFailure, Caller};
pub(crate) use error::RunError;
pub(crate) use listing::{Cursors, Listing, PAGES_MAX};
pub(crate) use patience::Patience;
