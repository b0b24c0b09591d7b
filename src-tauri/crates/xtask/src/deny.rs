//! Runs `cargo xtask deny`: the rules of `deny.toml` for every dependency.
//!
//! It is not part of `cargo xtask test`: cargo-deny takes minutes to build. `tests/tidy` holds the bans and the sources
//! without it, from the lock file. The advisory database is for those who may reach it.

use crate::flags;
use crate::places;
use crate::run::{Failure, call};
use crate::tools::CARGO_DENY;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    let program = CARGO_DENY.ready()?;
    let mut command = std::process::Command::new(program);
    command.env("CARGO", places::cargo_path()).current_dir(places::root());
    call(command.args(["--workspace", "check", "licenses", "bans", "sources"]))
}
