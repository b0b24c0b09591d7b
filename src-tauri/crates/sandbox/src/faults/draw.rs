//! Holds the result of a draw for one request.

use std::time::Duration;

use axum::http::StatusCode;

use super::settings::{Fault, gateway_status};
use super::{FaultKind, Hold};
use crate::practice::SplitMix64;

/// The size of `huge_body` in megabytes when the switch names none.
const MEGABYTES: u64 = 300;

/// The delay and the fault that were drawn for one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct FaultDraw {
    pub(crate) latency: Duration,
    pub(crate) hold: Option<Hold>,
    pub(crate) fired: Option<FiredFault>,
}

/// The fault that fired.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FiredFault {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    pub(crate) retry_after_seconds: u64,
    /// The status that a gateway answers with.
    pub(crate) status: StatusCode,
    pub(crate) megabytes: u64,
    /// A random number, for the choice of a voucher or a result.
    pub(crate) pick: u64,
}

/// Makes a write to vouchers or drafts wait, with the key taken and nothing written yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pause {
    pub(crate) latency: Duration,
    pub(crate) hold: Option<Hold>,
}

/// Makes a write to vouchers or drafts refuse the voucher which this random number chooses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefuseOne(pub(crate) u64);

impl Pause {
    /// Waits so long, and then until the request is let go.
    pub(crate) async fn wait(&self) {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        if let Some(hold) = &self.hold {
            hold.let_go().await;
        }
    }
}

impl FaultDraw {
    pub(super) fn take(&mut self, fault: &Fault, random: &mut SplitMix64) {
        if fault.kind == FaultKind::LatencyMs {
            let jitter = fault.jitter_ms.map_or(0, |most| random.below(most + 1));
            self.latency += Duration::from_millis(fault.fixed_ms.unwrap_or(0) + jitter);
        } else {
            self.fired = Some(FiredFault {
                kind: fault.kind,
                delay: Duration::from_millis(fault.delay_ms.unwrap_or(0)),
                retry_after_seconds: fault.retry_after_seconds.unwrap_or(1),
                status: fault.status.and_then(gateway_status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
                megabytes: fault.megabytes.unwrap_or(MEGABYTES),
                pick: random.next(),
            });
        }
    }
}

impl FiredFault {
    /// Tells whether the request takes effect when its client does not wait for it any more.
    pub(crate) fn is_late(&self) -> bool {
        matches!(self.kind, FaultKind::CommitAfterMs | FaultKind::LateMs)
    }

    /// Tells whether the request is answered, or its connection cut, before a handler sees it.
    pub(crate) fn is_instead_of_the_request(&self) -> bool {
        match self.kind {
            FaultKind::CutBeforeCommit
            | FaultKind::Error500BeforeCommit
            | FaultKind::Status429
            | FaultKind::Status503
            | FaultKind::Html
            | FaultKind::Redirect
            | FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::Gateway => true,
            FaultKind::LatencyMs
            | FaultKind::Hold
            | FaultKind::CutAfterCommit
            | FaultKind::Error500AfterCommit
            | FaultKind::BodyCutShort
            | FaultKind::ResultMissing
            | FaultKind::Refuse
            | FaultKind::HugeBody
            | FaultKind::CommitAfterMs
            | FaultKind::LateMs
            | FaultKind::GatewayAfterCommit => false,
        }
    }
}
