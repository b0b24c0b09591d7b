//! The engine of Postonce: exports each approved record into the accounting system exactly once, and can prove it.
//!
//! Read it in the order of a record's way: [`domain`] (the nouns), `ledger` (what was seen, attempted, answered),
//! `lock` (who may send), `export` (observe, plan, claim, commit, settle, recover), `schedule` (when to do so unasked),
//! `audit` (is the trail whole), `compare` (both sides against each other). The world outside comes in through [`ports`].

mod audit;
mod compare;
pub mod domain;
pub mod error;
mod export;
mod ledger;
mod lock;
pub mod ports;
mod schedule;
pub mod views;

pub use audit::{AuditFinding, AuditVerdict};
pub use compare::{CompareAsk, CompareEnd, ComparePhase, CompareProgress};
pub use export::{
    BreakAsk, Engine, Parts, ReExportAsk, ReExportStep, RebuildEnd, Rebuilt, Resolution, ResolveAsk, SettingChange,
    Settings, Stillness, SyncAsk, SyncEnd, Syncing, WhenStillUnknown, nobody_sends, put_in_place,
};
pub use ledger::{
    AuditFilter, Claimed, ClaimedRequest, ClaimedReversal, ItemFilter, Ledger, LedgerError, RecordFilter, RunFilter,
    StagedDraft, WriteMoment,
};
pub use lock::{LeaseLost, Permit, UniqueLease};
pub use schedule::{Schedule, ScheduleError, ScheduleNews};
