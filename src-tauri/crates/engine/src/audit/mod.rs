//! Keeps the trail whole: signs its head and leaves it with the accounting side after each run, looks at it before each
//! run, and checks it entry by entry when a person asks.
//!
//! `docs/audit-trail.md` says what each of the three layers finds: the chain (a change by hand), the signed heads (a
//! chain made anew), the witness (a ledger cut off, restored from an old copy, or copied).

mod memory;
mod seal;
mod signature;
mod verdict;
mod walk;
mod witness;

#[cfg(test)]
pub(crate) use memory::Remembered;
pub(crate) use memory::remembered;
pub(crate) use seal::seal;
pub use verdict::{AuditFinding, AuditVerdict, OtherLedger};
pub(crate) use walk::walk;
pub(crate) use witness::check_newest;

#[cfg(test)]
pub(crate) mod tests;
