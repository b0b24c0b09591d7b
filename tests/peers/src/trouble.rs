//! Why a server cannot be had.

use std::fmt;

/// Whether it is the machine that cannot, or we.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What it is made of cannot be had here: a test that needs it is skipped, aloud.
    NotToBeHad,
    /// It could be had, and something went wrong: a test that needs it fails.
    Broken,
}

/// A sentence for whoever runs the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whether it is the machine that cannot, or we.
    pub kind: Kind,
    sentence: String,
}

impl Trouble {
    /// Something went wrong that should not.
    pub fn broken(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Broken, sentence: sentence.into() }
    }

    /// Something cannot be had on this machine.
    pub fn not_to_be_had(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::NotToBeHad, sentence: sentence.into() }
    }

    /// The same trouble, told as one of a machine that cannot.
    #[cfg(unix)]
    pub(crate) fn or_not_to_be_had(self, why: &str) -> Self {
        Self::not_to_be_had(format!("{why}: {}", self.sentence))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Trouble {}
