//! Finds the words of a call that failed.

use std::error::Error;

/// Returns the innermost cause, which says most (`Connection refused`) and, unlike reqwest's own text, no address.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    // An error of reqwest without a cause would print its URL.
    if cause.is::<reqwest::Error>() { "?".to_owned() } else { cause.to_string() }
}
