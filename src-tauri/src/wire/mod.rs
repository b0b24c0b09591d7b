//! Defines everything that crosses to the window: plain types for specta, and how the engine's values become them.
//!
//! Invariant: no 64-bit number and no float of money crosses. Counts are cut at [`u32::MAX`], amounts are decimal
//! strings, moments are RFC 3339 in UTC, errors are a code with parameters.

mod attention;
mod audit;
mod certificate;
mod connection;
mod content;
mod desktop;
mod export;
mod item;
mod ledger;
mod list;
mod month;
mod overview;
mod period;
mod posting;
mod problem;
mod progress;
mod re_export;
mod record;
mod rules;
mod run;
mod secret;
pub(crate) mod settings;
pub(crate) mod setup;
mod voucher;

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::error;

pub(crate) use attention::{AttentionItem, MissingReceipt, Question, Topic, Verdict};
pub(crate) use audit::{AuditEntryFull, AuditFilter, AuditVerdict, MemoryState};
pub(crate) use certificate::{BothSums, Certificate};
pub(crate) use connection::{Connection, Lock, Waiting};
pub(crate) use content::{Acceptance, Alarm, Changed, LookAlikes, RecordState};
pub(crate) use desktop::{About, Appearance, Preferences, Wanted, Work};
pub(crate) use export::{CertificateFormat, RunFormat, Saved};
pub(crate) use item::{HoldCode, ItemFilter, Place, Reason, RunItem};
pub(crate) use ledger::{CompareNews, Comparison, Difference, Forgotten, LedgerFacts, Rebuilt};
pub(crate) use list::{Month, RecordQuery, RecordRow, RecordsFound, RunQuery};
pub(crate) use month::{AccountSum, MonthClose, MonthRecords};
pub(crate) use overview::{Language, Overview, Plan, SyncStarted};
pub(crate) use period::{Period, parsed_day};
pub(crate) use posting::{Voucher, VoucherPreview};
pub(crate) use problem::Problem;
pub(crate) use progress::Progress;
pub(crate) use re_export::{ReExport, ReExportAsked, ReExportPreview, ReExportWish};
pub(crate) use record::{Act, RecordStory};
pub(crate) use rules::RulesView;
pub(crate) use run::{Counts, End, Outcome, Run, Sum, Trigger};
pub(crate) use secret::{MissingSecret, SecretSide, secret_kind_of};
pub(crate) use voucher::{FoundVoucher, VoucherMade, VoucherPart};

/// Returns a count for the window, which shows no more than four thousand million of anything.
pub(crate) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns a moment for the window.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads a moment from the window.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, error::Problem> {
    let usage = |_| error::Problem::usage(format!("{text:?} is no moment"));
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(usage)
}

/// Returns moments for the window.
pub(crate) fn each_moment(list: impl IntoIterator<Item = DateTime<Utc>>) -> Vec<String> {
    list.into_iter().map(moment).collect()
}

/// Returns each value of a list as the window's.
pub(crate) fn each<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

/// Mirrors an enum of the engine for the window: the same variants, checked by the compiler.
macro_rules! mirrored {
    ($(#[$meta:meta])* $name:ident of $engine:ty { $($(#[$variant_meta:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl From<$engine> for $name {
            fn from(value: $engine) -> Self {
                match value { $(<$engine>::$variant => Self::$variant,)+ }
            }
        }

        impl From<$name> for $engine {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => <$engine>::$variant,)+ }
            }
        }
    };
}
use mirrored;
