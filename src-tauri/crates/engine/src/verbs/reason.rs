//! Checks a person's reason, and the text that a person types once more to confirm.

use crate::error::Problem;

/// The characters of a reason at least: a few words. The ledger's `CHECK` says the same.
pub(crate) const REASON_LENGTH_MIN: usize = 10;

/// Checks that a reason says something.
///
/// # Errors
/// [`Problem::reason_too_short`].
pub(crate) fn check_reason(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    if reason.chars().count() < REASON_LENGTH_MIN {
        return Err(Problem::reason_too_short(REASON_LENGTH_MIN));
    }
    Ok(reason.to_owned())
}

/// Checks that a person typed the expected text again.
///
/// # Errors
/// [`Problem::confirmation_differs`].
pub(crate) fn check_confirmation(expected: &str, found: &str) -> Result<(), Problem> {
    if expected == found {
        return Ok(());
    }
    Err(Problem::confirmation_differs(expected, found))
}
