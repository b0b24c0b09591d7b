//! An attempt: one claim on a record and generation.

use std::fmt;

use super::text_value::text_value;

text_value! {
    /// `claimed` → (`staged` →) `posted`, `refused`, `not_sent` or `unknown`; `unknown` → `posted`, `refused` or `not_sent`, by evidence.
    AttemptState {
        /// Committed to the ledger, perhaps on its way.
        Claimed = "claimed",
        /// A draft stands in the accounting system.
        Staged = "staged",
        /// Acknowledged.
        Posted = "posted",
        /// The accounting system said no; nothing was booked.
        Refused = "refused",
        /// Provably never processed.
        NotSent = "not_sent",
        /// Sent, or maybe; no answer was understood.
        Unknown = "unknown",
    }
}

text_value! {
    /// The way by which the members of a request went.
    RequestKind {
        /// Straight into the books.
        Vouchers = "vouchers",
        /// As drafts.
        Drafts = "drafts",
        /// Not at all: its members were found in the books.
        Found = "found",
    }
}

/// The key under which a request travels, and is repeated as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey(String);

impl RequestKey {
    /// A fresh key of the id source, or one from the ledger.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
