//! Decides who may send. Three walls are taken in order and given back in reverse: the run slot inside the process, a
//! file lock on the machine, the remote lease over machines. A [`Permit`] is the proof that all three are ours. For an
//! accounting system that has no lock of its own, [`UniqueLease`] makes one out of a unique field.

mod file_lock;
mod last_seen;
mod lease;
mod lease_text;
mod permit;
pub(crate) mod slot;
mod slot_locks;
mod unique_lease;

#[cfg(test)]
mod signs_of_life_tests;

pub(crate) use file_lock::{FileLock, FileLockError};
pub(crate) use lease::{LeaseAskTerms, LeaseRefused, give_back, take};
pub(crate) use permit::Look;
pub use permit::{LeaseLost, Permit};
pub use unique_lease::UniqueLease;
