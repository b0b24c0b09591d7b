//! The engine of Postonce: exports each approved record into the accounting system exactly once, and can prove it.
//!
//! Invariants, the five promises (`src-tauri/docs/architecture.md`). They hold whatever dies, hangs, repeats or lies in
//! between:
//!
//! 1. **No second voucher.** For a record and generation there is one voucher of ours at most, and none for a
//!    generation that nobody asked for. The index `attempt_guard` and the trigger `attempt_was_asked_for` hold it; a
//!    claim is on the disk before the first byte leaves.
//! 2. **Nothing lost.** Every record that the source holds ends exported, waits for the next sync, or stands on the
//!    *needs attention* list with its reason. Every run settles first what earlier ones left open.
//! 3. **No false success.** `posted` needs the accounting system's own voucher id, in the code and in the table.
//! 4. **One at a time.** Nothing is sent without a [`Permit`]; the second comer learns who sends, since when and how
//!    far.
//! 5. **Nothing unexplained.** An act and its audit entry share a transaction, and the trail is chained, sealed and
//!    witnessed.
//!
//! The modules, from below; each names those before it alone (`tests/tidy/layers.rs` holds that, and names the
//! exceptions):
//!
//! - [`domain`] has the nouns, [`ports`] the world outside, [`error`] the codes of problems, [`views`] what the faces
//!   show, `settings` what a workspace decides;
//! - `ledger` keeps what was seen, attempted and answered, in six folders: `file`, `run`, `lists`, `trail`,
//!   `comparison`, `re_export`;
//! - `parts` is what an engine is made of, `lock` decides who may send, `calls` makes every call to the accounting
//!   system;
//! - `audit` checks and seals the trail, `compare` holds both sides against each other;
//! - `export` is the way of a record: observe, plan, claim, send, settle, recover;
//! - `engine` is the value [`Engine`], and `verbs` has a file for each thing that a face may ask of it.

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

pub use audit::{AuditFinding, AuditVerdict, OtherLedger};
pub use compare::{ComparePhase, CompareProgress};
pub use domain::schedule::{Schedule, ScheduleError};
pub use engine::{Engine, Syncing};
pub use export::{RunAsk, SyncAsk, SyncEnd};
pub use ledger::{
    AttachTo, AuditFilter, Claimed, ClaimedAttachment, ClaimedRequest, ClaimedReversal, ItemFilter, Ledger,
    LedgerError, RecordFilter, ReplacedLedger, RunFilter, StagedDraft, WriteMoment,
};
pub use lock::{LeaseLost, Permit, UniqueLease};
pub use parts::Parts;
pub use settings::{Settings, SourceRule, StatedBooks, WhenStillUnknown};
pub use verbs::{
    BreakAsk, CompareAsk, CompareEnd, ForgetAsk, Forgotten, OldLedger, ReExportAsk, ReExportStep, ReadBack,
    ReadBackAsk, ReadBackEnd, RebuildAsk, RebuildEnd, Rebuilt, Resolution, ResolveAsk, RestoreAsk, ScheduleNews,
    SettingChange, Stillness, WithdrawAsk, nobody_sends, put_in_place, restore, voucher_preview,
};
