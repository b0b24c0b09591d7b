//! Tests the program as systemd's service: the units that it writes, and what it tells the service manager while it runs.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;

use postonce_tests::{CliRig, CommandOutput, Running, WAIT_MAX, command_output};
use serde_json::json;

/// Makes a workspace with a schedule, and a home with a `systemctl` that writes down what it is asked.
fn at_home() -> (CliRig, tempfile::TempDir) {
    let rig = CliRig::practice(3, "");
    let text = rig.workspace() + "\n[schedule]\ncron = \"30 2 1 * mon\"\n";
    std::fs::write(rig.path().join("workspace.toml"), text).expect("writable");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    program(&home.path().join("systemctl"), "echo \"$@\" >> \"$HOME/asked\"\necho active");
    (rig, home)
}

fn program(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("writable");
    let made = Command::new("chmod").arg("755").arg(path).status();
    assert!(made.expect("there is a chmod").success());
}

fn run(rig: &CliRig, home: &Path, arguments: &[&str]) -> CommandOutput {
    let mut command = rig.command(arguments);
    let path = format!("{}:/usr/bin:/bin", home.display());
    command
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .env("PATH", path)
        .env("POSTONCE_UNIT_DIR", home.join("system"));
    command_output(command)
}

fn unit(home: &Path, ending: &str) -> PathBuf {
    home.join(format!(".config/systemd/user/postonce-practice.{ending}"))
}

/// Lets systemd read units, where this machine has it.
fn verify(units: &[PathBuf]) {
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(units).output();
    let Ok(verified) = verified else { return eprintln!("skipped: this machine has no systemd-analyze") };
    let words = String::from_utf8_lossy(&verified.stderr).into_owned();
    // Units that the machine itself lacks, and its own faults, are not ours.
    let ours: Vec<&str> = words.lines().filter(|line| line.contains("postonce-")).collect();
    assert_eq!(ours, Vec::<&str>::new(), "{words}");
}

#[test]
fn service_is_installed_seen_and_removed() {
    let (rig, home) = at_home();
    let home = home.path();
    assert_eq!(run(&rig, home, &["service", "status"]).status, Some(4), "there is none");
    let installed = run(&rig, home, &["service", "install"]);
    assert_eq!((installed.status, &installed.last()["started"]), (Some(0), &json!(true)), "{installed:?}");
    let text = std::fs::read_to_string(unit(home, "service")).expect("it is written");
    for part in ["Type=notify", "WatchdogSec=", " schedule\n", &format!("--workspace \"{}\"", rig.path().display())] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("practice-token") && !text.contains("POSTONCE_SECRET"), "{text}");
    verify(&[unit(home, "service")]);
    let status = run(&rig, home, &["service", "status"]);
    assert_eq!((status.status, &status.last()["active"]), (Some(0), &json!("active")), "{status:?}");
    assert_eq!(run(&rig, home, &["service", "remove"]).status, Some(0));
    assert!(!unit(home, "service").exists() && rig.path().join("workspace.toml").exists());
    let asked = std::fs::read_to_string(home.join("asked")).expect("it was asked");
    let asked: Vec<&str> = asked.lines().filter(|line| !line.contains("is-")).collect();
    let name = "postonce-practice.service";
    assert_eq!(
        asked,
        [
            "--user daemon-reload",
            &format!("--user enable --now {name}"),
            &format!("--user disable --now {name}"),
            "--user daemon-reload"
        ]
    );
}

#[test]
fn timer_has_the_times_of_the_schedule() {
    let (rig, home) = at_home();
    let home = home.path();
    assert_eq!(run(&rig, home, &["service", "install", "--timer"]).status, Some(0));
    let timer = std::fs::read_to_string(unit(home, "timer")).expect("it is written");
    for part in
        ["OnCalendar=*-*-01 02:30:00 Europe/Oslo", "OnCalendar=Mon *-*-* 02:30:00 Europe/Oslo", "Persistent=true"]
    {
        assert!(timer.contains(part), "{part}: {timer}");
    }
    let service = std::fs::read_to_string(unit(home, "service")).expect("it is written");
    assert!(service.contains("Type=oneshot") && service.contains("--quiet sync --scheduled"), "{service}");
    verify(&[unit(home, "service"), unit(home, "timer")]);
    // The other kind takes its place.
    assert_eq!(run(&rig, home, &["service", "install"]).status, Some(0));
    assert!(!unit(home, "timer").exists());
}

#[test]
fn service_of_the_machine_has_its_secrets_from_systemd() {
    let (rig, home) = at_home();
    let home = home.path();
    assert_eq!(run(&rig, home, &["service", "install", "--system"]).status, Some(2), "as whom?");
    let secrets = home.join("secrets");
    std::fs::create_dir(&secrets).expect("writable");
    let path = secrets.display().to_string();
    let install = ["service", "install", "--system", "--as", "postonce", "--no-start", "--credentials", &path];
    let missing = run(&rig, home, &install);
    assert!(missing.status == Some(2) && missing.words.contains("accounting-token"), "{missing:?}");
    std::fs::write(secrets.join("accounting-token"), "practice-token").expect("writable");
    let installed = run(&rig, home, &install);
    assert_eq!((installed.status, &installed.last()["started"]), (Some(0), &json!(false)), "{installed:?}");
    let text = std::fs::read_to_string(home.join("system/postonce-practice.service")).expect("it is written");
    for part in
        ["User=postonce\n", &format!("LoadCredential=accounting-token:{path}/accounting-token\n"), "ProtectSystem="]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("practice-token"), "{text}");
    assert!(!home.join("asked").exists(), "nothing is started");
}

#[test]
fn service_manager_hears_that_it_is_ready_alive_and_ending() {
    let (rig, _home) = at_home();
    let socket = rig.path().join("notify");
    let manager = UnixDatagram::bind(&socket).expect("a socket");
    manager.set_read_timeout(Some(WAIT_MAX)).expect("a time");
    let hear = || {
        let mut buffer = [0; 4096];
        let length = manager.recv(&mut buffer).expect("it tells something");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let mut command = rig.command(&["schedule"]);
    command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "200000");
    let keeper = Running::begin(command);
    let ready = hear();
    assert!(ready.contains("READY=1") && ready.contains("STATUS=Next run"), "{ready}");
    assert!((0..3).all(|_| hear().contains("WATCHDOG=1")));
    keeper.ask_to_stop();
    while !hear().contains("STOPPING=1") {}
    assert_eq!(keeper.finish().status, Some(0));
}
