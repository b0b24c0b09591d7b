//! Holds the verbs of the engine: all that a face may ask, beside a sync itself, a file each. They stand above the
//! export and the comparison, and below the faces.

mod accept;
mod back_up;
mod break_lock;
mod change_settings;
mod compare;
mod confirm;
mod enter;
mod forget;
mod other_day;
mod posting_rules;
mod re_export;
mod read_back;
mod reason;
mod rebuild;
mod receipts;
mod records;
mod resolve;
mod restore;
mod schedule;
mod unattended;
mod verify_audit;
mod voucher_page;

pub use break_lock::BreakAsk;
pub use change_settings::{SettingChange, Stillness};
pub use compare::{CompareAsk, CompareEnd};
pub use forget::{ForgetAsk, Forgotten};
pub use re_export::{ReExportAsk, ReExportStep};
pub use read_back::{ReadBack, ReadBackAsk, ReadBackEnd, WithdrawAsk};
pub use rebuild::{OldLedger, RebuildAsk, RebuildEnd, Rebuilt, put_in_place};
pub use records::{nobody_sends, voucher_preview};
pub use resolve::{Resolution, ResolveAsk};
pub use restore::{RestoreAsk, restore};
pub use schedule::ScheduleNews;
