//! Runs the command line: to its end, or as a process that goes on while the test does something else.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::patience::{WAIT_MAX, wait_until};

/// The output of a command that has ended.
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
    /// Returns the last document.
    pub fn last(&self) -> &Value {
        self.documents.last().unwrap_or(&Value::Null)
    }

    /// Returns the code of the problem with which it ended; empty if there was none.
    pub fn code(&self) -> &str {
        let last = self.last();
        last["error"]["code"].as_str().or_else(|| last["code"].as_str()).unwrap_or_default()
    }

    /// Returns a count of the last document.
    ///
    /// # Panics
    /// When there is no such count.
    pub fn count(&self, name: &str) -> u64 {
        let count = self.last()["counts"][name].as_u64();
        assert!(count.is_some(), "no count {name} in {self:?}");
        count.unwrap_or_default()
    }
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

/// A program that goes on; killed when it is dropped.
pub struct Running {
    child: Child,
    /// The documents that come; it closes with the program's standard output.
    coming: Receiver<Value>,
    heard: Vec<Value>,
    words: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts a program, whose documents and words are read as they come.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn begin(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (out, mut err) = (
            child.stdout.take().expect("standard output is piped"),
            child.stderr.take().expect("standard error is piped"),
        );
        let (sender, coming) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(out).lines().map_while(Result::ok);
            for document in lines.filter_map(|line| serde_json::from_str(&line).ok()) {
                // Nobody listens any more once the program is dropped.
                let _ = sender.send(document);
            }
        });
        let words = thread::spawn(move || {
            let mut words = Vec::new();
            let _ = err.read_to_end(&mut words);
            String::from_utf8_lossy(&words).into_owned()
        });
        Running { child, coming, heard: Vec::new(), words: Some(words) }
    }

    /// Starts a sync, and returns when it has reported that so many are processed.
    ///
    /// # Panics
    /// When it ended before it came to that.
    pub fn up_to(command: Command, processed: u64) -> Self {
        let mut running = Self::begin(command);
        running.hear_that(&format!("{processed} processed"), |document| {
            document["phase"] == "sending" && document["processed"].as_u64().is_some_and(|done| done >= processed)
        });
        running
    }

    /// Returns the next document.
    ///
    /// # Panics
    /// When the program ended instead.
    pub fn next_word(&mut self) -> Value {
        self.hear_that("its next document", |_| true)
    }

    /// Returns the document of the next such event, whatever comes before it.
    ///
    /// # Panics
    /// When the program ended without it.
    pub fn hear(&mut self, event: &str) -> Value {
        self.hear_that(event, |document| document["event"] == event)
    }

    /// Returns the next document of which this is true, whatever comes before it.
    ///
    /// # Panics
    /// When the program ended without it.
    pub fn hear_that(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let document = self.coming.recv_timeout(WAIT_MAX);
            assert!(document.is_ok(), "waited in vain for {what}, after {:?}", self.heard.last());
            let document = document.unwrap_or_default();
            self.heard.push(document.clone());
            if is_it(&document) {
                return document;
            }
        }
    }

    /// Returns the number of documents that have come by now.
    pub fn documents_so_far(&mut self) -> usize {
        self.heard.extend(self.coming.try_iter());
        self.heard.len()
    }

    /// Tells whether the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
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
        signal(&self.child, name);
    }

    /// Waits for its end, and does this again and again meanwhile.
    ///
    /// # Panics
    /// When it has not ended in time.
    pub fn finish_while(mut self, mut act: impl FnMut()) -> CommandOutput {
        wait_until("the program's end", || {
            act();
            self.has_ended()
        });
        self.finish()
    }

    /// Waits for its end; its documents are all of them, also those that were heard before.
    pub fn finish(mut self) -> CommandOutput {
        let mut documents = std::mem::take(&mut self.heard);
        documents.extend(self.coming.iter());
        let status = self.child.wait().expect("it is our child").code();
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        CommandOutput { status, documents, words }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a process a signal, by its name.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(sent.expect("there is a kill").success());
}
