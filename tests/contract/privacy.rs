//! Tests that a workspace is its user's alone, and that looking at it needs no right to write.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use postonce_tests::{CliRig, command_output};
use serde_json::{Value, json};

/// A user who owns nothing.
const NOBODY: u32 = 65_534;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(all_below(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn everything_that_is_made_is_the_users_alone() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let workspace = folder.path().join("books");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(postonce_tests::cli());
        command.arg("--workspace").arg(&workspace).arg("--json").args(arguments);
        command_output(command)
    };
    assert_eq!(run(&["init", "--practice", "--records", "3"]).status, Some(0));
    assert_eq!(run(&["sync"]).status, Some(0));
    let report = workspace.join("certificate.pdf");
    assert_eq!(run(&["certificate", "last", &report.display().to_string()]).status, Some(0));
    let made = all_below(&workspace);
    assert!(made.iter().any(|path| path.parent().is_some_and(|parent| parent.ends_with("backups"))), "{made:?}");
    for path in made.iter().chain([&workspace]) {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[test]
fn status_names_what_was_open_to_others() {
    let rig = CliRig::practice(3, "");
    assert_eq!(rig.sync().status, Some(0));
    let ledger = rig.path().join("ledger.sqlite");
    set_mode(&ledger, 0o644);
    set_mode(rig.path(), 0o775);
    let status = rig.run(&["status"]);
    let open = status.last()["open_to_others"].as_array().expect("a list").clone();
    let of = |path: &Path| {
        let found = open.iter().find(|open| open["path"] == path.display().to_string());
        found.map_or(Value::Null, |open| json!([open["mode"], open["closed"]]))
    };
    assert_eq!(of(&ledger), json!(["644", true]), "{open:?}");
    assert_eq!(of(rig.path()), json!(["775", false]), "{open:?}");
    assert_eq!((mode(&ledger), mode(rig.path())), (0o600, 0o775));
    set_mode(rig.path(), 0o700);
    assert_eq!(rig.run(&["status"]).last()["open_to_others"], json!([]));
}

/// Makes a copy of a workspace that may only be read, and returns a way to run commands on it as somebody who cannot
/// write there.
fn readable_copy(rig: &CliRig, into: &Path) -> impl Fn(&[&str]) -> Command {
    let copy = into.join("copy");
    fs::create_dir(&copy).expect("writable");
    for path in all_below(rig.path()).into_iter().filter(|path| path.parent() == Some(rig.path()) && path.is_file()) {
        let to = copy.join(path.file_name().expect("a file"));
        fs::copy(&path, &to).expect("readable");
        set_mode(&to, 0o444);
    }
    set_mode(&copy, 0o555);
    set_mode(into, 0o755);
    let program = into.join("postonce");
    fs::copy(postonce_tests::cli(), &program).expect("readable");
    set_mode(&program, 0o755);
    let is_root = rustix::process::geteuid().is_root();
    move |arguments| {
        let mut command = Command::new(&program);
        command.arg("--workspace").arg(&copy).arg("--json").args(arguments).env("HOME", "/nonexistent");
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env_remove("POSTONCE_WORKSPACE").current_dir("/");
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

#[test]
fn looking_at_a_copy_needs_no_right_to_write() {
    let mut rig = CliRig::practice(5, "");
    assert_eq!(rig.sync().status, Some(0));
    rig.stop_sandbox();
    let place = tempfile::tempdir().expect("the machine has a temporary folder");
    let copied = readable_copy(&rig, place.path());
    let run = |arguments: &[&str]| command_output(copied(arguments));
    let before = all_below(place.path());
    let history = run(&["history"]);
    assert_eq!((history.status, history.last()["runs"].as_array().map(Vec::len)), (Some(0), Some(1)), "{history:?}");
    let shown = run(&["run", "last"]);
    assert_eq!(shown.status, Some(0), "{shown:?}");
    let id = shown.last()["records"][0]["record_id"].as_str().expect("a record").to_owned();
    assert_eq!(run(&["record", &id]).status, Some(0));
    assert_eq!(run(&["attention"]).status, Some(0));
    let verified = run(&["audit", "verify"]);
    assert_eq!((&verified.last()["changed"], verified.status), (&json!(false), Some(0)), "{verified:?}");
    assert_eq!(all_below(place.path()), before, "nothing is made beside it");
    // To change something is refused with the sentence for it.
    assert_eq!(run(&["accept", &id, "--reason", "because it is a test"]).status, Some(6));
}

#[test]
fn practice_needs_no_key_and_says_so() {
    let rig = CliRig::practice(2, "");
    assert_eq!(rig.sync().status, Some(0));
    let mut command = Command::new(postonce_tests::cli());
    command.arg("--workspace").arg(rig.path()).args(["audit", "verify"]).env("LC_ALL", "C");
    command.env_remove("POSTONCE_SECRET_AUDIT_KEY");
    let said = String::from_utf8_lossy(&command.output().expect("the program starts").stdout).into_owned();
    assert!(said.contains("practice needs no key") && !said.contains("keyring nor"), "{said}");
}
