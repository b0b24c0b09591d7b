//! Runs `cargo xtask test`: every check there is, step by step, or the named part.
//!
//! The order is that of need: the user interface is built before the desktop is compiled, which carries it inside.
//! Rust is always built as one selection of packages (`--workspace`): another selection means other features, and the
//! same dependencies compiled again (`src-tauri/docs/decisions/0001-one-feature-set.md`).

use std::env;
use std::process::Command;

use crate::demo::DESKTOP_BUILD;
use crate::package_test;
use crate::packages;
use crate::peers::{self, Preparing};
use crate::places;
use crate::programs::cargo;
use crate::run::{Failure, Steps, bounded, call, output};
use crate::session::DesktopSession;
use crate::setup;

/// The most minutes of a build: far above a cold build on two cores, far below the end of a CI run.
const BUILD_MINUTES_MAX: u32 = 40;
const TEST_MINUTES_MAX: u32 = 30;
/// The most minutes of the servers' tests: with `POSTONCE_KILL_ROUNDS=50` they kill for hours.
const SERVER_MINUTES_MAX: u32 = 240;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let mut steps = Steps::default();
    match arguments {
        [] => everything(&mut steps),
        ["fast"] => fast(&mut steps),
        ["rust"] => rust_alone(&mut steps),
        ["ui"] => ui_alone(&mut steps),
        ["desktop"] => desktop_alone(&mut steps),
        ["servers"] => servers(&mut steps),
        ["packages"] => package_test::run(&mut steps),
        _ => {
            let known = "takes one of fast, rust, ui, desktop, servers, packages, or nothing for all but the last";
            return Err(Failure::new(known));
        }
    }
    steps.finish()
}

const NO_SETUP: &str = "what it needs could not be set up";
const NO_UI: &str = "the user interface was not built";
const NO_BUILD: &str = "it was not built";
/// The tests that are a step of their own. `nextest.toml` leaves them out of the others.
const REAL_SERVERS: [&str; 2] = ["accounting::over_tryton", "accounting::over_odoo"];
/// The test that `cargo xtask bench` asks for.
const MEASURED: &str = "accounting::measured";

fn everything(steps: &mut Steps) {
    formatted(steps);
    let mut tools = None;
    let ready = steps.step("Set up", || setup::desktop_test().map(|ready| tools = Some(ready)));
    let peers = begin_peers(steps);
    let ui = tools.as_ref().is_some_and(|(node, _)| ui(steps, node));
    lint(steps, ui);
    let built = rust(steps, ui);
    finish_peers(steps, peers);
    real_servers(steps, built);
    let built = steps.step_if(ui, NO_UI, "Desktop: build", build_desktop);
    match &tools {
        Some((_, driver)) if ready => _ = steps.step_if(built, NO_BUILD, "Desktop: end to end", || end_to_end(driver)),
        _ => _ = steps.step_if(false, NO_SETUP, "Desktop: end to end", || Ok(())),
    }
}

fn fast(steps: &mut Steps) {
    formatted(steps);
    let ready = steps.step("Set up", setup::rust);
    let built = steps.step_if(ready, NO_SETUP, "Rust: build", || {
        call(&mut bounded(BUILD_MINUTES_MAX, cargo(&["build", "--bin", "postonce", "--test", "tidy"])))
    });
    steps.step_if(built, NO_BUILD, "Rust: tests", || tests(&[]));
}

fn rust_alone(steps: &mut Steps) {
    formatted(steps);
    let built = steps.step("Set up", || setup::desktop()?.script("build"));
    lint(steps, built);
    rust(steps, built);
}

fn servers(steps: &mut Steps) {
    let peers = begin_peers(steps);
    let built = steps.step("Rust: build", || {
        call(&mut bounded(BUILD_MINUTES_MAX, cargo(&["build", "--workspace", "--bins", "--test", "contract"])))
    });
    finish_peers(steps, peers);
    real_servers(steps, built);
}

/// Runs the list of behaviours against Tryton and Odoo themselves.
fn real_servers(steps: &mut Steps, built: bool) {
    steps.step_if(built, NO_BUILD, "Real servers: tests", || {
        let command = if has_nextest() {
            let asked = REAL_SERVERS.iter().map(|module| format!("test(/^{module}/)")).collect::<Vec<_>>().join(" or ");
            nextest(&["--workspace", "--ignore-default-filter", "--status-level", "pass", "-E", &asked])?
        } else {
            let mut command = cargo(&["test", "--workspace", "--test", "contract", "--", "--test-threads", "2"]);
            command
                .args(REAL_SERVERS)
                .env("POSTONCE_CLI_BIN", places::built("debug", "postonce")?)
                .env(peers::ASKED, "1");
            command
        };
        call(&mut bounded(SERVER_MINUTES_MAX, command))
    });
}

fn ui_alone(steps: &mut Steps) {
    let mut node = None;
    steps.step("Set up", || setup::ui().map(|ready| node = Some(ready)));
    if let Some(node) = node {
        ui(steps, &node);
    }
}

