//! Sets up the programs that xtask calls, in one way for all calls.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places;
use crate::run::in_ci;

/// Returns `cargo SUBCOMMAND` at the top of the checkout; in CI the lock file has to be up to date.
pub(crate) fn cargo(subcommand: &[&str]) -> Command {
    let mut command = Command::new(places::cargo_path());
    command.args(subcommand).current_dir(places::root());
    let resolves = subcommand.first().is_some_and(|name| *name != "fmt");
    if in_ci() && resolves {
        command.arg("--locked");
    }
    command
}

/// Returns the place of a program in `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    find_in(&env::var_os("PATH")?, name)
}

/// Returns the place of a program of the system: in `PATH`, or in the folders of daemons, which are not in everybody's
/// `PATH`.
pub(crate) fn find_in_system(name: &str) -> Option<PathBuf> {
    find(name).or_else(|| find_in("/usr/bin:/usr/local/bin:/usr/sbin:/usr/local/sbin".as_ref(), name))
}

fn find_in(path: &std::ffi::OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path)
        .map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
