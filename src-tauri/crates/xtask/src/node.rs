//! Finds Node and installs the packages of the user interface.
//!
//! Debian 12 has Node 18 and Ubuntu 24.04 has it too; the bundler wants a newer one. The npm registry carries Node
//! itself as a package, program and all, so an old npm is enough to get a new Node. It stays in xtask's cache and is
//! used through `PATH` by xtask's own calls only.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::places;
use crate::programs::find;
use crate::run::{Failure, call, output};

/// The version to fetch when the machine's own is too old. Both architectures have this version.
const NODE_VERSION: &str = "24.21.0";
const NPM_VERSION: &str = "11.19.1";

/// The stamp beside the installed packages: the manifests they were installed from.
const STAMP: &str = "node_modules/.postonce-stamp";

/// A Node that is new enough: the machine's, or one from the cache.
pub(crate) struct Node {
    /// The folder that goes in front of `PATH`; `None` for the machine's own.
    folder: Option<PathBuf>,
}

impl Node {
    /// Finds a Node that is new enough, or fetches one.
    pub(crate) fn ready() -> Result<Self, Failure> {
        if find("npm").is_some() && output("node", &["--version"]).is_some_and(|version| is_new_enough(&version)) {
            return Ok(Self { folder: None });
        }
        let home = places::cache()?.join("node").join(NODE_VERSION);
        let folder = home.join("node_modules").join(".bin");
        let is_there = |name: &str| folder.join(name).exists();
        if !(is_there("npm") && output(folder.join("node"), &["--version"]).is_some_and(|v| is_new_enough(&v))) {
            fetch(&home)?;
        }
        Ok(Self { folder: Some(folder) })
    }

    /// Returns `npm ARGUMENTS` in the folder of the user interface.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("npm");
        if let Some(folder) = &self.folder {
            let path = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths(std::iter::once(folder.clone()).chain(env::split_paths(&path)));
            command = Command::new(folder.join("npm"));
            if let Ok(path) = path {
                command.env("PATH", path);
            }
        }
        command.args(arguments).current_dir(places::ui());
        command
    }

    /// Installs the packages of the lock file, when the manifests are others than those the installed packages came
    /// from.
    ///
    /// It does not use `npm ci`, which also demands the optional packages of every other system; when a registry lacks
    /// some of them, no lock file can name them. `tests/tidy` holds the other rule of `npm ci`: the lock follows the
    /// manifest.
    pub(crate) fn install_ui_packages(&self) -> Result<(), Failure> {
        let ui = places::ui();
        let wanted = manifests(&ui)?;
        let stamp = ui.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        call(&mut self.npm(&["install", "--no-save", "--no-audit", "--no-fund"]))?;
        fs::write(&stamp, wanted).map_err(|error| Failure::new(format!("{}: {error}", stamp.display())))
    }

    /// Runs a script of `ui/package.json`.
    pub(crate) fn script(&self, name: &str) -> Result<(), Failure> {
        call(&mut self.npm(&["run", name]))
    }
}

fn manifests(ui: &Path) -> Result<String, Failure> {
    ["package.json", "package-lock.json"]
        .iter()
        .map(|name| {
            let path = ui.join(name);
            fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        })
        .collect()
}

fn fetch(home: &Path) -> Result<(), Failure> {
    let architecture = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "x64",
        ("linux", "aarch64") => "arm64",
        _ => return Err(Failure::new("Node 20.19 or newer is needed; please install it from nodejs.org")),
    };
    if find("npm").is_none() {
        packages::install(&["nodejs", "npm"])?;
    }
    if find("npm").is_none() {
        return Err(Failure::new("Node 20.19 or newer and npm are needed; please install them"));
    }
    println!("This machine's Node is missing or too old; fetching Node {NODE_VERSION} into {}", home.display());
    // A half-finished one from an interrupted run would be taken for a complete one.
    if home.exists() {
        fs::remove_dir_all(home).map_err(|error| Failure::new(format!("{}: {error}", home.display())))?;
    }
    fs::create_dir_all(home).map_err(|error| Failure::new(format!("{}: {error}", home.display())))?;
    call(
        Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(home)
            .args([format!("node-linux-{architecture}@{NODE_VERSION}"), format!("npm@{NPM_VERSION}")])
            .current_dir(home),
    )
}

/// Tells whether the version is one that Vite 8 asks for: `^20.19.0 || >=22.12.0`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundler_decides_which_node_is_new_enough() {
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.21.0"] {
            assert!(is_new_enough(version), "{version}");
        }
        for version in ["v18.20.4", "v20.18.9", "v21.7.0", "v22.11.0", "", "nonsense"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
