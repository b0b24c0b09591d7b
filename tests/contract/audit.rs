//! Tests the audit trail over the real command line: how it is verified and exported, and how an old ledger or a copy of one is
//! refused.

use std::fs;
use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, command_output};
use serde_json::Value;

/// A key as a server without a keyring has it.
const KEY: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

fn verify(rig: &CliRig) -> CommandOutput {
    rig.run(&["audit", "verify"])
}

fn kinds(verdict: &Value) -> Vec<&str> {
    let findings = verdict["findings"].as_array().expect("a list");
    findings.iter().filter_map(|finding| finding["kind"].as_str()).collect()
}

fn ledger(folder: &Path) -> std::path::PathBuf {
    folder.join("ledger.sqlite")
}

#[test]
fn a_trail_is_verified_and_a_change_to_it_is_named() {
    let rig = CliRig::practice(5, "");
    assert_eq!(rig.sync().status, Some(0));
    let whole = verify(&rig);
    assert_eq!((whole.status, whole.last()["witness"].as_str()), (Some(0), Some("matches")), "{}", whole.words);
    assert_eq!((&whole.last()["changed"], &whole.last()["signed_heads_checked"]), (&false.into(), &0.into()));

    let raw = rusqlite::Connection::open(ledger(rig.path())).expect("the ledger's file");
    raw.execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor_user = 'ola' WHERE entry = 2")
        .expect("the file can be edited");
    drop(raw);
    let changed = verify(&rig);
    assert_eq!((changed.status, kinds(changed.last())), (Some(6), vec!["content_changed"]));
    let finding = &changed.last()["findings"][0];
    assert_eq!((&finding["entry"], &finding["detail"]["user"]), (&2.into(), &"ola".into()));
    assert!(finding["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{finding}");

    let mut in_words = std::process::Command::new(postonce_tests::cli());
    in_words.arg("--workspace").arg(rig.path()).args(["--lang", "nb", "audit", "verify"]);
    let output = in_words.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").output().expect("the program starts");
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(words.contains("Revisjonssporet er ikke som det var") && words.contains("Oppføring 2"), "{words}");
}

/// Returns the verifier in the document, as an auditor copies it.
fn verifier() -> String {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/docs/audit-trail.md");
    let document = fs::read_to_string(document).expect("the document is there");
    let (_, behind) = document.split_once("### A verifier").expect("it has a verifier");
    let (_, script) = behind.split_once("```python\n").expect("in Python");
    script.split_once("```").expect("it ends").0.to_owned()
}

#[test]
fn exported_trail_and_proofs_pass_the_documents_verifier() {
    let rig = CliRig::practice(5, "");
    let synced = rig.sync();
    assert_eq!(synced.status, Some(0));
    let run = synced.last()["run_id"].as_str().expect("a run").to_owned();
    let file = |name: &str| rig.path().join(name).display().to_string();
    assert_eq!(rig.run(&["audit", "export", &file("trail.json")]).status, Some(0));
    assert_eq!(rig.run(&["certificate", &run, &file("certificate.json")]).status, Some(0));
    let trail: Value = serde_json::from_slice(&fs::read(file("trail.json")).expect("written")).expect("JSON");
    assert_eq!(trail["entries"].as_array().map(|entries| entries.len() > 2), Some(true));
    let certificate: Value =
        serde_json::from_slice(&fs::read(file("certificate.json")).expect("written")).expect("JSON");
    let record = certificate["vouchers"][0]["record_id"].as_str().expect("a record").to_owned();
    let proven = rig.run(&["audit", "proof", "--run", &run, "--record", &record]);
    assert_eq!(proven.status, Some(0), "{proven:?}");
    let tables: Vec<&str> =
        proven.last()["proofs"].as_array().expect("a list").iter().filter_map(|one| one["table"].as_str()).collect();
    assert_eq!(tables, ["attempt", "run_item"]);
    fs::write(file("proof.json"), proven.last().to_string()).expect("writable");
    let missing = rig.run(&["audit", "proof", "--run", "no-such-run"]);
    assert_eq!((missing.status, missing.code()), (Some(1), "proof_missing"));

    fs::write(file("verify.py"), verifier()).expect("writable");
    let check = |names: &[&str]| {
        let mut python = std::process::Command::new("python3");
        python.arg(file("verify.py")).args(names.iter().map(|name| file(name)));
        python.output().ok().map(|output| {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
        })
    };
    let Some((passes, said)) = check(&["trail.json", "certificate.json", "proof.json"]) else {
        eprintln!("*** SKIPPED: no python3 on this machine: the verifier of docs/audit-trail.md was not run");
        return;
    };
    assert!(passes && said.contains("entries are well") && said.contains(&record), "{said}");
    for (name, from, to) in [
        ("certificate.json", "[\"posted\",5]", "[\"posted\",6]"),
        ("proof.json", "\"voucher_id\",\"", "\"voucher_id\",\"x"),
        ("trail.json", "sync_started", "sync_begun"),
    ] {
        let kept = fs::read_to_string(file(name)).expect("written");
        let edited = kept.replacen(from, to, 1);
        assert_ne!(kept, edited, "{name} has {from}");
        fs::write(file(name), edited).expect("writable");
        let (passes, said) = check(&["trail.json", "certificate.json", "proof.json"]).expect("it ran before");
        assert!(!passes && said.contains("was changed"), "{name}: {said}");
        fs::write(file(name), kept).expect("writable");
    }
}

#[test]
fn a_trail_is_verified_without_the_accounting_system() {
    let mut rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    assert_eq!(rig.sync().status, Some(0));
    rig.stop_sandbox();
    let verdict = verify(&rig);
    assert_eq!((verdict.status, &verdict.last()["witness"]), (Some(0), &"unreachable".into()), "{}", verdict.words);
}

#[test]
fn heads_are_signed_with_the_key_of_the_environment() {
    let rig = CliRig::practice(3, "");
    let run = |arguments: &[&str]| {
        let mut command = rig.command(arguments);
        command.env("POSTONCE_SECRET_AUDIT_KEY", KEY);
        command_output(command)
    };
    assert_eq!(run(&["sync"]).status, Some(0));
    let verdict = run(&["audit", "verify"]);
    let signed_by = &verdict.last()["signed_by"][0];
    let (seals, signed) = (&verdict.last()["heads_checked"], &verdict.last()["signed_heads_checked"]);
    assert_eq!((verdict.status, seals), (Some(0), signed), "{}", verdict.words);
    assert!(signed.as_u64().is_some_and(|signed| signed > 1), "each entry is signed when it is written: {signed}");
    assert_eq!(signed_by, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let other = &KEY.replace('9', "8");
    let mut command = rig.command(&["audit", "verify"]);
    command.env("POSTONCE_SECRET_AUDIT_KEY", other);
    let verdict = command_output(command);
    assert_eq!((verdict.status, kinds(verdict.last())), (Some(4), vec!["key_changed"]));
}

#[test]
fn a_trail_is_exported_for_people_and_for_programs() {
    let rig = CliRig::practice(3, "");
    assert_eq!(rig.sync().status, Some(0));
    let raw = rusqlite::Connection::open(ledger(rig.path())).expect("the ledger's file");
    raw.execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET reason = '=1+1;\"x\"' WHERE entry = 1")
        .expect("the file can be edited");
    drop(raw);
    let file = |name: &str| rig.path().join(name).display().to_string();
    let (csv, json, other) = (file("trail.csv"), file("trail.JSON"), file("trail.xlsx"));

    let written = rig.run(&["audit", "export", &csv]);
    assert_eq!(written.status, Some(0), "{}", written.words);
    let text = fs::read_to_string(&csv).expect("it was written");
    assert_eq!(written.last()["entries"], text.lines().count() - 1);
    let mut lines = text.lines();
    let head = "\u{feff}entry,at,user,host,accounting_user,act,record_id,generation,run_id,voucher_id,earlier_voucher_id,\
                reason,detail,previous,hash";
    assert_eq!(lines.next(), Some(head));
    assert!(lines.next().is_some_and(|line| line.contains(r#","'=1+1;""x""","#)), "{text}");

    assert_eq!(rig.run(&["audit", "export", &json]).status, Some(0));
    let trail: Value = serde_json::from_str(&fs::read_to_string(&json).expect("it was written")).expect("JSON");
    let entries = trail["entries"].as_array().expect("a list");
    assert_eq!((&entries[0]["act"], &entries[0]["reason"]), (&"sync_started".into(), &"=1+1;\"x\"".into()));
    assert!(entries.iter().any(|entry| entry["act"] == "sync_ended"), "{entries:?}");
    let newest = trail["seals"].as_array().and_then(|seals| seals.last()).map(|seal| &seal["head"]);
    assert_eq!(newest, entries.last().map(|entry| &entry["hash"]));
    assert!(trail["ledger_id"].is_string());

    let again = rig.run(&["audit", "export", &csv]);
    assert_eq!((again.status, again.code()), (Some(2), "report_exists"));
    assert_eq!(rig.run(&["audit", "export", &csv, "--force"]).status, Some(0));
    let wrong = rig.run(&["audit", "export", &other]);
    assert_eq!((wrong.status, Path::new(&other).exists()), (Some(2), false));
}

#[test]
fn a_records_story_has_its_audit_entries() {
    let rig = CliRig::practice(2, "");
    let sync = rig.sync();
    let run = rig.run(&["run", sync.last()["run_id"].as_str().expect("an id")]);
    let id = run.last()["records"][0]["record_id"].as_str().expect("an id").to_owned();
    let reason = "the voucher was lost in the post";
    let again = rig.run(&["re-export", &id, "--reason", reason, "--confirm", &id, "--reverse"]);
    assert_eq!(again.status, Some(0), "{}", again.words);
    let story = rig.run(&["record", &id]);
    let entries = story.last()["audit"].as_array().expect("a list");
    assert!(
        entries.iter().any(|entry| entry["act"] == "re_export_claimed" && entry["reason"] == reason),
        "{entries:?}"
    );
}

/// Checks that nothing is sent from this ledger, and that the reason is named.
fn is_refused(rig: &CliRig, folder: &Path, code_expected: &str) {
    let before = rig.stats()["vouchers"].clone();
    let refused = command_output(rig.command_in(folder, &["sync"]));
    assert_eq!((refused.status, refused.code()), (Some(6), code_expected), "{}", refused.words);
    assert!(refused.words.contains(" rebuild”"), "{}", refused.words);
    assert_eq!(rig.stats()["vouchers"], before);
    assert_eq!(rig.call(reqwest::Method::GET, "v1/locks/export", None)["holder"], Value::Null, "the lock is free");
    let verdict = command_output(rig.command_in(folder, &["audit", "verify"]));
    assert_eq!((verdict.status, &verdict.last()["changed"]), (Some(6), &true.into()), "{}", verdict.words);
}

#[test]
fn a_ledger_restored_from_an_old_copy_is_refused() {
    let rig = CliRig::practice(10, "");
    assert_eq!(rig.run(&["sync", "--to", "2026-01-01"]).status, Some(0));
    let old = rig.path().join("old.sqlite");
    fs::copy(ledger(rig.path()), &old).expect("a copy");
    assert_eq!(rig.sync().status, Some(0));
    fs::copy(&old, ledger(rig.path())).expect("the copy goes back");
    is_refused(&rig, rig.path(), "ledger_rolled_back");
}

#[test]
fn one_of_two_copies_of_a_ledger_goes_on() {
    let rig = CliRig::practice(10, "");
    assert_eq!(rig.sync().status, Some(0));
    let second = tempfile::tempdir().expect("a temporary folder");
    for entry in fs::read_dir(rig.path()).expect("a folder") {
        let entry = entry.expect("a file");
        if entry.file_type().is_ok_and(|kind| kind.is_file()) && entry.file_name() != "sandbox.sqlite" {
            fs::copy(entry.path(), second.path().join(entry.file_name())).expect("a copy");
        }
    }
    let other = command_output(rig.command_in(second.path(), &["sync"]));
    assert_eq!(other.status, Some(0), "nobody can tell yet: {}", other.words);
    is_refused(&rig, rig.path(), "ledger_rolled_back");
    assert_eq!(command_output(rig.command_in(second.path(), &["sync"])).status, Some(0), "the other goes on");
    assert_eq!(rig.stats()["duplicates"], 0);
}

#[test]
fn a_copy_that_went_on_by_itself_is_refused_as_another_one() {
    let rig = CliRig::practice(4, "");
    assert_eq!(rig.sync().status, Some(0));
    let copy = rig.path().join("copy.sqlite");
    fs::copy(ledger(rig.path()), &copy).expect("a copy");
    // Three entries that the accounting system never hears of.
    for _ in 0..3 {
        assert_eq!(verify(&rig).status, Some(0));
    }
    let aside = rig.path().join("aside.sqlite");
    fs::rename(ledger(rig.path()), &aside).expect("out of the way");
    fs::copy(&copy, ledger(rig.path())).expect("the copy in its place");
    assert_eq!(rig.sync().status, Some(0));
    fs::copy(&aside, ledger(rig.path())).expect("and back");
    is_refused(&rig, rig.path(), "ledger_forked");
}

#[test]
fn changed_settings_stand_in_the_trail_with_both_sides() {
    let rig = CliRig::practice(5, "");
    rig.sync();
    rig.sync();
    let file = rig.path().join("workspace.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    let changed = text.replacen("payable_account = \"2930\"", "payable_account = \"2990\"", 1);
    assert_ne!(text, changed);
    fs::write(&file, changed).expect("writable");
    rig.sync();
    rig.sync();
    let trail = rig.path().join("trail.json");
    let exported = rig.run(&["audit", "export", &trail.display().to_string()]);
    assert_eq!(exported.status, Some(0), "{exported:?}");
    let trail: Value = serde_json::from_slice(&fs::read(trail).expect("it was written")).expect("it is JSON");
    let entries = trail["entries"].as_array().expect("a list");
    let changes: Vec<_> = entries.iter().filter(|entry| entry["act"] == "settings_changed").collect();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let detail = changes[0]["detail"].to_string();
    assert!(detail.contains("2930") && detail.contains("2990"), "{detail}");
}
