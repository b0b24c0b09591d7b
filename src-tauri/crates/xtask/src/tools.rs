//! Builds tools in Rust that no package of the system has: once, pinned, kept in xtask's cache.

use std::path::PathBuf;
use std::process::Command;

use crate::places;
use crate::run::{Failure, call};

/// A tool from crates.io, and the one version of it in use.
pub(crate) struct Tool {
    /// The name of the crate and of its program.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

/// The WebDriver of a Tauri application. 3 is an alpha.
pub(crate) const TAURI_DRIVER: Tool = Tool { name: "tauri-driver", version: "2.1.0" };

/// The reader of `deny.toml`.
pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// The builder that writes into a program what it is made of.
pub(crate) const CARGO_AUDITABLE: Tool = Tool { name: "cargo-auditable", version: "0.7.7" };

/// The writer of the list of what a program is made of.
pub(crate) const CARGO_CYCLONEDX: Tool = Tool { name: "cargo-cyclonedx", version: "0.5.9" };

/// The changer of programs, one place at a time.
pub(crate) const CARGO_MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };

impl Tool {
    /// Returns the program, built if it is not there yet.
    pub(crate) fn ready(&self) -> Result<PathBuf, Failure> {
        let home = places::cache()?.join("tools").join(format!("{}-{}", self.name, self.version));
        let program = home.join("bin").join(self.name).with_extension(std::env::consts::EXE_EXTENSION);
        if !program.is_file() {
            println!("Building {} {} once, into {}", self.name, self.version, home.display());
            // It is built in a folder of its own: in the common one it would be a release build that nothing else
            // shares.
            call(
                Command::new(places::cargo_path())
                    .args(["install", self.name, "--version", self.version, "--locked", "--quiet", "--force", "--root"])
                    .arg(&home)
                    .env_remove("CARGO_TARGET_DIR"),
            )?;
        }
        Ok(program)
    }
}
