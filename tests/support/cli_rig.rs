//! Sets up a workspace in a temporary folder, the real sandbox in a process of its own, and the real command line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use crate::patience::wait_until;
use crate::running::{CommandOutput, Running, command_output, signal};

/// A workspace and its sandbox; both go when it is dropped.
pub struct CliRig {
    folder: tempfile::TempDir,
    sandbox: Option<Child>,
    url: String,
}

/// The token that the sandbox takes.
pub const TOKEN: &str = "practice-token";
/// The token of its platform half.
const PLATFORM_TOKEN: &str = "practice-platform-token";

impl CliRig {
    /// Sets up a workspace over this CSV text, and a sandbox without faults.
    pub fn over_csv(csv: &[u8]) -> Self {
        let rig = Self::empty();
        std::fs::write(rig.path().join("records.csv"), csv).expect("a temporary folder is writable");
        rig.settle_workspace(&plain_source("records.csv"))
    }

    /// Sets up a workspace with that `[source]`, and a sandbox without faults.
    pub fn over_source(source: &str) -> Self {
        Self::empty().settle_workspace(source)
    }

    /// Sets up a practice workspace with so many generated records, and a sandbox with these faults (TOML).
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
        // The sandbox keeps books for the organisation of the workspace, which must be there first.
        "http://127.0.0.1:1/".clone_into(&mut self.url);
        self.write_workspace(source);
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

    /// Returns the text of `workspace.toml`.
    pub fn workspace(&self) -> String {
        std::fs::read_to_string(self.path().join("workspace.toml")).expect("a workspace has its file")
    }

    /// Puts something else in the place of a part of `workspace.toml`.
    ///
    /// # Panics
    /// When the part is not there.
    pub fn change_workspace(&self, from: &str, to: &str) {
        let text = self.workspace();
        assert!(text.contains(from), "{text}");
        std::fs::write(self.path().join("workspace.toml"), text.replace(from, to))
            .expect("a temporary folder is writable");
    }

