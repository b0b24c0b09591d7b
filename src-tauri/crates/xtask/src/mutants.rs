//! Runs `cargo xtask mutants`: changes the guard, the ledger, the lock, the trail and the meaning of answers in one place
//! at a time, and names each change that no test notices.
//!
//! `.cargo/mutants.toml` says which files are changed, which tests are asked, and which changes make no difference, with
//! the reason for each. There are two thousand changes, each of which is built: a day on two cores.

use std::process::Command;

use crate::places;
use crate::run::{Failure, call};
use crate::tools::CARGO_MUTANTS;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let program = CARGO_MUTANTS.ready()?;
    let mut command = Command::new(program);
    command.args(["mutants", "--output"]).arg(places::target()?.join("mutants"));
    command.args(arguments).env("CARGO", places::cargo_path()).current_dir(places::root());
    call(&mut command)
}
