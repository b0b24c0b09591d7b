//! Attacks the trail: by edits of the ledger past its triggers, and by the use of an old copy. Each is found.

pub(crate) mod engine_rig;
mod forged;
mod remembered;
mod rows;
mod tampered;
mod witnessed;
