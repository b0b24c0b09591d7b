//! Holds the states of an attempt. An attempt is one claim on a record and generation.

use std::fmt;

use super::text_value::text_value;

text_value! {
    /// The state of an attempt: `claimed` → (`staged` →) `posted`, `refused`, `not_sent` or `unknown`; `unknown` →
    /// `posted`, `refused` or `not_sent`, by evidence. Where files are taken: `claimed` or `unknown` → `handed_over` →
    /// `posted`, when it is seen in the books, or `withdrawn`.
    AttemptState {
        /// The claim is committed to the ledger; the request is perhaps on its way.
        Claimed = "claimed",
        /// A draft stands in the accounting system.
        Staged = "staged",
        /// It is in a sealed file that was delivered, and was not seen in the books yet.
        HandedOver = "handed_over",
        /// The accounting system acknowledged a voucher.
        Posted = "posted",
        /// Its file was withdrawn: it was never imported, and the record goes again under the next generation.
        Withdrawn = "withdrawn",
        /// The accounting system said no; nothing was booked.
        Refused = "refused",
        /// The attempt was provably never processed.
        NotSent = "not_sent",
        /// The attempt was sent, or maybe; no answer was understood.
        Unknown = "unknown",
    }
}

impl AttemptState {
    /// Says whether it has a voucher, or may have one: the others provably never made one, or their file was withdrawn.
    pub fn may_have_voucher(self) -> bool {
        !matches!(self, Self::Refused | Self::NotSent | Self::Withdrawn)
    }
}

text_value! {
    /// The way by which the members of a request went.
    RequestKind {
        /// They went straight into the books.
        Vouchers = "vouchers",
        /// They went as drafts.
        Drafts = "drafts",
        /// They did not go at all: they were found in the books.
        Found = "found",
    }
}

/// The key under which a request travels, and is repeated as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey(String);

impl RequestKey {
    /// Wraps a fresh key of the id source, or one from the ledger.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
