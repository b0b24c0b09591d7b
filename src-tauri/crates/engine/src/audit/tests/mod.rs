//! The trail, attacked: whoever edits the ledger past its triggers, and whoever uses an old copy, is found.

pub(crate) mod engine_rig;
mod forged;
mod tampered;
mod witnessed;
