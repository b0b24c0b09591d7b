//! Holds the reason why a server cannot be had.

use std::fmt;

/// The side that fails: the machine, or the code here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its parts cannot be had here: a test that needs it is skipped, aloud.
    NotToBeHad,
    /// It could be had, and something went wrong: a test that needs it fails.
    Broken,
}

/// A sentence for the person who runs the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The side that fails: the machine, or the code here.
    pub kind: Kind,
    sentence: String,
}

impl Trouble {
    /// Returns the trouble of something that went wrong and should not.
    pub fn broken(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Broken, sentence: sentence.into() }
    }

    /// Returns the trouble of something that cannot be had on this machine.
    pub fn not_to_be_had(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::NotToBeHad, sentence: sentence.into() }
    }

    /// Returns the same trouble in one line, as one of the machine: it keeps the last line of a program's output.
    #[cfg(unix)]
    pub(crate) fn or_not_to_be_had(self, why: &str) -> Self {
        let last = self.sentence.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        Self::not_to_be_had(format!("{why}: {last}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Trouble {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_of_the_machine_stands_in_one_line() {
        let trouble = Trouble::broken("`apt-get download` ended with 100:\nReading…\nE: Unable to locate package\n");
        let problem = trouble.or_not_to_be_had("the package cannot be had");
        assert_eq!(problem, Trouble::not_to_be_had("the package cannot be had: E: Unable to locate package"));
    }
}
