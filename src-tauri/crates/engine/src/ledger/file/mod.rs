//! Holds the ledger as a file: opened, named, backed up.

pub(super) mod backup;
pub(super) mod carry;
pub(super) mod connection;
pub(super) mod names;
pub(super) mod open;
pub(super) mod presence;