    /// Sets up the folder of another administrator: the same records and workspace, and no ledger.
    pub fn copy_of_workspace(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("the machine has a temporary folder");
        for entry in std::fs::read_dir(self.path()).expect("a folder").flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "csv" || extension == "toml") {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("writable");
            }
        }
        folder
    }

    /// Returns the workspace's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the address at which the sandbox listens.
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
        signal(self.sandbox.as_ref().expect("there is a sandbox"), name);
    }

    /// Returns the command line with these arguments, in this workspace, with `--json` and the sandbox's token.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(self.path(), arguments)
    }

    /// Returns the same command in another workspace, over the same sandbox.
    pub fn command_in(&self, workspace: &Path, arguments: &[&str]) -> Command {
        let mut command = self.bare_command_in(workspace);
        command.arg("--json").args(arguments);
        command
    }

    /// Returns the command line as a person calls it, without `--json`.
    pub fn for_people(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command_in(self.path());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn bare_command_in(&self, workspace: &Path) -> Command {
        let mut command = Command::new(crate::cli());
        command.arg("--workspace").arg(workspace);
        command.env("POSTONCE_SECRET_PLATFORM_TOKEN", PLATFORM_TOKEN);
        command.env("POSTONCE_SECRET_ACCOUNTING_TOKEN", TOKEN).env_remove("POSTONCE_WORKSPACE").env("LC_ALL", "C");
        // The keyring of the person who runs the tests is not theirs to use.
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        command
    }

    /// Saves the sandbox's token in the keyring of this session, as a person does, with `postonce secret set`.
    ///
    /// It needs a session with an unlocked keyring that belongs to nobody: `cargo xtask test` opens one.
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

    /// Runs one sync to its end.
    pub fn sync(&self) -> CommandOutput {
        self.run(&["sync"])
    }

    /// Starts a sync, and returns when it has reported that so many are processed. It goes on, unless the sandbox holds it.
    ///
    /// # Panics
    /// When it ended before it came to that.
    pub fn sync_up_to(&self, processed: u64) -> Running {
        Running::up_to(self.command(&["sync"]), processed)
    }

    /// Holds every request of these kinds (as the sandbox's faults name them: `vouchers`, `draft_stage`, `lookup`, `all` …)
    /// after so many more, in place of what was held before. What stands still does so until [`CliRig::release`], and a
    /// process that waits for its answers is in the middle of its work for as long.
    pub fn hold(&self, kinds: &[&str], after: u64) {
        self.change_faults(|faults| {
            faults.retain(|fault| fault["kind"] != "hold");
            faults.push(json!({ "kind": "hold", "paths": kinds, "after": after }));
        });
    }

    /// Returns how many requests stand still in the sandbox.
    pub fn held(&self) -> usize {
        self.admin(Method::GET, "held", None)["held"].as_array().map_or(0, Vec::len)
    }

    /// Waits until a request stands still in the sandbox.
    pub fn wait_until_held(&self) {
        wait_until("a request that stands still", || self.held() > 0);
    }

    /// Lets go what stands still; what comes later is held as before.
    pub fn let_go(&self) {
        self.admin(Method::DELETE, "held", None);
    }

    /// Lets go the request that has stood still the longest.
    pub fn let_one_go(&self) {
        self.admin(Method::DELETE, "held?first=1", None);
    }

    /// Lets go what stands still, and holds nothing any more.
    pub fn release(&self) {
        self.change_faults(|faults| faults.retain(|fault| fault["kind"] != "hold"));
        self.let_go();
    }

    /// Waits until nothing is to take effect any more for a client that is gone.
    pub fn let_the_late_arrive(&self) {
        wait_until("what is late", || self.stats()["late"] == 0);
    }

    fn change_faults(&self, change: impl FnOnce(&mut Vec<Value>)) {
        let mut settings = self.admin(Method::GET, "faults", None);
        change(settings["faults"].as_array_mut().expect("a list"));
        self.set_faults(&settings);
    }

    /// Returns the figures of the sandbox's own books: `vouchers`, `distinct_references`, `duplicates`, `sums` …
    pub fn stats(&self) -> Value {
        self.admin(Method::GET, "stats", None)
    }

    /// Replaces the sandbox's faults (the JSON of its admin call).
    pub fn set_faults(&self, faults: &Value) {
        let set = self.admin(Method::PUT, "faults", Some(faults));
        assert!(set["faults"].is_array(), "{set}");
    }

    /// Makes an admin call to the sandbox.
    pub fn admin(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        self.call(method, &format!("admin/{path}"), body)
    }

    /// Makes a call to the sandbox with its token.
    pub fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
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

/// Returns the `[source]` over a CSV file as a spreadsheet in Norway writes it.
pub fn plain_source(file: &str) -> String {
    format!(
        "[source]\nkind = \"csv\"\npath = \"{file}\"\ndelimiter = \";\"\ndecimal_separator = \",\"\n\
         date_format = \"%d.%m.%Y\"\n[source.columns]\nid = \"Id\"\ndate = \"Dato\"\namount = \"Beløp\"\n\
         payee = \"Likeperson\"\ncategory = \"Kategori\"\ntext = \"Tekst\"\ncurrency = \"Valuta\"\n"
    )
}

/// Returns the `[source]` of the shared real file, as the design gives it.
pub fn real_source(file: &Path) -> String {
    format!(
        "[source]\nkind = \"csv\"\npath = \"{}\"\nencoding = \"windows-1252\"\ndelimiter = \";\"\n\
         decimal_separator = \",\"\ndate_format = \"%d/%m/%Y\"\n[source.columns]\nid = \"Bilagsnr\"\ndate = \"Dato\"\n\
         amount = \"Beløp\"\npayee = \"Likeperson\"\ncategory = \"Kategori\"\ntext = \"Leverandør\"\n",
        file.display()
    )
}

fn lines(child: &mut Child) -> impl Iterator<Item = Value> + 'static + use<> {
    let out = child.stdout.take().expect("standard output is piped");
    BufReader::new(out).lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok())
}
