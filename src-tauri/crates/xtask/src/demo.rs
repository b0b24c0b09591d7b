//! Runs `cargo xtask demo`: Postonce on a practice workspace, against the sandbox it brings along.
//!
//! With a display the app opens; without one the same sync runs here, and then neither Node nor a web view is needed.
//! The build is the tests' build: a person who tries both waits for the dependencies once
//! (`src-tauri/docs/decisions/0001-one-feature-set.md`).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::flags;
use crate::places;
use crate::programs::cargo;
use crate::run::{Failure, call, status};
use crate::setup;

/// The exit status of a `sync` that is done while something waits for a person, as practice records are meant to do.
const NEEDS_ATTENTION: i32 = 4;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [terminal, fresh, release] = flags(arguments, ["--terminal", "--fresh", "--release"])?;
    let workspace = places::cache()?.join("practice");
    if fresh && workspace.exists() {
        fs::remove_dir_all(&workspace).map_err(|error| Failure::new(format!("{}: {error}", workspace.display())))?;
    }
    let profile = if release { Profile::RELEASE } else { Profile::DEV };
    if !terminal && has_display() {
        return in_window(&workspace, &profile);
    }
    if !terminal {
        println!(
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so the sync runs in the terminal."
        );
    }
    in_terminal(&workspace, &profile)
}

struct Profile {
    flag: Option<&'static str>,
    folder: &'static str,
}

impl Profile {
    const DEV: Self = Self { flag: None, folder: "debug" };
    const RELEASE: Self = Self { flag: Some("--release"), folder: "release" };
}

fn in_window(workspace: &Path, profile: &Profile) -> Result<(), Failure> {
    let node = setup::desktop()?;
    node.script("build")?;
    println!("Building Postonce. The first time this takes some minutes.");
    call(cargo(DESKTOP_BUILD).args(profile.flag))?;
    let practice = Practice::ready(workspace, places::built(profile.folder, "postonce")?)?;
    println!("Opening Postonce on the practice workspace {}. It ends with its window.", practice.workspace.display());
    let desktop = places::built(profile.folder, "postonce-desktop")?;
    call(Command::new(desktop).arg("--workspace").arg(practice.workspace))
}

fn in_terminal(workspace: &Path, profile: &Profile) -> Result<(), Failure> {
    setup::rust()?;
    println!("Building Postonce. The first time this takes some minutes.");
    call(cargo(&["build", "--package", "postonce-cli"]).args(profile.flag))?;
    let practice = Practice::ready(workspace, places::built(profile.folder, "postonce")?)?;
    match status(&mut practice.postonce(&["sync"]))? {
        0 | NEEDS_ATTENTION => call(&mut practice.postonce(&["history"])),
        code => Err(Failure::new(format!("`postonce sync` ended with {code}"))),
    }
}

/// The build of both programs. A test target stands among them because cargo then counts the features of the tests'
/// dependencies too, and `cargo xtask test` finds every dependency as it wants it.
pub(crate) const DESKTOP_BUILD: &[&str] =
    &["build", "--workspace", "--bin", "postonce", "--bin", "postonce-desktop", "--test", "tidy"];

/// A practice workspace, kept between runs, and the command line that made it.
struct Practice<'a> {
    workspace: &'a Path,
    postonce: PathBuf,
}

impl<'a> Practice<'a> {
    fn ready(workspace: &'a Path, postonce: PathBuf) -> Result<Self, Failure> {
        let practice = Self { workspace, postonce };
        if !workspace.join("workspace.toml").exists() {
            call(&mut practice.postonce(&["init", "--practice"]))?;
        }
        Ok(practice)
    }

    fn postonce(&self, command: &[&str]) -> Command {
        let mut postonce = Command::new(&self.postonce);
        postonce.arg("--workspace").arg(self.workspace).args(command);
        postonce
    }
}

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
