//! `cargo xtask peers`: the real accounting systems of the tests, prepared once for a machine.
//!
//! `cargo xtask test` does it beside the compiler's work. What cannot be had on a machine is told in a line of its own and its tests
//! are skipped; what could be had and does not come up fails.

use std::thread::JoinHandle;

use postonce_peers::{Kind, Trouble};

use crate::flags;
use crate::packages;
use crate::run::Failure;

/// Says to the tests that all that can be prepared is: none of them begins anew what failed once.
pub(crate) const ASKED: &str = "POSTONCE_PEERS_ONLY_PREPARED";

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    packages::install(packages::PEERS)?;
    prepare()
}

/// Prepares what is not there yet, and tells how it went.
pub(crate) fn prepare() -> Result<(), Failure> {
    println!("Preparing in {}. The first time this takes some minutes.", place()?);
    told(postonce_peers::prepare())
}

/// Preparation that goes on while other steps do.
pub(crate) struct Preparing(JoinHandle<Vec<(&'static str, Result<(), Trouble>)>>);

impl Preparing {
    /// Begins it.
    pub(crate) fn begin() -> Self {
        Self(std::thread::spawn(postonce_peers::prepare))
    }

    /// Waits for its end, and tells how it went.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        println!("They are in {}.", place()?);
        let ended = self.0.join().map_err(|_| Failure::new("the preparation of the real servers panicked"))?;
        told(ended)
    }
}

fn place() -> Result<String, Failure> {
    let folder = postonce_peers::folder().map_err(|trouble| Failure::new(trouble.to_string()))?;
    Ok(folder.display().to_string())
}

/// A line for each; a failure where one is broken.
fn told(ends: Vec<(&'static str, Result<(), Trouble>)>) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for (name, end) in ends {
        match end {
            Ok(()) => println!("{name} is ready."),
            Err(trouble) if trouble.kind == Kind::NotToBeHad => {
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
    fn what_cannot_be_had_is_no_failure_and_what_is_broken_is_one_that_names_it() {
        assert!(told(vec![("A", Ok(())), ("B", Err(Trouble::not_to_be_had("there is none")))]).is_ok());
        let failure = told(vec![("A", Err(Trouble::broken("it fell"))), ("B", Ok(()))]).expect_err("it is broken");
        assert_eq!(failure.to_string(), "A: it fell");
    }
}