fn desktop_alone(steps: &mut Steps) {
    let mut driver = None;
    let ready = steps.step("Set up", || {
        let (node, path) = setup::desktop_test()?;
        driver = Some(path);
        node.script("build")
    });
    let built = steps.step_if(ready, NO_SETUP, "Desktop: build", build_desktop);
    if let Some(driver) = driver {
        steps.step_if(built, NO_BUILD, "Desktop: end to end", || end_to_end(&driver));
    }
}

fn formatted(steps: &mut Steps) {
    steps.step("Rust: format", || call(&mut cargo(&["fmt", "--all", "--check"])));
}

/// Builds and tests the user interface. True when it was built, whatever its tests say: the desktop can then be tried
/// all the same.
fn ui(steps: &mut Steps, node: &crate::node::Node) -> bool {
    steps.step("UI: lint", || node.script("lint"));
    steps.step("UI: types", || node.script("check"));
    steps.step("UI: tests", || node.script("test"));
    steps.step("UI: build", || node.script("build"))
}

fn lint(steps: &mut Steps, ready: bool) {
    steps.step_if(ready, NO_UI, "Rust: lint", || {
        // `e2e` is named, because `--all-targets` leaves out the targets that `cargo test` does not run by itself.
        for targets in [&["--all-targets"][..], &["--test", "e2e"]] {
            let mut clippy = cargo(&["clippy", "--workspace"]);
            clippy.args(targets).args(["--", "-D", "warnings"]);
            call(&mut bounded(BUILD_MINUTES_MAX, clippy))?;
        }
        Ok(())
    });
}

/// Prepares the tests' real servers while the compiler works; `None` when their packages could not be installed.
fn begin_peers(steps: &mut Steps) -> Option<Preparing> {
    steps.step("Real servers: begin", || packages::install(packages::PEERS)).then(Preparing::begin)
}

/// Waits for the servers. The other tests run whatever the end is.
fn finish_peers(steps: &mut Steps, peers: Option<Preparing>) {
    if let Some(peers) = peers {
        steps.step("Real servers: ready", || peers.finish());
    }
}

fn rust(steps: &mut Steps, ready: bool) -> bool {
    let built = steps.step_if(ready, NO_UI, "Rust: build", || {
        call(&mut bounded(BUILD_MINUTES_MAX, cargo(&["build", "--workspace", "--all-targets"])))
    });
    steps.step_if(built, NO_BUILD, "Rust: tests", || tests(&["--workspace"]));
    built
}

/// Runs the tests of a selection of packages, with nextest if it is installed, and the examples in its documentation.
fn tests(selection: &[&str]) -> Result<(), Failure> {
    let command = if has_nextest() {
        nextest(selection)?
    } else {
        let mut command = cargo(&["test", "--no-fail-fast"]);
        // The documentation has its own run below, because nextest has none.
        command.args(["--lib", "--bins", "--tests"]).args(selection).arg("--");
        command.args(REAL_SERVERS.iter().chain([&MEASURED]).flat_map(|module| ["--skip", module]));
        command.env("POSTONCE_CLI_BIN", places::built("debug", "postonce")?).env(peers::ASKED, "1");
        command
    };
    let mut examples = cargo(&["test", "--doc", "--quiet"]);
    examples.args(selection);
    let examples = call(&mut bounded(TEST_MINUTES_MAX, examples));
    call(&mut bounded(TEST_MINUTES_MAX, command)).and(examples)
}

fn has_nextest() -> bool {
    output(places::cargo_path(), &["nextest", "--version"]).is_some()
}

fn nextest(selection: &[&str]) -> Result<Command, Failure> {
    let mut command = cargo(&["nextest", "run", "--no-fail-fast"]);
    command.arg("--config-file").arg(places::root().join("src-tauri/crates/xtask/nextest.toml")).args(selection);
    command.env("POSTONCE_CLI_BIN", places::built("debug", "postonce")?).env(peers::ASKED, "1");
    Ok(command)
}

fn build_desktop() -> Result<(), Failure> {
    call(&mut bounded(BUILD_MINUTES_MAX, cargo(DESKTOP_BUILD)))?;
    call(&mut bounded(BUILD_MINUTES_MAX, cargo(&["test", "--workspace", "--test", "e2e", "--no-run"])))
}

/// Drives the desktop itself through its web view, on a display, a session bus and a keyring of its own.
fn end_to_end(tauri_driver: &std::path::Path) -> Result<(), Failure> {
    let session = DesktopSession::open()?;
    let mut command: Command = session.command(&cargo(&["test", "--workspace", "--test", "e2e"]));
    command
        .env("POSTONCE_CLI_BIN", places::built("debug", "postonce")?)
        .env("POSTONCE_DESKTOP_BIN", places::built("debug", "postonce-desktop")?)
        .env("POSTONCE_TAURI_DRIVER", tauri_driver)
        .env("POSTONCE_WEBKIT_DRIVER", webkit_driver()?);
    call(&mut bounded(TEST_MINUTES_MAX, command))
}

fn webkit_driver() -> Result<std::path::PathBuf, Failure> {
    crate::programs::find_in_system("WebKitWebDriver")
        .ok_or_else(|| Failure::new(format!("WebKitWebDriver is not in PATH ({:?})", env::var_os("PATH"))))
}
