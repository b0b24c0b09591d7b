//! The rig of the command line: a workspace in a temporary folder, the real sandbox in a process of its own, and the real command line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A workspace and its sandbox; both go when it is dropped.
pub struct CliRig {
    folder: tempfile::TempDir,
    sandbox: Option<Child>,
    url: String,
}

/// What a command said.
#[derive(Debug)]
pub struct CommandOutput {
    /// Its exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// Standard output, a JSON document a line.
    pub documents: Vec<Value>,
    /// Standard error, for people.
    pub words: String,
}

impl CommandOutput {
    /// The last document.
    pub fn last(&self) -> &Value {
        self.documents.last().unwrap_or(&Value::Null)
    }

    /// A count of the last document.
    ///
    /// # Panics
    /// When there is no such count.
    pub fn count(&self, name: &str) -> u64 {
        let count = self.last()["counts"][name].as_u64();
        assert!(count.is_some(), "no count {name} in {self:?}");
        count.unwrap_or_default()
    }
}

/// A sync in the middle of its work; killed when it is dropped.
pub struct Running {
    child: Child,
    lines: Lines,
}

type Lines = Box<dyn Iterator<Item = Value>>;

impl Running {
    /// A program that goes on until it is asked to stop, and says what it does.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn begin(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let lines: Lines = Box::new(lines(&mut child));
        Running { child, lines }
    }

    /// The next thing that it says.
    ///
    /// # Panics
    /// When it ended instead.
    pub fn next_word(&mut self) -> Value {
        self.lines.next().expect("it goes on, and says something")
    }

    /// What it says of the next such event; what it says before is not looked at.
    ///
    /// # Panics
    /// When it ended without it.
    pub fn hear(&mut self, event: &str) -> Value {
        self.lines.by_ref().find(|line| line["event"] == event).expect("it comes to that")
    }

    /// A sync that has just said that so many are processed, and goes on.
    ///
    /// # Panics
    /// When it ended before it came to that.
    pub fn up_to(mut command: Command, processed: u64) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut lines: Lines = Box::new(lines(&mut child));
        let reached = lines
            .by_ref()
            .any(|line| line["phase"] == "sending" && line["processed"].as_u64().is_some_and(|done| done >= processed));
        let running = Running { child, lines };
        assert!(reached, "the sync ended before {processed} were processed");
        running
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(self) {
        drop(self);
    }

    /// Asks it to stop, as a scheduler does.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("there is a kill").success());
    }

    /// Waits for its end.
    pub fn finish(mut self) -> CommandOutput {
        let documents = self.lines.by_ref().collect();
        let status = self.child.wait().expect("it is our child").code();
        CommandOutput { status, documents, words: String::new() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The token that the sandbox takes.
pub const TOKEN: &str = "practice-token";
/// And its platform half.
const PLATFORM_TOKEN: &str = "practice-platform-token";

impl CliRig {
    /// A workspace over this CSV text, `reference-like` settings, and a sandbox without faults.
    pub fn over_csv(csv: &[u8]) -> Self {
        let rig = Self::empty();
        std::fs::write(rig.path().join("records.csv"), csv).expect("a temporary folder is writable");
        rig.settle_workspace(&plain_source("records.csv"))
    }

    /// A workspace with that `[source]`, and a sandbox without faults.
    pub fn over_source(source: &str) -> Self {
        Self::empty().settle_workspace(source)
    }

    /// A practice workspace with so many generated records, and a sandbox with these faults (TOML).
    pub fn practice(records: usize, faults: &str) -> Self {
        let mut rig = Self::empty();
        let made = rig.run(&["init", "--practice", "--records", &records.to_string()]);
        assert_eq!(made.status, Some(0), "{made:?}");
        rig.start_sandbox(faults, &[]);
        rig
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("the machine has a temporary folder");
        Self { folder, sandbox: None, url: String::new() }
    }

    fn settle_workspace(mut self, source: &str) -> Self {
        self.start_sandbox("", &["--port", "0"]);
        self.write_workspace(source);
        self
    }

    /// Writes `workspace.toml` anew with that `[source]`.
    pub fn write_workspace(&self, source: &str) {
        let url = &self.url;
        let text = format!(
            "[organisation]\nid = \"hlf\"\nname = \"HLF\"\ncurrency = \"NOK\"\ntime_zone = \"Europe/Oslo\"\n\n{source}\n\
             [accounting]\nkind = \"open\"\nurl = \"{url}\"\nsecret = \"accounting-token\"\n\n\
             [posting]\npayable_account = \"2930\"\ndefault_account = \"7790\"\n"
        );
        std::fs::write(self.path().join("workspace.toml"), text).expect("a temporary folder is writable");
    }

    /// The workspace's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the sandbox listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts the sandbox over the store it had before.
    pub fn start_sandbox(&mut self, faults: &str, arguments: &[&str]) {
        let (faults_file, store) = (self.path().join("faults.toml"), self.path().join("sandbox.sqlite"));
        std::fs::write(&faults_file, faults).expect("a temporary folder is writable");
        let mut command = self.command(&["sandbox"]);
        command.args(arguments).arg("--faults").arg(faults_file).arg("--store").arg(store);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the program starts");
        let mut lines = lines(&mut child);
        let first = lines.next().expect("the sandbox says where it listens");
        self.url = first["url"].as_str().expect("a url").to_owned();
        self.sandbox = Some(child);
    }

    /// Starts the sandbox again, where it was before and without faults.
    pub fn restart_sandbox(&mut self) {
        let (_, port) = self.url.rsplit_once(':').expect("a url with its port");
        let port = port.trim_end_matches('/').to_owned();
        self.start_sandbox("", &["--port", &port]);
    }

    /// Ends the sandbox at once, as a power cut would.
    pub fn stop_sandbox(&mut self) {
        if let Some(mut child) = self.sandbox.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Sends the sandbox a signal, by its name.
    ///
    /// # Panics
    /// When there is no sandbox.
    pub fn signal_sandbox(&self, name: &str) {
        let child = self.sandbox.as_ref().expect("there is a sandbox");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
        assert!(sent.expect("there is a kill").success());
    }

    /// The command line with these arguments, in this workspace, with `--json` and the sandbox's token.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(self.path(), arguments)
    }

    /// The same in another workspace, over the same sandbox.
    pub fn command_in(&self, workspace: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(crate::cli());
        command.arg("--workspace").arg(workspace).arg("--json").args(arguments);
        command.env("POSTONCE_SECRET_PLATFORM_TOKEN", PLATFORM_TOKEN);
        command.env("POSTONCE_SECRET_ACCOUNTING_TOKEN", TOKEN).env_remove("POSTONCE_WORKSPACE").env("LC_ALL", "C");
        // No keyring of whoever runs the tests.
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        command
    }

    /// Saves the sandbox's token in the keyring of this session, as a person does, with `postonce secret set`.
    ///
    /// Wants a session with an unlocked keyring that belongs to nobody: `cargo xtask test` opens one.
    pub fn keep_token_in_keyring(&self) {
        let mut command = Command::new(crate::cli());
        command.arg("--workspace").arg(self.path()).args(["secret", "set", "accounting-token"]);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
        let mut input = child.stdin.take().expect("standard input is piped");
        input.write_all(TOKEN.as_bytes()).expect("the program reads its input");
        drop(input);
        let status = child.wait().expect("the program ends");
        assert!(status.success(), "the keyring of this session does not take a token: {status}");
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> CommandOutput {
        command_output(self.command(arguments))
    }

    /// One sync, to its end.
    pub fn sync(&self) -> CommandOutput {
        self.run(&["sync"])
    }

    /// A sync that has just said that so many are processed, and goes on.
    ///
    /// # Panics
    /// When it ended before it came to that.
    pub fn sync_up_to(&self, processed: u64) -> Running {
        Running::up_to(self.command(&["sync"]), processed)
    }

    /// What the sandbox's own books say: `vouchers`, `distinct_references`, `duplicates`, `sums` …
    pub fn stats(&self) -> Value {
        self.admin(reqwest::Method::GET, "stats", None)
    }

    /// Replaces the sandbox's faults (the JSON of its admin call).
    pub fn set_faults(&self, faults: &Value) {
        self.admin(reqwest::Method::PUT, "faults", Some(faults));
    }

    /// An admin call to the sandbox.
    pub fn admin(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        self.call(method, &format!("admin/{path}"), body)
    }

    /// A call to the sandbox with its token.
    pub fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let mut request = reqwest::Client::new().request(method, format!("{}/{path}", self.url)).bearer_auth(TOKEN);
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = request.send().await.expect("the sandbox answers");
            let text = answer.text().await.expect("the sandbox finishes its answer");
            serde_json::from_str(&text).unwrap_or(Value::Null)
        })
    }
}

