//! Tests that somebody hears of a night that failed, once, and of its end, once: over a real webhook, a real mail server,
//! a program, a health check and a file of figures.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use hmac::{Hmac, KeyInit as _, Mac as _};
use postonce_peers::Kind;
use postonce_peers::mail::{MailServer, PASSWORD, USER};
use postonce_tests::{CliRig, CommandOutput, WAIT_MAX, certify, command_output};
use serde_json::{Value, json};
use sha2::Sha256;

const KEY: &str = "the key of the webhook";

/// A request that came in.
#[derive(Debug)]
struct Heard {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    fn event(&self) -> Value {
        serde_json::from_str::<Value>(&self.body).expect("a document")["event"].clone()
    }
}

/// Starts a web server that answers with these statuses in turn, and with the last of them from then on.
fn web_server(statuses: &'static [u16]) -> (String, Receiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let (sender, heard) = channel();
    thread::spawn(move || {
        for (place, caller) in listener.incoming().flatten().enumerate() {
            let status = statuses[place.min(statuses.len() - 1)];
            let _ = answer(caller, status, &sender);
        }
    });
    (address, heard)
}

fn answer(mut caller: TcpStream, status: u16, sender: &Sender<Heard>) -> std::io::Result<()> {
    let mut reader = BufReader::new(caller.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut heard = Heard { line: line.trim().to_owned(), headers, body: String::new() };
    let length = heard.header("content-length").parse().unwrap_or(0);
    reader.take(length).read_to_string(&mut heard.body)?;
    // Nobody listens any more when the test has ended.
    let _ = sender.send(heard);
    caller.write_all(format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes())
}

/// Starts a mail server, and returns its port and the mails that it took.
fn mail_server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let (sender, mails) = channel();
    thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            let _ = take_mail(caller, &sender);
        }
    });
    (port, mails)
}

