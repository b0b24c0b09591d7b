//! Fetches receipts from the platform, with its token, and from nowhere else.

use std::fmt::Write as _;

use postonce_engine::domain::Receipt;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::{CallError, ReceiptFile};
use reqwest::Method;

use super::Remote;
use super::patience::patiently;
use crate::http::Failure;
use crate::http::classify::{self, Effect};
use crate::source::receipts::{Intake, too_large, unread};

/// The number of times that a receipt is asked for.
const TRIES_MAX: u32 = 3;
/// The answers of a platform that has no such receipt.
const NOT_THERE: [u16; 2] = [404, 410];

/// Returns the path at which the platform hands out a receipt of this id.
pub(super) fn path(id: &str) -> String {
    let mut path = "v1/receipts/".to_owned();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").expect("a String takes every text");
        }
    }
    path
}

impl Remote {
    /// Fetches a receipt. Its address must be one of the platform's own server: the token goes nowhere else.
    pub(super) async fn receipt(&self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        let address = self.http.page(&receipt.place).filter(|address| address.username().is_empty());
        let address = address.ok_or_else(|| Problem::receipt_outside(&receipt.place))?;
        let fetched = patiently(self.clock.as_ref(), TRIES_MAX, || self.fetch(address.as_str(), receipt)).await;
        match fetched {
            Ok(Ok(intake)) => intake.end(receipt),
            Ok(Err(problem)) => Err(problem),
            Err(error) => Err(unread(receipt, self.said(&error))),
        }
    }

    async fn fetch(&self, address: &str, receipt: &Receipt) -> Result<Result<Intake, Problem>, CallError> {
        let request =
            self.http.request(Method::GET, address, None).map_err(|error| CallError::NotSent(error.into()))?;
        let mut intake = match Intake::begin() {
            Ok(intake) => intake,
            Err(error) => return Ok(Err(unread(receipt, error))),
        };
        let bytes_max = usize::try_from(Receipt::BYTES_MAX).unwrap_or(usize::MAX);
        match self.http.receive(request, bytes_max, |piece| intake.take(piece)).await {
            Err(Failure::TooLong { .. }) => Ok(Err(too_large(receipt, Receipt::BYTES_MAX + 1))),
            Ok(answer) if answer.status == 200 => Ok(Ok(intake)),
            Ok(answer) if NOT_THERE.contains(&answer.status) => Ok(Err(Problem::receipt_missing(&receipt.place))),
            answer => Err(match classify::sort(self.http.peer(), answer, &[], Effect::Reads) {
                Err(error) => error,
                Ok(_) => CallError::Unknown(Problem::internal("no status is expected")),
            }),
        }
    }

    /// Returns in a few words why the platform did not hand out a receipt.
    fn said(&self, error: &CallError) -> String {
        let problem = self.error(error).0;
        let of = |name: &str| problem.params.get(name).cloned().unwrap_or_default();
        match problem.code {
            ErrorCode::PlatformUnreachable => of("detail"),
            _ => format!("HTTP {} {}", of("status"), of("detail")).trim().to_owned(),
        }
    }
}
