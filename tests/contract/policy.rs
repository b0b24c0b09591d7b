//! Tests the rules that whoever looks after a machine sets: they hold for every workspace on it, and only make stricter.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, command_output};
use serde_json::json;

/// Runs a command under these rules.
fn under(rig: &CliRig, rules: &str, arguments: &[&str]) -> CommandOutput {
    let file = rig.path().join("policy.toml");
    std::fs::write(&file, rules).expect("writable");
    let mut command = rig.command(arguments);
    command.env("POSTONCE_POLICY", &file);
    command_output(command)
}

#[test]
fn rule_of_the_machine_forbids_systems_hosts_and_folders() {
    let rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    for (rules, rule) in [
        ("systems = [\"tryton\"]", "systems"),
        ("hosts = [\"books.example.org\"]", "hosts"),
        ("workspaces = [\"/srv/postonce\"]", "workspaces"),
    ] {
        for arguments in [&["sync"][..], &["status"], &["config", "check"]] {
            let refused = under(&rig, rules, arguments);
            assert_eq!(
                (refused.status, refused.code()),
                (Some(2), "policy_forbids"),
                "{rules} {arguments:?}: {refused:?}"
            );
            assert_eq!(refused.last()["error"]["detail"]["rule"], rule);
            assert!(refused.words.contains("policy.toml"), "{}", refused.words);
        }
    }
    let rules = format!("systems = [\"open\"]\nhosts = [\"127.0.0.1\"]\nworkspaces = [{:?}]", rig.path());
    let status = under(&rig, &rules, &["status"]);
    assert_eq!(status.status, Some(0), "{status:?}");
    let place = rig.path().join("policy.toml").display().to_string();
    assert_eq!(status.last()["policy"], json!({ "places": [place], "rules": ["hosts", "systems", "workspaces"] }));
    assert_eq!(rig.run(&["status"]).last()["policy"], json!({ "places": [], "rules": [] }));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut made = rig.command_in(&elsewhere.path().join("new"), &["init"]);
    made.env("POSTONCE_POLICY", rig.path().join("policy.toml"));
    assert_eq!(command_output(made).code(), "policy_forbids");
    assert!(!elsewhere.path().join("new").exists(), "nothing is made");
}

#[test]
fn rule_forces_the_second_approval_and_forbids_the_take_over() {
    let rig = CliRig::practice(2, "");
    assert_eq!(rig.sync().status, Some(0));
    let id = rig.run(&["run", "last"]).last()["records"][0]["record_id"].as_str().expect("an id").to_owned();
    let again = ["re-export", &id, "--reason", "because it is a test", "--confirm", &id];
    let asked = under(&rig, "second_approval = true", &again);
    assert_eq!((asked.status, rig.stats()["vouchers"].as_u64()), (Some(4), Some(2)), "it waits: {asked:?}");
    let reason = ["break-lock", "--reason", "because it is a test", "--confirm", "kari"];
    let refused = under(&rig, "take_over = false", &reason);
    assert_eq!((refused.status, refused.code()), (Some(2), "policy_forbids"), "{refused:?}");
    assert_eq!(rig.run(&reason).code(), "lock_free", "without the rule it is asked");
}

#[test]
fn rules_that_cannot_be_read_stop_everything() {
    let rig = CliRig::practice(2, "");
    for rules in
        ["second_aproval = true", "take_over = \"no\"", "=", "[network]\nproxy = \"http://kari:hemmelig@proxy:1\""]
    {
        let refused = under(&rig, rules, &["sync"]);
        assert_eq!((refused.status, refused.code()), (Some(2), "policy_invalid"), "{rules}: {refused:?}");
        assert!(!refused.words.contains("hemmelig"), "{}", refused.words);
    }
    let mut missing = rig.command(&["sync"]);
    missing.env("POSTONCE_POLICY", Path::new("/nowhere/policy.toml"));
    assert_eq!(command_output(missing).code(), "policy_invalid");
    assert_eq!(rig.stats()["vouchers"], 0);
}

#[test]
fn rule_says_how_much_a_log_tells() {
    let rig = CliRig::practice(2, "");
    let log_under = |rules: &str| under(&rig, rules, &["-vv", "status"]).words;
    assert!(log_under("updates = false").contains("DEBUG"), "a person asked for it");
    let quiet = log_under("log_level = \"error\"");
    assert!(!quiet.contains("DEBUG") && !quiet.contains("INFO"), "{quiet}");
}

#[test]
fn proxy_of_the_machine_comes_before_that_of_a_workspace() {
    let rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    let inside = rig.url().to_owned();
    rig.change_workspace(&inside, "https://books.example.test/");
    rig.change_workspace("[posting]", "[network]\nproxy = \"none\"\n[posting]");
    let status = under(&rig, "[network]\nproxy = \"http://127.0.0.1:1\"", &["status"]);
    assert_eq!(status.status, Some(5));
    assert_eq!(
        status.last()["network"]["accounting"],
        json!({ "proxy": "http://127.0.0.1:1", "chosen_by": "address" })
    );
    assert_eq!(status.last()["policy"]["rules"], json!(["network"]));
}
