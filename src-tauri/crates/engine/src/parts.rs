//! The parts that an engine is made of: the ledger, both sides of the outside world, time, ids, and what the workspace decides.

use std::sync::Arc;

use crate::ledger::Ledger;
use crate::ports::{AccountingSystem, Clock, IdSource, Signer, Source};
use crate::settings::Settings;

/// The parts of a workspace's engine.
pub struct Parts {
    /// The workspace's ledger.
    pub ledger: Ledger,
    /// The platform, or its files: records come from here.
    pub source: Arc<dyn Source>,
    /// The accounting system: vouchers go there.
    pub accounting: Arc<dyn AccountingSystem>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// Signs the heads of the audit trail.
    pub signer: Arc<dyn Signer>,
    /// The decisions of the workspace.
    pub settings: Settings,
}
