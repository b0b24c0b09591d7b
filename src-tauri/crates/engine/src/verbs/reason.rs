//! A person's reason, and what a person types once more to confirm.

use crate::error::{ErrorCode, Problem};

/// Characters of a reason at least: a few words. The ledger's `CHECK` says the same.
pub(crate) const REASON_LENGTH_MIN: usize = 10;

/// A reason must say something.
///
/// # Errors
/// [`ErrorCode::ReasonTooShort`].
pub(crate) fn check_reason(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    if reason.chars().count() < REASON_LENGTH_MIN {
        return Err(Problem::new(ErrorCode::ReasonTooShort).with("minimum", REASON_LENGTH_MIN));
    }
    Ok(reason.to_owned())
}

/// Checks that a person typed again what is expected.
///
/// # Errors
/// [`ErrorCode::ConfirmationDiffers`].
pub(crate) fn check_confirmation(expected: &str, found: &str) -> Result<(), Problem> {
    if expected == found {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ConfirmationDiffers).with("expected", expected).with("found", found))
}
