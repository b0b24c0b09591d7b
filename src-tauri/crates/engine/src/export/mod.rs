//! The export: observe, plan, claim, commit, settle, recover, in this order, under a permit.

mod accept;
mod back_up;
mod break_lock;
mod caller;
mod change_settings;
mod door;
mod engine;
mod estimate;
mod evidence;
mod exchange;
mod late;
mod observe;
mod plan;
mod planning;
mod progress;
mod re_export;
mod rebuild;
mod records;
mod recover;
mod refused;
mod resolve;
mod run;
mod send;
mod settings;
mod slot;
mod sync;
mod voucher_page;
mod walls;

pub use break_lock::BreakAsk;
pub use change_settings::{SettingChange, Stillness};
pub use engine::{Engine, Parts, SyncAsk, SyncEnd, Syncing};
pub use re_export::{ReExportAsk, ReExportStep};
pub use rebuild::{RebuildEnd, Rebuilt, put_in_place};
pub use records::nobody_sends;
pub use resolve::{Resolution, ResolveAsk};
pub use settings::{Settings, WhenStillUnknown};
