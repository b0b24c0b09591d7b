//! The other side, and who holds its lock.

use postonce_engine::{domain, ports};
use serde::Serialize;
use specta::Type;

use super::{count, mirrored, moment};

mirrored! {
    /// How strongly the accounting side protects against a second voucher.
    Protection of domain::Protection { Enforced, Fenced, Staged, Observed, }
}

/// The accounting system, as it presents itself.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    address: String,
    organisation_name: String,
    user_id: String,
    user_name: String,
    protection: Protection,
}

impl From<ports::Connection> for Connection {
    fn from(connection: ports::Connection) -> Self {
        Self {
            address: connection.address,
            organisation_name: connection.organisation_name,
            user_id: connection.user_id,
            user_name: connection.user_name,
            protection: connection.capabilities.protection.into(),
        }
    }
}

/// Who holds the lock, since when and how far.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lock {
    user: String,
    host: String,
    acquired_at: String,
    renewed_at: String,
    processed: Option<u32>,
    total: Option<u32>,
}

impl From<ports::LockInfo> for Lock {
    fn from(lock: ports::LockInfo) -> Self {
        Self {
            user: lock.holder.name.unwrap_or(lock.holder.user),
            host: lock.holder.host,
            acquired_at: moment(lock.acquired_at),
            renewed_at: moment(lock.renewed_at),
            processed: lock.progress.map(|progress| count(progress.processed)),
            total: lock.progress.map(|progress| count(progress.total)),
        }
    }
}
