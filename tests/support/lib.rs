//! Serves every question: finds the programs under test and the project's shared data, and holds what several rigs share.

mod cli_rig;
mod file_rig;
mod lies;
mod made_up_books;
mod outside;
mod patience;
mod proxy;
mod running;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub use cli_rig::{CliRig, TOKEN, plain_source, real_source};
pub use file_rig::FileRig;
pub use lies::Lie;
pub use made_up_books::{BookedVoucher, MadeUpBooks};
pub use outside::{CompanyProxy, HOST, certify, web_page};
pub use patience::{WAIT_MAX, look_for, wait_for, wait_until};
pub use proxy::{Fault, Proxy};
pub use running::{CommandOutput, Running, command_output};

/// The top of the checkout that cargo runs the tests in: several may share a target folder, and so one compiled test.
pub fn root() -> &'static Path {
    static HERE: LazyLock<PathBuf> = LazyLock::new(|| {
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).into()
    });
    HERE.parent().unwrap_or(&HERE)
}

/// The command line under test.
///
/// # Panics
/// When it was not built: a test that quietly runs nothing would be worse.
pub fn cli() -> PathBuf {
    program("POSTONCE_CLI_BIN", "postonce")
}

/// The desktop under test.
///
/// # Panics
/// When it was not built.
pub fn desktop() -> PathBuf {
    program("POSTONCE_DESKTOP_BIN", "postonce-desktop")
}

/// A file of the project's shared data, which lies beside the checkout on some machines and is never committed.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let path = root().parent()?.join("shared").join("data").join(name);
    path.is_file().then_some(path)
}

/// Named by `variable`, as `cargo xtask test` does it, or else beside the running test: in `deps/..`.
fn program(variable: &str, name: &str) -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().ok()?;
        Some(test.parent()?.parent()?.join(name).with_extension(std::env::consts::EXE_EXTENSION))
    };
    let path = std::env::var_os(variable).map(PathBuf::from).or_else(beside).unwrap_or_default();
    assert!(
        path.is_file(),
        "{name} is not at {}: build it (`cargo build --workspace --bins`), or run `cargo xtask test`",
        path.display()
    );
    path
}
