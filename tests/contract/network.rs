//! Tests the way out of a company's network, over the real command line and the real sandbox behind a proxy that wants to be
//! signed in to and looks into what passes it.

use std::process::Command;

use postonce_tests::{CliRig, CommandOutput, CompanyProxy, HOST, command_output, web_page};
use serde_json::{Value, json};

const ROWS: &[u8] = b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\nA1;01.10.2026;10,00;Kari;Reise;Buss;NOK\n";

/// Makes a workspace whose accounting system stands outside, with these settings.
fn outside(network: &str) -> (CliRig, String) {
    let rig = CliRig::over_csv(ROWS);
    let inside = rig.url().to_owned();
    rig.change_workspace(&inside, &format!("https://{HOST}/"));
    add(&rig, network);
    (rig, inside)
}

fn add(rig: &CliRig, text: &str) {
    std::fs::write(rig.path().join("workspace.toml"), format!("{}\n{text}", rig.workspace())).expect("writable");
}

/// Returns a command whose machine knows no proxy but the one that it is told of.
fn command(rig: &CliRig, arguments: &[&str]) -> Command {
    let mut command = rig.command(arguments);
    for name in
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"]
    {
        command.env_remove(name);
    }
    command
}

fn run(rig: &CliRig, arguments: &[&str]) -> CommandOutput {
    command_output(command(rig, arguments))
}

fn way(status: &CommandOutput) -> &Value {
    &status.last()["network"]["accounting"]
}

#[test]
fn sync_goes_through_a_proxy_that_is_signed_in_to_and_looks_in() {
    let (rig, inside) = outside("");
    let proxy = CompanyProxy::start(&inside, rig.path(), Some("postonce:hemmelig"));
    add(&rig, &format!("[network]\nproxy = \"{}\"\nuser = \"postonce\"\nca_file = \"company.pem\"\n", proxy.url()));
    let signed_in = |arguments: &[&str]| {
        let mut command = command(&rig, arguments);
        command.env("POSTONCE_SECRET_PROXY_PASSWORD", "hemmelig");
        command_output(command)
    };
    let status = signed_in(&["status"]);
    assert_eq!((status.status, way(&status)), (Some(0), &json!({ "proxy": proxy.url(), "chosen_by": "address" })));
    let synced = signed_in(&["sync"]);
    assert_eq!((synced.status, synced.count("posted")), (Some(0), 1), "{synced:?}");
    assert_eq!(signed_in(&["sync"]).count("skipped"), 1);
    assert!(proxy.seen().iter().all(|line| *line == format!("CONNECT {HOST}:443 HTTP/1.1")), "{:?}", proxy.seen());
    let without = run(&rig, &["sync"]);
    assert!(
        ["secret_missing", "keyring_unavailable"].contains(&without.code()),
        "before anything is sent: {without:?}"
    );
    let words = String::from_utf8_lossy(&command(&rig, &["status"]).output().expect("it runs").stderr).into_owned();
    assert!(!words.contains("hemmelig"), "{words}");
}

#[test]
fn proxy_that_wants_a_user_is_a_sentence_and_nothing_is_sent() {
    let (rig, inside) = outside("");
    let proxy = CompanyProxy::start(&inside, rig.path(), Some("postonce:hemmelig"));
    add(&rig, &format!("[network]\nproxy = \"{}\"\nca_file = \"company.pem\"\n", proxy.url()));
    for command in ["sync", "status"] {
        let denied = run(&rig, &[command]);
        assert_eq!((denied.status, denied.code()), (Some(5), "proxy_denied"), "{denied:?}");
        assert!(denied.words.contains(&proxy.url()) && denied.words.contains("407"), "{}", denied.words);
    }
    assert_eq!(rig.stats()["vouchers"], 0);
}

#[test]
fn root_that_nobody_knows_is_refused_until_it_is_named() {
    let (rig, inside) = outside("");
    let proxy = CompanyProxy::start(&inside, rig.path(), None);
    add(&rig, &format!("[network]\nproxy = \"{}\"\n", proxy.url()));
    let untrusted = run(&rig, &["sync"]);
    assert_eq!((untrusted.status, untrusted.code()), (Some(5), "certificate_untrusted"), "{untrusted:?}");
    assert!(untrusted.words.contains("ca_file") && untrusted.words.contains(HOST), "{}", untrusted.words);
    rig.change_workspace("[network]\n", "[network]\nca_file = \"nowhere.pem\"\n");
    assert_eq!(run(&rig, &["sync"]).code(), "ca_file_unreadable");
    rig.change_workspace("nowhere.pem", "company.pem");
    assert_eq!(run(&rig, &["sync"]).count("posted"), 1);
}

