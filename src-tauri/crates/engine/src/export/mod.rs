//! The export: observe, plan, claim, commit, settle, recover, in this order, under a permit.

mod engine;
mod estimate;
mod exchange;
mod observe;
mod plan;
mod planning;
mod progress;
mod recover;
mod run;
mod send;
mod settings;

pub use engine::{Engine, Parts, SyncAsk, SyncEnd, Syncing};
pub use settings::{Settings, WhenStillUnknown};
