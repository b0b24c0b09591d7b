//! `cargo xtask deny`: what `deny.toml` says about every dependency.
//!
//! Not part of `cargo xtask test`: cargo-deny takes minutes to build. `tests/tidy` holds the bans and the sources without it, from
//! the lock file. The advisory database is left to whoever may reach it.

use crate::flags;
use crate::programs;
use crate::run::{Failure, call};
use crate::tools::CARGO_DENY;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    let program = CARGO_DENY.ready()?;
    let mut command = std::process::Command::new(program);
    command.env("CARGO", programs::cargo_path()).current_dir(crate::places::root());
    call(command.args(["--workspace", "check", "licenses", "bans", "sources"]))
}
