//! Sets up what a behaviour is asked of: a subject, a proxy before it, workspaces of administrators, and the judge.

use std::path::{Path, PathBuf};
use std::process::Command;

use postonce_peers::Kind;
use postonce_tests::{CommandOutput, Proxy, cli, command_output, plain_source};
use tempfile::TempDir;

use super::subject::{AccountingSubject, Booked, Fresh, by_reference};

/// So many syncs in a row settle anything that a behaviour leaves open.
const SYNCS_MAX: usize = 8;
/// Requests of a sync that are under way at once. So many writes are answered before the first that is held: a connector may make
/// its calls one after the other, and a held one would keep the commit of the drafts before it waiting.
pub(crate) const REQUESTS_IN_FLIGHT: usize = 2;
/// The lease, in seconds: much longer than a busy machine needs for a renewal.
const LEASE_SECONDS: u64 = 120;
/// The lease of behaviours that wait for its end. A busy machine needs some seconds for a renewal.
const SHORT_LEASE_SECONDS: u64 = 30;

/// A subject, a proxy before it, and the workspace of one administrator.
pub(crate) struct SystemRig {
    pub(crate) subject: Box<dyn AccountingSubject>,
    pub(crate) proxy: Proxy,
    /// The address at which the workspace finds it.
    address: String,
    workspace: Workspace,
}

/// A folder with a workspace: one administrator's machine.
pub(crate) struct Workspace(TempDir);

impl Workspace {
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A record as a spreadsheet has it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) date: String,
    pub(crate) minor: i64,
    pub(crate) category: String,
    pub(crate) text: String,
}

/// Returns so many records, each of another amount.
pub(crate) fn rows(count: usize) -> Vec<Row> {
    let row = |number: usize| Row {
        id: format!("R-{number:05}"),
        date: format!("{:02}.10.2026", number % 28 + 1),
        minor: 1_000 + i64::try_from(number).expect("a small number") * 7,
        category: "Reise".to_owned(),
        text: format!("Bodø {number}"),
    };
    (1..=count).map(row).collect()
}

/// Runs a behaviour against a fresh subject, or says aloud that there is none on this machine.
pub(crate) fn asked(fresh: Fresh, behaviour: fn(&SystemRig)) {
    match fresh() {
        Ok(subject) => behaviour(&SystemRig::before(subject)),
        Err(trouble) if trouble.kind == Kind::NotToBeHad => eprintln!("*** SKIPPED: {trouble}"),
        Err(trouble) => panic!("{trouble}"),
    }
}

impl SystemRig {
    /// Sets up a workspace over this subject.
    pub(crate) fn before(subject: Box<dyn AccountingSubject>) -> Self {
        let proxy = Proxy::before(&subject.url());
        let address = proxy.url();
        let rig = Self { subject, proxy, address, workspace: Workspace(folder()) };
        rig.per_request(10);
        rig
    }

    /// Takes the proxy out, for measurements.
    pub(crate) fn directly(mut self) -> Self {
        self.address = self.subject.url();
        self
    }

    /// Sets up the machine of another administrator, with the same records and a ledger of its own.
    pub(crate) fn another(&self) -> Workspace {
        let other = Workspace(folder());
        for name in ["workspace.toml", "records.csv"] {
            std::fs::copy(self.path().join(name), other.path().join(name)).expect("it can be copied");
        }
        other
    }

    /// Sets up the same machine, past the proxy and its faults.
    pub(crate) fn another_directly(&self) -> Workspace {
        let other = self.another();
        let file = other.path().join("workspace.toml");
        let text = std::fs::read_to_string(&file).expect("it was copied").replace(&self.address, &self.subject.url());
        std::fs::write(file, text).expect("a temporary folder is writable");
        other
    }

    fn write_workspace(&self, source: &str, vouchers_per_request: usize, lease_seconds: u64) {
        let text = format!(
            "[organisation]\nid = \"hlf\"\nname = \"HLF\"\ncurrency = \"NOK\"\ntime_zone = \"Europe/Oslo\"\n\n{}\n\
             [accounting]\n{}\n\
             [posting]\npayable_account = \"2930\"\ndefault_account = \"7790\"\n\
             [posting.categories]\n\"Reise\" = \"7140\"\n\"Feil\" = \"9999\"\n\n\
             [sync]\nvouchers_per_request = {vouchers_per_request}\nrequests_in_flight = {REQUESTS_IN_FLIGHT}\nlease_seconds = {lease_seconds}\n",
            source,
            self.subject.table(&self.address),
        );
        std::fs::write(self.path().join("workspace.toml"), text).expect("a temporary folder is writable");
    }

    /// Lets so many vouchers travel in a request from now on.
    pub(crate) fn per_request(&self, vouchers: usize) {
        self.write_workspace(&plain_source("records.csv"), vouchers, LEASE_SECONDS);
    }