fn take_mail(mut caller: TcpStream, sender: &Sender<String>) -> std::io::Result<()> {
    let reader = BufReader::new(caller.try_clone()?);
    caller.write_all(b"220 test ESMTP\r\n")?;
    let (mut mail, mut in_mail) = (String::new(), false);
    for line in reader.lines() {
        let line = line?;
        if in_mail {
            if line == "." {
                in_mail = false;
                let _ = sender.send(std::mem::take(&mut mail));
                caller.write_all(b"250 taken\r\n")?;
            } else {
                mail.push_str(&line);
                mail.push('\n');
            }
            continue;
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let said = match verb.as_str() {
            "EHLO" | "HELO" => "250 test",
            "DATA" => {
                in_mail = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            "MAIL" | "RCPT" => {
                mail.push_str(&line);
                mail.push('\n');
                "250 well"
            }
            _ => "250 well",
        };
        caller.write_all(format!("{said}\r\n").as_bytes())?;
        if verb == "QUIT" {
            break;
        }
    }
    Ok(())
}

fn add(rig: &CliRig, text: &str) {
    let file = rig.path().join("workspace.toml");
    let before = std::fs::read_to_string(&file).expect("a workspace");
    std::fs::write(&file, format!("{before}\n{text}")).expect("a temporary folder is writable");
}

fn run(rig: &CliRig, arguments: &[&str]) -> CommandOutput {
    let mut command = rig.command(arguments);
    command.env("POSTONCE_SECRET_WEBHOOK_KEY", KEY);
    command_output(command)
}

/// Lets the records be away for one night.
fn failed_night(rig: &CliRig) {
    let (records, away) = (rig.path().join("practice-records.csv"), rig.path().join("away"));
    std::fs::rename(&records, &away).expect("it is ours");
    assert_eq!(run(rig, &["sync", "--scheduled"]).status, Some(1));
    std::fs::rename(&away, &records).expect("it is ours");
}

#[test]
fn nights_that_fail_are_reported_once_and_so_is_their_end() {
    let rig = CliRig::practice(5, "");
    let (hook, heard) = web_server(&[204]);
    let (port, mails) = mail_server();
    let written = rig.path().join("written");
    add(
        &rig,
        &format!(
            "[notify]\ncommand = [\"sh\", \"-c\", \"cat >> '{}'\"]\n[notify.webhook]\nurl = \"{hook}/hook\"\n\
             secret = \"webhook-key\"\n[notify.email]\nhost = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\n\
             from = \"postonce@example.org\"\nto = [\"finance@example.org\", \"board@example.org\"]\n",
            written.display()
        ),
    );
    let good = || assert_eq!(run(&rig, &["sync", "--scheduled"]).status, Some(0));
    good();
    failed_night(&rig);
    failed_night(&rig);
    good();
    good();
    failed_night(&rig);
    let events = ["failure", "recovery", "failure"];
    let commands = std::fs::read_to_string(&written).expect("the program ran");
    let lines: Vec<Value> = commands.lines().map(|line| serde_json::from_str(line).expect("a document")).collect();
    assert_eq!(lines.iter().map(|line| line["event"].as_str().expect("a name")).collect::<Vec<_>>(), events);
    assert_eq!((&lines[0]["code"], &lines[1]["code"]), (&json!("source_file_missing"), &Value::Null));
    for event in events {
        let heard = heard.recv_timeout(WAIT_MAX).expect("a message");
        assert_eq!((heard.line.as_str(), heard.header("postonce-event")), ("POST /hook HTTP/1.1", event));
        assert_eq!(heard.event(), event);
        let (second, signature) = heard.header("postonce-signature").split_once(",v1=").expect("two parts");
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any key");
        mac.update(format!("{}.{}", second.trim_start_matches("t="), heard.body).as_bytes());
        assert_eq!(signature, hex::encode(mac.finalize().into_bytes()));
        let mail = mails.recv_timeout(WAIT_MAX).expect("a mail");
        assert!(
            mail.contains("RCPT TO:<finance@example.org>") && mail.contains("RCPT TO:<board@example.org>"),
            "{mail}"
        );
    }
    assert!(heard.try_recv().is_err() && mails.try_recv().is_err(), "nothing is told twice");
}

#[test]
fn schedule_that_fails_recovers_and_fails_sends_three_mails() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    certify(folder.path());
    let server = match MailServer::start(folder.path()) {
        Ok(server) => server,
        Err(trouble) if trouble.kind == Kind::NotToBeHad => return eprintln!("skipped: {trouble}"),
        Err(trouble) => panic!("{trouble}"),
    };
    let (hook, heard) = web_server(&[204]);
    let rig = CliRig::practice(5, "");
    add(
        &rig,
        &format!(
            "[network]\nca_file = {:?}\n[notify.webhook]\nurl = \"{hook}/hook\"\nsecret = \"webhook-key\"\n\
             [notify.email]\nhost = \"localhost\"\nport = {}\nfrom = \"postonce@example.org\"\n\
             to = [\"finance@example.org\"]\nuser = \"{USER}\"\n",
            folder.path().join("company.pem"),
            server.port()
        ),
    );
    let night = |password: &str, is_good: bool| {
        let (records, away) = (rig.path().join("practice-records.csv"), rig.path().join("away"));
        if !is_good {
            std::fs::rename(&records, &away).expect("it is ours");
        }
        let mut command = rig.command(&["sync", "--scheduled"]);
        command.env("POSTONCE_SECRET_WEBHOOK_KEY", KEY).env("POSTONCE_SECRET_SMTP_PASSWORD", password);
        let ended = command_output(command);
        if !is_good {
            std::fs::rename(&away, &records).expect("it is ours");
        }
        assert_eq!(ended.status, Some(if is_good { 0 } else { 1 }), "{ended:?}");
        ended
    };
    night(PASSWORD, true);
    let refused = night("a wrong password", false);
    assert!(refused.words.contains("notify.email") && !refused.words.contains("a wrong password"), "{}", refused.words);
    for is_good in [false, false, true, true, false, false] {
        night(PASSWORD, is_good);
    }
    let mails = server.mails();
    let subjects = mails.iter().flat_map(|mail| mail.lines()).filter(|line| line.starts_with("Subject: "));
    let kinds: Vec<bool> =
        subjects.map(|subject| subject.contains("failed") || subject.contains("mislyktes")).collect();
    assert_eq!((mails.len(), kinds.len()), (3, 3), "{mails:?}");
    for mail in &mails {
        assert!(mail.starts_with(&format!("TLS: True\nUSER: {USER}\nTO: finance@example.org\n")), "{mail}");
        assert!(!mail.contains("Kari") && !mail.contains(PASSWORD), "{mail}");
    }
    let codes: Vec<bool> = mails.iter().map(|mail| mail.contains("source_file_missing")).collect();
    assert_eq!(codes, [true, false, true]);
    // The webhook took the first one in the night in which the mail server did not, and is not told twice.
    let events: Vec<Value> = std::iter::from_fn(|| heard.try_recv().ok()).map(|heard| heard.event()).collect();
    assert_eq!(events, ["failure", "recovery", "failure"]);
}

#[test]
fn message_is_tried_again_and_sent_after_the_next_run() {
    let rig = CliRig::practice(3, "");
    let (hook, heard) = web_server(&[503, 503, 204, 404, 204]);
    add(&rig, &format!("[notify.webhook]\nurl = \"{hook}\"\nsecret = \"webhook-key\"\n"));
    failed_night(&rig);
    let tries: Vec<Heard> = (0..3).map(|_| heard.recv_timeout(WAIT_MAX).expect("a try")).collect();
    assert!(
        tries.iter().all(|one| one.header("postonce-delivery") == tries[0].header("postonce-delivery")),
        "{tries:?}"
    );
    // A refusal does not pass by itself; the sync is well all the same, and the next one tells it.
    let synced = run(&rig, &["sync", "--scheduled"]);
    assert_eq!(synced.status, Some(0), "{synced:?}");
    assert!(synced.words.contains("notify.webhook: HTTP 404"), "{}", synced.words);
    assert_eq!(heard.recv_timeout(WAIT_MAX).expect("a try").event(), "recovery");
    assert_eq!(run(&rig, &["sync", "--scheduled"]).status, Some(0));
    assert_eq!(heard.recv_timeout(WAIT_MAX).expect("a try").event(), "recovery");
}

#[test]
fn health_check_and_figures_follow_every_run() {
    let rig = CliRig::practice(4, "");
    let (health, heard) = web_server(&[200]);
    add(&rig, &format!("[notify]\nhealthcheck = \"{health}/ping/1\"\nmetrics = \"postonce.prom\"\n"));
    assert_eq!(run(&rig, &["sync"]).status, Some(0));
    failed_night(&rig);
    let lines: Vec<String> = (0..2).map(|_| heard.recv_timeout(WAIT_MAX).expect("a call").line).collect();
    assert_eq!(lines, ["GET /ping/1 HTTP/1.1", "GET /ping/1/fail HTTP/1.1"]);
    let figures = std::fs::read_to_string(rig.path().join("postonce.prom")).expect("it was written");
    for line in [
        "postonce_last_run_completed{organisation=\"practice\"} 0",
        "postonce_records{organisation=\"practice\",state=\"posted\"} 4",
        "postonce_attention{organisation=\"practice\"} 0",
        "# TYPE postonce_last_success_timestamp_seconds gauge",
    ] {
        assert!(figures.contains(line), "{line}: {figures}");
    }
}

#[test]
fn test_message_reaches_every_way_or_says_which_it_did_not() {
    let rig = CliRig::practice(2, "");
    assert_eq!(run(&rig, &["notify", "test"]).code(), "workspace_key_missing");
    let (hook, heard) = web_server(&[200]);
    add(&rig, &format!("[notify.webhook]\nurl = \"{hook}\"\nsecret = \"webhook-key\"\n"));
    assert_eq!(run(&rig, &["notify", "test"]).status, Some(0));
    assert_eq!(heard.recv_timeout(WAIT_MAX).expect("a message").event(), "test");
    rig.change_workspace("[notify.webhook]", "[notify]\ncommand = [\"/nowhere/at/all\"]\n[notify.webhook]");
    let tested = run(&rig, &["notify", "test"]);
    assert_eq!(
        (tested.status, &tested.last()["undelivered"][0]["outlet"]),
        (Some(1), &json!("notify.command")),
        "{tested:?}"
    );
    assert_eq!(heard.recv_timeout(WAIT_MAX).expect("a message").event(), "test");
    let unsigned = command_output(rig.command(&["notify", "test"]));
    assert_eq!(unsigned.last()["undelivered"][1]["outlet"], "notify.webhook", "{unsigned:?}");
}
