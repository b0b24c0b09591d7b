//! Tests what the command line prints: nothing is lost in silence, nothing from outside controls a terminal, and what it
//! suggests can be pasted.

use std::process::{Command, Output, Stdio};

use postonce_tests::CliRig;

/// Runs a command for people, without `--json`.
fn say(rig: &CliRig, arguments: &[&str]) -> Output {
    rig.for_people(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_under_standard_output_is_a_failure() {
    let rig = CliRig::practice(5, "");
    assert_eq!(rig.sync().status, Some(0));
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    for arguments in [
        &["history"][..],
        &["status"],
        &["run", "last"],
        &["record", &format!("PM-{}-00001", year(&rig))],
        &["attention"],
        &["audit", "verify"],
        &["--help"],
        &["--version"],
    ] {
        for json in [&["--json"][..], &[]] {
            let ended = rig.for_people(arguments).args(json).stdout(full()).output().expect("the program starts");
            assert_eq!(ended.status.code(), Some(1), "{arguments:?} {json:?}: {}", text(&ended.stderr));
            assert!(text(&ended.stderr).contains("not whole"), "{arguments:?}: {}", text(&ended.stderr));
        }
    }
    // A failure for another reason keeps its exit status, and a pipe that nobody reads is no failure.
    let ended = rig.for_people(&["run", "none"]).arg("--json").stdout(full()).output().expect("the program starts");
    assert_eq!(ended.status.code(), Some(1));
    let mut unread = rig.for_people(&["history"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    drop(unread.stdout.take());
    assert_eq!(unread.wait().expect("it ends").code(), Some(0));
}

/// Returns the year in the ids of practice records.
fn year(rig: &CliRig) -> String {
    let records = std::fs::read_to_string(rig.path().join("practice-records.csv")).expect("it has records");
    let (_, id) = records.split_once("PM-2").expect("a record has its id");
    format!("2{}", &id[..3])
}

#[test]
fn name_from_outside_controls_no_terminal() {
    let rig = CliRig::practice(2, "");
    rig.change_workspace("name = \"Øvingsorganisasjonen\"", "name = \"Evil\\u001b[2J\\u009b2J\\u202e\\u2066 name\"");
    for arguments in [&["status"][..], &["status", "--json"], &["sync", "-vv"]] {
        let said = say(&rig, arguments);
        for stream in [&said.stdout, &said.stderr] {
            let stream = text(stream);
            let harmful = |c: &char| {
                (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert_eq!(stream.chars().find(harmful), None, "{arguments:?}: {stream:?}");
        }
    }
    let name = &rig.run(&["status"]).documents[0]["organisation"];
    assert_eq!(name, "Evil\u{1b}[2J\u{9b}2J\u{202e}\u{2066} name", "a script gets it as it is");
}

#[test]
fn history_fits_eighty_columns_in_both_languages() {
    let rig = CliRig::practice(400, "");
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!(rig.sync().status, Some(0));
    for (language, sum) in [("en", "Sum NOK\u{a0}"), ("nb", "Sum NOK\u{a0}")] {
        let said = text(&say(&rig, &["--lang", language, "history"]).stdout);
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        assert!(said.contains(sum) && said.contains(" CE"), "{said}");
    }
    let nb = text(&say(&rig, &["--lang", "nb", "history"]).stdout);
    assert!(nb.contains(','), "{nb}");
}

#[test]
fn history_of_no_runs_at_all_is_wrong_usage() {
    let rig = CliRig::practice(2, "");
    assert_eq!(rig.sync().status, Some(0));
    let none = rig.run(&["history", "--limit", "0"]);
    assert_eq!((none.status, none.code()), (Some(2), "usage"));
    assert_eq!(rig.run(&["history", "--limit", "1"]).last()["runs"].as_array().map(Vec::len), Some(1));
}

#[cfg(unix)]
#[test]
fn suggested_command_can_be_pasted_whatever_its_workspace() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let evil = folder.path().join("it's $(touch ran) `touch ran` & \"books\"");
    let made = Command::new(postonce_tests::cli())
        .args(["--lang", "en", "init", "--practice", "--records", "3", "--workspace"])
        .arg(&evil)
        .output()
        .expect("the program starts");
    let said = text(&made.stdout);
    let next = said.lines().find_map(|line| line.strip_prefix("Next: postonce ")).unwrap_or_default();
    assert!(!next.is_empty(), "{said}");
    let line = format!("\"$PROGRAM\" {next} --json");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).env("PROGRAM", postonce_tests::cli()).current_dir(folder.path());
    let pasted = shell.output().expect("there is a shell");
    assert_eq!(pasted.status.code(), Some(0), "{line}: {}", text(&pasted.stderr));
    assert!(!folder.path().join("ran").exists(), "{line}");
}

#[test]
fn gateway_without_a_server_ends_with_5() {
    for status in ["502", "503", "504"] {
        let gateway = answering(&format!(
            "HTTP/1.1 {status} Bad\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ));
        let rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
        rig.change_workspace(rig.url(), &gateway);
        for command in ["sync", "status"] {
            let ended = rig.run(&[command]);
            assert_eq!(ended.status, Some(5), "{status} {command}: {ended:?}");
        }
    }
}

/// Answers everybody with this, and returns the address. It ends with the test.
fn answering(answer: &str) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let answer = answer.to_owned();
    std::thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let _ = caller.read(&mut [0; 8192]);
            let _ = caller.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[cfg(unix)]
#[test]
fn readme_examples_run_as_they_are_printed() {
    let readme = std::fs::read_to_string(postonce_tests::root().join("README.md")).expect("there is one");
    let (_, section) = readme.split_once("\n## The command line\n").expect("it has the section");
    let (_, block) = section.split_once("```sh\n").expect("it has examples");
    let (block, _) = block.split_once("```").expect("they end");
    assert!(run_examples(block.lines().filter(|line| !line.starts_with("cargo "))) > 10);
}

#[cfg(unix)]
#[test]
fn administration_runs_as_it_is_printed_in_both_languages() {
    for page in ["administration.md", "administration.nb.md"] {
        let page = postonce_tests::root().join("src-tauri/docs").join(page);
        let text = std::fs::read_to_string(page).expect("there is one");
        let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
        assert!(run_examples(blocks.flat_map(str::lines)) > 10);
    }
}

/// Runs examples one after the other, as a shell does in a home of its own; returns their number.
#[cfg(unix)]
fn run_examples<'l>(lines: impl Iterator<Item = &'l str>) -> usize {
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("it is writable");
    std::os::unix::fs::symlink(postonce_tests::cli(), bin.join("postonce")).expect("it is writable");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut ran = 0;
    for line in lines {
        let mut shell = Command::new("sh");
        let is_schedule = line.ends_with(" schedule") || line.contains(" schedule ");
        let line = if is_schedule { format!("exec {line}") } else { line.to_owned() };
        shell.args(["-c", &line]).env("HOME", home.path()).env("PATH", &path).env_remove("POSTONCE_WORKSPACE");
        shell.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("LC_ALL", "C").stdin(Stdio::null());
        let ended = if is_schedule { until_it_waits(shell) } else { shell.output().expect("there is a shell") };
        assert_eq!(ended.status.code(), Some(0), "{line}\n{}{}", text(&ended.stdout), text(&ended.stderr));
        ran += 1;
    }
    ran
}

/// Starts a schedule, and interrupts it once it says when the next run is.
#[cfg(unix)]
fn until_it_waits(mut shell: Command) -> Output {
    use std::io::{BufRead as _, BufReader};
    let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("there is a shell");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let waits = lines.any(|line| line.contains("Next run"));
    assert!(waits, "it ended without a word on the next run");
    let sent = Command::new("kill").arg("-INT").arg(child.id().to_string()).status();
    assert!(sent.expect("there is a kill").success());
    child.wait_with_output().expect("it ends")
}