#[test]
fn machine_names_its_proxy_and_loopback_goes_past_it() {
    let (rig, inside) = outside("[network]\nca_file = \"company.pem\"\n");
    let proxy = CompanyProxy::start(&inside, rig.path(), Some("kari:hemmelig"));
    let with_proxy = |name: &str| {
        let mut status = command(&rig, &["status"]);
        status.env(name, proxy.url().replace("http://", "http://kari:hemmelig@"));
        command_output(status)
    };
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let status = with_proxy(name);
        assert_eq!((status.status, way(&status)), (Some(0), &json!({ "proxy": proxy.url(), "chosen_by": "system" })));
    }
    assert!(!run(&rig, &["status"]).words.is_empty(), "without the proxy nobody knows the name");
    let count = proxy.seen().len();
    rig.change_workspace(&format!("https://{HOST}/"), &inside);
    let status = with_proxy("HTTPS_PROXY");
    assert_eq!((status.status, way(&status)), (Some(0), &json!({ "proxy": null, "chosen_by": "loopback" })));
    assert_eq!(proxy.seen().len(), count, "this machine is never reached through a proxy");
    rig.change_workspace("[network]\n", "[network]\nproxy = \"none\"\n");
    rig.change_workspace(&inside, &format!("https://{HOST}/"));
    assert_eq!(with_proxy("HTTPS_PROXY").status, Some(5), "the workspace wants no proxy");
    assert_eq!(proxy.seen().len(), count);
}

#[test]
fn script_of_a_company_names_the_proxy() {
    let (rig, inside) = outside("");
    let proxy = CompanyProxy::start(&inside, rig.path(), None);
    let (place, closed) = (proxy.url().replace("http://", ""), "127.0.0.1:1");
    let script = web_page(&format!(
        "function FindProxyForURL(url, host) {{\n  if (shExpMatch(host, '*.example.test')) return 'PROXY {closed}; PROXY {place}';\n  \
         return 'DIRECT';\n}}"
    ));
    add(&rig, &format!("[network]\nproxy = \"pac:{script}/wpad.dat\"\nca_file = \"company.pem\"\n"));
    let synced = run(&rig, &["sync"]);
    assert_eq!((synced.status, synced.count("posted")), (Some(0), 1), "{synced:?}");
    let status = run(&rig, &["status"]);
    assert_eq!(way(&status), &json!({ "proxy": proxy.url(), "chosen_by": "pac" }));
    let words = String::from_utf8_lossy(&rig.for_people(&["status"]).output().expect("it runs").stdout).into_owned();
    assert!(words.contains(&format!("{} (as the company's script says)", proxy.url())), "{words}");
    rig.change_workspace(&script, "http://127.0.0.1:1");
    let failed = run(&rig, &["sync"]);
    assert_eq!((failed.status, failed.code()), (Some(5), "proxy_script_failed"), "{failed:?}");
}

#[test]
fn proxy_of_the_desktop_is_that_of_its_settings() {
    let (rig, inside) = outside("[network]\nca_file = \"company.pem\"\n");
    let proxy = CompanyProxy::start(&inside, rig.path(), None);
    let bin = rig.path().join("bin");
    std::fs::create_dir(&bin).expect("writable");
    let port = proxy.url().rsplit(':').next().expect("a port").to_owned();
    let said = format!(
        "#!/bin/sh\necho \"org.gnome.system.proxy mode 'manual'\"\n\
         echo \"org.gnome.system.proxy.https host '127.0.0.1'\"\necho 'org.gnome.system.proxy.https port {port}'\n"
    );
    std::fs::write(bin.join("gsettings"), said).expect("writable");
    let mut executable = Command::new("chmod");
    assert!(executable.arg("755").arg(bin.join("gsettings")).status().expect("there is a chmod").success());
    let mut status = command(&rig, &["status"]);
    status.env("PATH", &bin).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let status = command_output(status);
    assert_eq!((status.status, way(&status)), (Some(0), &json!({ "proxy": proxy.url(), "chosen_by": "system" })));
}

#[test]
fn ledger_in_a_synchronised_folder_is_only_looked_at() {
    let rig = CliRig::practice(3, "");
    assert_eq!(rig.sync().status, Some(0));
    std::fs::write(rig.path().join(".stfolder"), "").expect("writable");
    for arguments in [&["sync"][..], &["status"], &["accept", "A1", "--reason", "because it is a test"]] {
        let refused = rig.run(arguments);
        assert_eq!((refused.status, refused.code()), (Some(2), "ledger_place_unsafe"), "{arguments:?}: {refused:?}");
        assert!(refused.words.contains("Syncthing"), "{}", refused.words);
    }
    assert_eq!(rig.run(&["history"]).status, Some(0), "to look is no harm");
}
