//! Tests what nobody watches: a night that failed or never came is seen in `status`, secrets come from where a server has
//! them, and a session that ends stops a sync as a scheduler does.

use std::process::{Command, Stdio};

use postonce_tests::{CliRig, Running, command_output};
use rusqlite::Connection;
use serde_json::{Value, json};

fn monthly(rig: &CliRig) {
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("a workspace") + "\n[schedule]\ncron = \"0 0 1 * *\"\n";
    std::fs::write(&file, text).expect("writable");
}

#[test]
fn status_ends_with_4_until_a_failed_night_is_made_up_for() {
    let rig = CliRig::practice(5, "");
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["last_success_at"]), (Some(0), &Value::Null), "{status:?}");
    let records = rig.path().join("practice-records.csv");
    let away = rig.path().join("away");
    std::fs::rename(&records, &away).expect("it is ours");
    assert_eq!(rig.run(&["sync", "--scheduled"]).status, Some(1));
    let status = rig.run(&["status"]);
    assert_eq!(status.status, Some(4), "{status:?}");
    assert_eq!(status.last()["scheduled_failure"]["error"]["code"], "source_file_missing");
    assert_eq!(status.last()["last_success_at"], Value::Null);
    std::fs::rename(&away, &records).expect("it is ours");
    assert_eq!(rig.run(&["sync", "--scheduled"]).status, Some(0));
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["scheduled_failure"]), (Some(0), &Value::Null), "{status:?}");
    assert_eq!(status.last()["last_success_at"], rig.run(&["history"]).last()["runs"][0]["finished_at"]);
}

#[test]
fn status_ends_with_4_when_a_scheduled_time_passed_unserved() {
    let rig = CliRig::practice(2, "");
    monthly(&rig);
    let mut keeper = Running::begin(rig.command(&["schedule"]));
    assert_eq!(keeper.next_word()["event"], "waiting");
    keeper.ask_to_stop();
    assert_eq!(keeper.finish().status, Some(0));
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["unserved_since"]), (Some(0), &Value::Null), "{status:?}");
    let ledger = Connection::open(rig.path().join("ledger.sqlite")).expect("a ledger");
    let long_ago = "UPDATE schedule_seen SET seen_at = strftime('%Y-%m-%dT%H:%M:%fZ', seen_at, '-70 days')";
    assert_eq!(ledger.execute(long_ago, []), Ok(1));
    drop(ledger);
    let status = rig.run(&["status"]);
    assert_eq!(status.status, Some(4), "{status:?}");
    assert!(status.last()["unserved_since"].is_string(), "{status:?}");
    let words = rig.for_people(&["status"]).output().expect("the program starts");
    let words = String::from_utf8_lossy(&words.stderr).into_owned();
    assert!(words.contains("No sync has been run for the scheduled time"), "{words}");
    assert_eq!(rig.run(&["sync", "--scheduled"]).status, Some(0));
    assert_eq!(rig.run(&["status"]).last()["unserved_since"], Value::Null, "another scheduler served it");
}

#[test]
fn session_that_ends_stops_a_sync_as_a_scheduler_does() {
    let rig = CliRig::practice(200, "");
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("a workspace") + "\n[sync]\nvouchers_per_request = 10\n";
    std::fs::write(&file, text).expect("writable");
    rig.hold(&["vouchers"], 1);
    let running = rig.sync_up_to(10);
    rig.wait_until_held();
    running.signal("HUP");
    let ended = running.finish_while(|| rig.let_go());
    assert_eq!((ended.status, &ended.last()["outcome"]), (Some(1), &json!("stopped")), "{ended:?}");
    assert_eq!(ended.last()["counts"]["in_doubt"], 0);
}

#[test]
fn secrets_come_from_the_files_of_a_service_manager() {
    let rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let token = folder.path().join("accounting-token");
    std::fs::write(&token, format!("{}\n", postonce_tests::TOKEN)).expect("writable");
    let status = |name: &str, value: &std::path::Path| {
        let mut command = rig.command(&["status"]);
        command.env_remove("POSTONCE_SECRET_ACCOUNTING_TOKEN").env(name, value);
        command_output(command).status
    };
    assert_eq!(status("CREDENTIALS_DIRECTORY", folder.path()), Some(0));
    assert_eq!(status("POSTONCE_SECRET_ACCOUNTING_TOKEN_FILE", &token), Some(0));
    assert_ne!(status("POSTONCE_SECRET_ACCOUNTING_TOKEN_FILE", &folder.path().join("none")), Some(0));
}

#[test]
fn secret_has_a_name_that_the_workspace_uses() {
    let rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    for name in ["acounting-token", "audit-key", "audit-heads", "platform-token"] {
        for act in ["set", "delete"] {
            let mut command: Command = rig.command(&["secret", act, name]);
            command.stdin(Stdio::null());
            let refused = command_output(command);
            assert_eq!((refused.status, refused.code()), (Some(2), "usage"), "{act} {name}: {refused:?}");
            assert!(refused.words.contains("accounting-token"), "{}", refused.words);
        }
    }
}

