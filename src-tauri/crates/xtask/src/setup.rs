//! Runs `cargo xtask setup`: everything the other commands need. They ask for their own part themselves.

use std::path::PathBuf;

use crate::flags;
use crate::node::Node;
use crate::packages;
use crate::run::Failure;
use crate::tools::TAURI_DRIVER;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    packages::install(packages::PEERS)?;
    desktop_test()?;
    println!("Everything is there.");
    Ok(())
}

/// Prepares for Rust alone: a compiler for the C that some crates bring along.
pub(crate) fn rust() -> Result<(), Failure> {
    packages::install(packages::COMPILER)
}

/// Prepares for the user interface alone.
pub(crate) fn ui() -> Result<Node, Failure> {
    let node = Node::ready()?;
    node.install_ui_packages()?;
    Ok(node)
}

/// Prepares for building the desktop and opening it.
pub(crate) fn desktop() -> Result<Node, Failure> {
    packages::install(&[packages::COMPILER, packages::DESKTOP].concat())?;
    ui()
}

/// Prepares for driving the desktop in a test, and with that for everything. Returns the driver's path as well.
pub(crate) fn desktop_test() -> Result<(Node, PathBuf), Failure> {
    packages::install(&[packages::COMPILER, packages::DESKTOP, packages::DESKTOP_TEST].concat())?;
    Ok((ui()?, TAURI_DRIVER.ready()?))
}
