//! Leads a record through a run: observe, plan, claim, send, settle, recover, in this order, under a permit.
//!
//! [`run`] is the story; each step stands in a file of its own and knows the run as [`step::Run`]. No step imports the
//! run that calls it.

pub(crate) mod agreement;
pub(crate) mod ask;
mod estimate;
mod exchange;
pub(crate) mod identity;
mod late_drafts;
mod learn;
mod look_ahead;
pub(crate) mod observe;
pub(crate) mod plan;
pub(crate) mod planning;
pub(crate) mod progress;
mod receipts;
mod record_locks;
mod recover;
pub(crate) mod refused_runs;
pub(crate) mod reversal;
pub(crate) mod run;
mod send;
mod send_file;
mod step;
mod unseen;
mod verify;
pub(crate) mod walls;

#[cfg(test)]
mod tests;

pub use ask::{RunAsk, SyncAsk, SyncEnd};
