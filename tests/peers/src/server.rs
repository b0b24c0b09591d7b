//! Runs a server as a process of the test: started and waited for, killed, stopped for a while, and gone with its
//! starter.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::Trouble;
use crate::command::{find, last_lines, on, run};

/// The longest wait until it says that it is ready. On two busy cores these servers have taken more than a minute.
const START_SECONDS_MAX: u64 = 240;

/// The way a server is handled.
#[derive(Debug)]
pub(crate) struct Manner {
    /// The text in the line by which it says that it may be asked.
    pub(crate) ready: &'static str,
    /// The signal that ends it at once, without leaving anything behind in the system.
    pub(crate) end: &'static str,
    /// The user it runs as, when that is another than the caller's, as options of `setpriv`.
    pub(crate) user: Vec<String>,
}

/// A process, with its output in a file.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    end: &'static str,
}

impl Server {
    /// Starts the server and waits until it is ready.
    pub(crate) fn start(command: &Command, log: &Path, manner: &Manner) -> Result<Self, Trouble> {
        let mut command = dying_with_us(command, manner)?;
        let name = log.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Trouble::broken(format!("{name} could not be started: {error}")))?;
        let said = child.stderr.take().expect("standard error is piped");
        let file = File::options().create(true).append(true).open(log).map_err(on(log))?;
        let (sender, receiver) = channel();
        let ready = manner.ready;
        std::thread::spawn(move || listen(said, file, ready, &sender));
        let server = Self { child, log: log.to_path_buf(), end: manner.end };
        match wait(&receiver) {
            Ok(()) => Ok(server),
            Err(why) => {
                let said = fs::read_to_string(log).unwrap_or_default();
                Err(Trouble::broken(format!("{name} {why}:\n{}", last_lines(&said))))
            }
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends the server a signal, by its name.
    pub(crate) fn signal(&self, name: &str) -> Result<(), Trouble> {
        run(Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string())).map(drop)
    }

    /// Asks the server to end, and waits for that.
    pub(crate) fn stop_with(mut self, signal: &str) -> Result<(), Trouble> {
        self.signal(signal)?;
        self.child.wait().map(drop).map_err(|error| Trouble::broken(format!("{}: {error}", self.log.display())))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = matches!(self.child.try_wait(), Ok(None)).then(|| self.signal(self.end));
        if !matches!(asked, Some(Ok(()))) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Returns a port that nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16, Trouble> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Trouble::broken(format!("no port is free: {error}")))
}

/// Returns the same command as that user, ended by the system as soon as the thread that started it is gone. It takes
/// one `setpriv` for both: the system forgets the second when the first changes.
fn dying_with_us(command: &Command, manner: &Manner) -> Result<Command, Trouble> {
    let setpriv =
        find("setpriv").ok_or_else(|| Trouble::not_to_be_had("`setpriv` is not installed (util-linux has it)"))?;
    let mut dying = Command::new(setpriv);
    dying.args(&manner.user).arg("--pdeathsig").arg(manner.end).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => dying.env(name, value),
            None => dying.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        dying.current_dir(folder);
    }
    Ok(dying)
}

/// Keeps the output, and says when the server is ready. It goes on afterwards: a full pipe would stop the server.
fn listen(said: impl std::io::Read, mut file: File, ready: &str, sender: &Sender<()>) {
    let mut is_ready = false;
    let mut said = BufReader::new(said);
    let mut line = Vec::new();
    while said.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let _ = file.write_all(&line);
        if !is_ready && String::from_utf8_lossy(&line).contains(ready) {
            is_ready = true;
            let _ = sender.send(());
        }
        line.clear();
    }
}

fn wait(ready: &Receiver<()>) -> Result<(), String> {
    ready.recv_timeout(Duration::from_secs(START_SECONDS_MAX)).map_err(|error| match error {
        RecvTimeoutError::Timeout => format!("was not ready within {START_SECONDS_MAX} s"),
        RecvTimeoutError::Disconnected => "ended before it was ready".to_owned(),
    })
}
