//! Runs `cargo xtask simulate`: the simulation of `tests/simulation`, optimised, on all cores.

use crate::programs::cargo;
use crate::run::{Failure, call};

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let mut command = cargo(&["run", "--release", "--quiet", "--package", "postonce-simulation", "--"]);
    command.args(arguments);
    call(&mut command)
}
