//! Starts tauri-driver for one test, and below it the web view's own driver and the application; ends them after it.
//!
//! Invariant: one application at a time on a session bus. The next one starts when nobody holds the last one's standard
//! error any more: two of them on one bus would be one instance to the single-instance plugin. A second window beside the
//! first is another person's: it has a bus of its own.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use postonce_tests::{TOKEN, WAIT_MAX, desktop};

/// The pause between two questions to the drivers.
const READY_PAUSE: Duration = Duration::from_millis(50);

/// The script that the driver starts in place of the application: it leaves its process id behind and becomes the application. A
/// driver that is done with a session does not always end it, and then we do.
const STARTER: &str =
    "#!/bin/sh\necho $$ > \"$(dirname \"$0\")/application.pid\"\nexec \"$POSTONCE_DESKTOP_BIN\" \"$@\"\n";

/// A running tauri-driver.
pub(crate) struct Driver {
    child: Child,
    home: PathBuf,
    url: String,
    /// Lines of the application and its drivers on standard error; it closes when the last of them is gone.
    words: Receiver<String>,
    /// Another person's session bus, for a window beside the first.
    _bus: Option<Bus>,
    /// Held across processes as well: nextest runs each test in its own. A window beside another one has no turn of its own.
    _turn: Option<File>,
}

/// A session bus that nobody else is on; it ends with its value.
struct Bus {
    child: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("there is a dbus-daemon");
        let out = child.stdout.take().expect("standard output is piped");
        let mut lines = BufReader::new(out).lines();
        let address = lines.next().expect("it says its address").expect("as text");
        Self { child, address }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Driver {
    /// Starts the drivers for applications that live in this home, and waits until they answer.
    pub(crate) async fn start(home: &Path) -> Self {
        let turn = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e.lock")).expect("a file to lock");
        turn.lock().expect("the lock is free in the end");
        Self::ready(home, Some(turn), None).await
    }

    /// Does the same beside another one, for another person: with a bus of their own, and with the token in the environment,
    /// since no keyring is there.
    pub(crate) async fn start_beside(home: &Path) -> Self {
        Self::ready(home, None, Some(Bus::start())).await
    }

    async fn ready(home: &Path, turn: Option<File>, bus: Option<Bus>) -> Self {
        let [port, native_port] = free_ports();
        let mut command = Command::new(program("POSTONCE_TAURI_DRIVER"));
        command.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        command.arg("--native-driver").arg(program("POSTONCE_WEBKIT_DRIVER"));
        private(&mut command, home);
        if let Some(bus) = &bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
            command.env("POSTONCE_SECRET_ACCOUNTING_TOKEN", TOKEN);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tauri-driver starts");
        let words = words_of(&mut child);
        let url = format!("http://127.0.0.1:{port}");
        let driver = Self { child, home: home.to_owned(), url, words, _bus: bus, _turn: turn };
        driver.wait_until_ready().await;
        driver
    }

    /// Returns the address at which it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the program that it is to start as the application.
    pub(crate) fn application(&self) -> PathBuf {
        let starter = self.home.join("application");
        std::fs::write(&starter, STARTER).expect("a temporary folder is writable");
        std::fs::set_permissions(&starter, Permissions::from_mode(0o700)).expect("our own file");
        starter
    }

    /// Returns the lines on standard error since it was last asked.
    pub(crate) fn words(&self) -> String {
        self.words.try_iter().collect::<Vec<_>>().join("\n")
    }

    /// Starts the application a second time, on the same bus and in the same home, and waits for its end.
    pub(crate) fn start_second(&self, arguments: &[&str]) {
        let mut command = Command::new(desktop());
        private(&mut command, &self.home);
        let ended = command.args(arguments).stdin(Stdio::null()).status().expect("the application starts");
        assert!(ended.success(), "the second start hands over and ends well: {ended}");
    }

    /// Types a path into the file dialog that the application opens, and confirms it. No window manager is here to hand the
    /// keyboard over, so that the dialog is given it.
    pub(crate) fn answer_file_dialog(&self, path: &Path) {
        // It is gone when this is over: the next one has the same name.
        let script = r#"set -e
            name='^(Save File|Save As|Save)$'
            dialog=$(xdotool search --sync --onlyvisible --name "$name" | tail -n 1)
            xdotool windowfocus --sync "$dialog"
            xdotool key --clearmodifiers ctrl+a
            xdotool type --clearmodifiers -- "$1"
            xdotool key --clearmodifiers Return
            while xdotool search --onlyvisible --name "$name" >/dev/null; do :; done"#;
        let mut typed = Command::new("timeout");
        typed.args(["60", "sh", "-c", script, "sh"]).arg(path);
        let status = typed.status().expect("a shell starts");
        assert!(status.success(), "the file dialog takes no typing: {status}; {}", self.words());
    }

    /// Tells whether the application has ended. One that nobody has asked about yet has no program any more.
    pub(crate) fn is_gone(&self) -> bool {
        let process = std::fs::read_to_string(self.home.join("application.pid")).expect("it was started");
        std::fs::read_link(Path::new("/proc").join(process.trim()).join("exe")).is_err()
    }

    /// Waits until both drivers answer: this one passes the question on.
    async fn wait_until_ready(&self) {
        let status = format!("{}/status", self.url);
        let answered = tokio::time::timeout(WAIT_MAX, async {
            let mut ticks = tokio::time::interval(READY_PAUSE);
            loop {
                ticks.tick().await;
                if reqwest::get(&status).await.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
            }
        });
        assert!(answered.await.is_ok(), "the drivers do not answer: {}", self.words());
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to end, not killed, so that it takes the web view's driver along.
        if !ask_to_end(&self.child.id().to_string()) {
            _ = self.child.kill();
        }
        _ = self.child.wait();
        if let Ok(application) = std::fs::read_to_string(self.home.join("application.pid")) {
            ask_to_end(application.trim());
        }
        loop {
            match self.words.recv_timeout(WAIT_MAX) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    eprintln!("the application has not ended; the next one may not start");
                    break;
                }
            }
        }
    }
}

/// Asks a process to end; false when there is no such process any more.
fn ask_to_end(process: &str) -> bool {
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill \"$1\"", "sh", process]).stderr(Stdio::null());
    kill.status().is_ok_and(|status| status.success())
}

/// Gives a command a home of its own: no window size, language or last workspace of another test, and no token in the
/// environment.
fn private(command: &mut Command, home: &Path) {
    for name in ["CONFIG", "DATA", "STATE", "CACHE"] {
        command.env(format!("XDG_{name}_HOME"), home.join(name.to_lowercase()));
    }
    let secrets = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("POSTONCE_SECRET_"));
    for (name, _) in secrets {
        command.env_remove(name);
    }
    command
        .env("POSTONCE_DESKTOP_BIN", desktop())
        .env_remove("POSTONCE_WORKSPACE")
        .env_remove("LANGUAGE")
        .env("LC_ALL", "C.UTF-8");
}

/// Returns two ports that are free now.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("a listener has an address").port())
}

fn words_of(child: &mut Child) -> Receiver<String> {
    let out = child.stderr.take().expect("standard error is piped");
    let (sender, words) = channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            _ = sender.send(line);
        }
    });
    words
}

fn program(variable: &str) -> impl AsRef<OsStr> {
    let path = std::env::var_os(variable);
    path.unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test desktop`, which knows where it is"))
}
