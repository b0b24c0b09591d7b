//! The engine of Postonce: exports each approved record into the accounting system exactly once, and can prove it.
//!
//! Read it in the order of a record's way: [`domain`] (the nouns), `ledger` (what was seen, attempted, answered),
//! `lock` (who may send), `export` (observe, plan, claim, commit, settle, recover), `schedule` (when to do so unasked),
//! `audit` (is the trail whole), `compare` (both sides against each other). The world outside comes in through [`ports`].

mod audit;
mod calls;
mod compare;
pub mod domain;
mod engine;
pub mod error;
mod export;
mod ledger;
mod lock;
mod parts;
pub mod ports;
mod settings;
mod verbs;
pub mod views;

pub use audit::{AuditFinding, AuditVerdict};
pub use compare::{ComparePhase, CompareProgress};
pub use domain::schedule::{Schedule, ScheduleError};
pub use engine::{Engine, Syncing};
pub use export::{RunAsk, SyncAsk, SyncEnd};
pub use ledger::{
    AuditFilter, Claimed, ClaimedRequest, ClaimedReversal, ItemFilter, Ledger, LedgerError, RecordFilter, RunFilter,
    StagedDraft, WriteMoment,
};
pub use lock::{LeaseLost, Permit, UniqueLease};
pub use parts::Parts;
pub use settings::{Settings, WhenStillUnknown};
pub use verbs::{
    BreakAsk, CompareAsk, CompareEnd, ReExportAsk, ReExportStep, RebuildEnd, Rebuilt, Resolution, ResolveAsk,
    ScheduleNews, SettingChange, Stillness, nobody_sends, put_in_place,
};