impl Drop for CliRig {
    fn drop(&mut self) {
        self.stop_sandbox();
    }
}

/// A `[source]` over a CSV file as a spreadsheet in Norway writes it.
pub fn plain_source(file: &str) -> String {
    format!(
        "[source]\nkind = \"csv\"\npath = \"{file}\"\ndelimiter = \";\"\ndecimal_separator = \",\"\n\
         date_format = \"%d.%m.%Y\"\n[source.columns]\nid = \"Id\"\ndate = \"Dato\"\namount = \"Beløp\"\n\
         payee = \"Likeperson\"\ncategory = \"Kategori\"\ntext = \"Tekst\"\ncurrency = \"Valuta\"\n"
    )
}

/// The `[source]` of the shared real file, as the design gives it.
pub fn real_source(file: &Path) -> String {
    format!(
        "[source]\nkind = \"csv\"\npath = \"{}\"\nencoding = \"windows-1252\"\ndelimiter = \";\"\n\
         decimal_separator = \",\"\ndate_format = \"%d/%m/%Y\"\n[source.columns]\nid = \"Bilagsnr\"\ndate = \"Dato\"\n\
         amount = \"Beløp\"\npayee = \"Likeperson\"\ncategory = \"Kategori\"\ntext = \"Leverandør\"\n",
        file.display()
    )
}

/// Runs any command to its end.
pub fn command_output(mut command: Command) -> CommandOutput {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout);
    CommandOutput {
        status: output.status.code(),
        documents: text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn lines(child: &mut Child) -> impl Iterator<Item = Value> + 'static + use<> {
    let out: ChildStdout = child.stdout.take().expect("standard output is piped");
    BufReader::new(out).lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok())
}
