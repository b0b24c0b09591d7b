//! The trail, attacked: whoever edits the ledger past its triggers, and whoever uses an old copy, is found.

pub(crate) mod desk;
mod forged;
mod tampered;
mod witnessed;