#[test]
fn quiet_command_speaks_when_it_has_to() {
    let rig = CliRig::practice(5, "");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(postonce_tests::cli());
        command.arg("--workspace").arg(rig.path()).arg("--quiet").args(arguments).env("LC_ALL", "C");
        command.output().expect("the program starts")
    };
    let synced = run(&["sync"]);
    assert_eq!((synced.status.code(), synced.stdout.len(), synced.stderr.len()), (Some(0), 0, 0), "{synced:?}");
    let refused = run(&["run", "none"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!((refused.status.code(), words.contains("none")), (Some(1), true), "{refused:?}");
}

#[test]
fn log_file_has_runs_and_codes_and_no_names() {
    let rig = CliRig::practice(5, "");
    let log = rig.path().join("postonce.log");
    let path = log.display().to_string();
    assert_eq!(rig.run(&["sync", "--log-file", &path]).status, Some(0));
    let run = rig.run(&["history"]).last()["runs"][0].clone();
    assert_eq!(rig.run(&["record", "Kari Hemmelig", "--log-file", &path]).status, Some(1));
    let text = std::fs::read_to_string(&log).expect("it was written");
    let id = run["run_id"].as_str().expect("an id");
    for part in [&format!("run={id} outcome=completed posted=5"), "command=record status=1 code=record_not_found"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let actor = run["actor"].as_str().expect("a user");
    let records = std::fs::read_to_string(rig.path().join("practice-records.csv")).expect("its records");
    let names = records.lines().skip(1).flat_map(|line| line.split(';')).filter(|cell| cell.contains(' '));
    for name in names.chain(["Kari", "Hemmelig", "ving", actor]) {
        assert!(!text.contains(name), "{name}: {text}");
    }
    let shown = rig.run(&["support", "--log-file", &path]);
    assert_eq!(shown.last()["ledger"]["runs"][0]["run_id"], id);
    assert!(!shown.last().to_string().contains(actor), "{shown:?}");
}

#[test]
fn settings_are_checked_without_a_network() {
    let mut rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    rig.stop_sandbox();
    let checked = rig.run(&["config", "check"]);
    assert_eq!((checked.status, &checked.last()["secrets"][0]["found"]), (Some(0), &json!(true)), "{checked:?}");
    let mut command = rig.command(&["config", "check"]);
    command.env_remove("POSTONCE_SECRET_ACCOUNTING_TOKEN");
    let checked = command_output(command);
    assert_eq!((checked.status, &checked.last()["secrets"][0]["found"]), (Some(4), &json!(false)), "{checked:?}");
    assert!(!rig.path().join("ledger.sqlite").exists(), "nothing is made");
    rig.change_workspace("currency = \"NOK\"", "currency = \"krone\"");
    assert_eq!(rig.run(&["config", "check"]).status, Some(2));
}

#[test]
fn backup_is_made_on_request_and_is_in_the_trail() {
    let rig = CliRig::practice(3, "");
    assert_eq!(rig.sync().status, Some(0));
    let made = rig.run(&["backup"]);
    let path = made.last()["backup"].as_str().expect("a path").to_owned();
    assert_eq!(made.status, Some(0));
    let copy = Connection::open(&path).expect("a ledger");
    let posted: i64 =
        copy.query_row("SELECT count(*) FROM attempt WHERE state = 'posted'", [], |row| row.get(0)).expect("it counts");
    assert_eq!(posted, 3);
    let trail = rig.path().join("trail.json");
    assert_eq!(rig.run(&["audit", "export", &trail.display().to_string()]).status, Some(0));
    assert!(std::fs::read_to_string(trail).expect("written").contains("backup_made"));
}

#[test]
fn backup_is_put_back_and_a_younger_export_is_noticed() {
    let rig = CliRig::practice(3, "");
    assert_eq!(rig.sync().status, Some(0));
    let made = rig.run(&["backup"]).last()["backup"].as_str().expect("a path").to_owned();
    let restore =
        |from: &str, confirm: &str, reason: &str| rig.run(&["restore", from, "--confirm", confirm, "--reason", reason]);
    assert_eq!(restore(&made, "somebody else", "because it is a test").code(), "confirmation_differs");
    assert_eq!(restore(&made, "practice", "x").code(), "reason_too_short");
    assert_eq!(restore("/nowhere/at/all", "practice", "because it is a test").status, Some(2));
    let broken = rig.path().join("broken.sqlite");
    std::fs::write(&broken, "this is no ledger").expect("writable");
    assert_eq!(restore(&broken.display().to_string(), "practice", "because it is a test").status, Some(6));
    assert_eq!(rig.sync().count("skipped"), 3, "the ledger is as it was");

    let restored = restore("last", "practice", "because it is a test");
    assert_eq!((restored.status, restored.last()["restored"].as_str()), (Some(0), Some(made.as_str())), "{restored:?}");
    let set_aside = std::fs::read_dir(rig.path()).expect("a folder").flatten();
    assert!(set_aside.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("-ledger.sqlite")));
    let trail = rig.path().join("trail.json");
    assert_eq!(rig.run(&["audit", "export", &trail.display().to_string()]).status, Some(0));
    assert!(std::fs::read_to_string(trail).expect("written").contains("backup_restored"));
    // The sync after the copy left a witness: what is older than that sends nothing.
    let stopped = rig.sync();
    assert_eq!((stopped.status, stopped.code()), (Some(6), "ledger_rolled_back"), "{stopped:?}");
    let rebuilt = rig.run(&["rebuild", "--reason", "because it is a test", "--confirm", "practice"]);
    assert_eq!(rebuilt.status, Some(0), "{rebuilt:?}");
    assert_eq!((rig.sync().count("posted"), rig.stats()["vouchers"].as_u64()), (0, Some(3)));
}

#[test]
fn manual_and_completions_are_made_from_the_arguments() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let run =
        |arguments: &[&str]| Command::new(postonce_tests::cli()).args(arguments).output().expect("the program starts");
    assert!(run(&["man", &folder.path().display().to_string()]).status.success());
    let page = std::fs::read_to_string(folder.path().join("postonce-sync.1")).expect("one a command");
    assert!(page.contains("dry"), "{page}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let made = run(&["completions", shell]);
        let text = String::from_utf8_lossy(&made.stdout).into_owned();
        assert!(made.status.success() && text.contains("re-export"), "{shell}");
    }
}
