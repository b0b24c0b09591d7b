//! Runs `cargo xtask peers`: the real accounting systems of the tests, prepared once for a machine.
//!
//! `cargo xtask test` does it beside the compiler's work. A server that cannot be had on a machine gets a line of its
//! own and its tests are skipped; a server that could be had and does not come up fails.

use std::thread::JoinHandle;

use postonce_peers::{Kind, Trouble};

use crate::flags;
use crate::packages;
use crate::run::Failure;

/// The variable that says to the tests that everything possible is prepared: none of them begins a failed preparation
/// anew.
pub(crate) const ASKED: &str = "POSTONCE_PEERS_ONLY_PREPARED";

/// The one server that CI must have: code that nobody here wrote is asked at least once before anything lands.
const NEVER_SKIPPED: &str = "Tryton";

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    packages::install(packages::PEERS)?;
    prepare()
}

/// Prepares the missing servers, and says how it went.
pub(crate) fn prepare() -> Result<(), Failure> {
    println!("Preparing in {}. The first time this takes some minutes.", place()?);
    outcome(postonce_peers::prepare(), in_ci())
}

/// Preparation that goes on while other steps do.
pub(crate) struct Preparing(JoinHandle<Vec<(&'static str, Result<(), Trouble>)>>);

impl Preparing {
    /// Begins the preparation.
    pub(crate) fn begin() -> Self {
        Self(std::thread::spawn(postonce_peers::prepare))
    }

    /// Waits for its end, and says how it went.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        println!("They are in {}.", place()?);
        let ended = self.0.join().map_err(|_| Failure::new("the preparation of the real servers panicked"))?;
        outcome(ended, in_ci())
    }
}

fn place() -> Result<String, Failure> {
    let folder = postonce_peers::folder().map_err(|trouble| Failure::new(trouble.to_string()))?;
    Ok(folder.display().to_string())
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// Prints a line for each; returns a failure when one is broken.
fn outcome(ends: Vec<(&'static str, Result<(), Trouble>)>, in_ci: bool) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for (name, end) in ends {
        match end {
            Ok(()) => println!("{name} is ready."),
            Err(trouble) if trouble.kind == Kind::NotToBeHad && !(in_ci && name == NEVER_SKIPPED) => {
                println!("*** SKIPPED: nothing is tested against {name}, for {trouble}");
            }
            Err(trouble) => broken.push(format!("{name}: {trouble}")),
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::new(broken.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_server_is_a_failure_and_a_missing_one_is_none() {
        let missing = |name| vec![("A", Ok(())), (name, Err(Trouble::not_to_be_had("there is none")))];
        for in_ci in [false, true] {
            assert!(outcome(missing("B"), in_ci).is_ok());
            let broken = vec![("A", Err(Trouble::broken("it fell"))), ("B", Ok(()))];
            assert_eq!(outcome(broken, in_ci).expect_err("it is broken").to_string(), "A: it fell");
        }
        assert!(outcome(missing(NEVER_SKIPPED), false).is_ok());
        assert!(outcome(missing(NEVER_SKIPPED), true).is_err(), "CI has it, or fails");
    }
}
