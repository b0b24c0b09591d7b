//! Who may send. Three walls, taken in order and given back in reverse: the run slot inside the process (`export`), a file
//! lock on the machine, the remote lease over machines. A [`Permit`] is the proof that all three are ours.

mod file_lock;
mod lease;
mod permit;

pub(crate) use file_lock::{FileLock, FileLockError};
pub(crate) use lease::{LeaseAskTerms, LeaseRefused, give_back, take};
pub use permit::{LeaseLost, Permit};