    /// Takes the records from this `[source]` from now on, and lets so many vouchers travel in a request.
    pub(crate) fn read_from(&self, source: &str, vouchers: usize) {
        self.write_workspace(source, vouchers, LEASE_SECONDS);
    }

    /// Adds tables to the workspace as it is now.
    pub(crate) fn add_to_workspace(&self, tables: &str) {
        let file = self.path().join("workspace.toml");
        let text = std::fs::read_to_string(&file).expect("it was written");
        std::fs::write(file, format!("{text}\n{tables}")).expect("a temporary folder is writable");
    }

    /// Dates vouchers by this rule from now on.
    pub(crate) fn date_by(&self, rule: &str) {
        let file = self.path().join("workspace.toml");
        let text = std::fs::read_to_string(&file).expect("it was written");
        std::fs::write(file, text.replace("[posting]\n", &format!("[posting]\ndate = \"{rule}\"\n")))
            .expect("a temporary folder is writable");
    }

    /// Makes leases short from now on.
    pub(crate) fn short_lease(&self) {
        self.write_workspace(&plain_source("records.csv"), 10, SHORT_LEASE_SECONDS);
    }

    pub(crate) fn path(&self) -> &Path {
        self.workspace.path()
    }

    /// Makes these, and no others, the records.
    pub(crate) fn write(&self, rows: &[Row]) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let line = |row: &Row| {
            let (whole, part) = (row.minor / 100, row.minor % 100);
            let text = quoted(&row.text);
            format!("{};{};{whole},{part:02};PM-0001;{};{text};NOK\n", row.id, row.date, quoted(&row.category))
        };
        self.write_csv(&rows.iter().map(line).collect::<String>());
    }

    /// Makes these lines of a spreadsheet the records.
    pub(crate) fn write_csv(&self, lines: &str) {
        let text = format!("Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n{lines}");
        std::fs::write(self.path().join("records.csv"), text).expect("a temporary folder is writable");
    }

    /// Returns the command line in a workspace.
    pub(crate) fn command_in(&self, workspace: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(cli());
        command.arg("--workspace").arg(workspace).arg("--json").args(arguments);
        command.env("POSTONCE_SECRET_ACCOUNTING_TOKEN", self.subject.secret());
        command.env_remove("POSTONCE_WORKSPACE").env("LC_ALL", "C");
        // The keyring of the person who runs the tests is not theirs to use.
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        command
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(self.path(), arguments)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        quiet(command_output(self.command(arguments)))
    }

    pub(crate) fn sync(&self) -> CommandOutput {
        self.run(&["sync", "--wait", "60"])
    }

    /// Syncs until nothing is open, and returns the output of the last one.
    pub(crate) fn sync_until_clear(&self) -> CommandOutput {
        let mut last = Vec::new();
        for _ in 0..SYNCS_MAX {
            let sync = self.sync();
            if sync.status == Some(0) {
                return sync;
            }
            last.push(sync);
        }
        let attention = self.run(&["attention"]);
        panic!("still not clear after {SYNCS_MAX} syncs: {attention:?}; {last:#?}");
    }

    /// Forgets everything that was exported, as a workspace that never synced.
    pub(crate) fn forget_ledger(&self) {
        let _ = std::fs::remove_dir_all(self.path().join("backups"));
        let ledgers: Vec<PathBuf> = ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "export.lock"]
            .iter()
            .map(|name| self.path().join(name))
            .filter(|path| path.exists())
            .collect();
        for file in ledgers {
            std::fs::remove_file(file).expect("removable");
        }
    }

    /// Returns the record's reference.
    pub(crate) fn reference(&self, record: &str) -> String {
        let story = self.run(&["record", record]);
        let attempts = story.last()["attempts"].as_array().cloned().unwrap_or_default();
        let reference = attempts.first().and_then(|attempt| attempt["reference"].as_str());
        reference.unwrap_or_else(|| panic!("no reference in {story:?}")).to_owned()
    }

    /// Checks that in the subject's own books each of these is booked once with its amount, nothing else is, and no draft is left.
    pub(crate) fn assert_books(&self, rows: &[Row]) {
        let vouchers = self.subject.vouchers();
        let counts = by_reference(&vouchers);
        let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "booked more than once: {twice:?}");
        assert_eq!(vouchers.len(), rows.len(), "each of {} records is booked once", rows.len());
        let sorted = |mut all: Vec<i64>| {
            all.sort_unstable();
            all
        };
        let booked = sorted(vouchers.iter().map(|voucher| voucher.minor).collect());
        assert_eq!(booked, sorted(rows.iter().map(|row| row.minor).collect()), "the amounts, one by one");
        assert_eq!(self.subject.drafts(), Vec::<Booked>::new(), "no draft is left");
    }
}

/// Leaves the progress out of a command's output: a failed test shows the rest.
pub(crate) fn quiet(mut said: CommandOutput) -> CommandOutput {
    said.documents.retain(|document| document["event"] != "progress");
    said
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("the machine has a temporary folder")
}
