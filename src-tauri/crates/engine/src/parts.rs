//! Holds the parts of which an engine is made: the ledger, both sides of the outside world, time, ids, and the
//! decisions of the workspace.

use std::sync::Arc;

use crate::ledger::Ledger;
use crate::ports::{AccountingSystem, Clock, IdSource, Signer, Source};
use crate::settings::Settings;

/// The parts of a workspace's engine.
pub struct Parts {
    /// The workspace's ledger.
    pub ledger: Ledger,
    /// The platform, or its files, from which records come.
    pub source: Arc<dyn Source>,
    /// The accounting system, to which vouchers go.
    pub accounting: Arc<dyn AccountingSystem>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// The signer of the heads of the audit trail.
    pub signer: Arc<dyn Signer>,
    /// The decisions of the workspace.
    pub settings: Settings,
}
