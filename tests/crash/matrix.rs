//! Runs the crash matrix: a process that syncs is ended by SIGKILL before, in and after each step that touches disk or
//! network, for each protection, and the normal `postonce sync` takes over. In the end the books hold each record once, and the
//! ledger says the same as the books.
//!
//! A second matrix sends claims: lines in two VAT codes and three dimensions, receipts, a closed period, and an
//! acknowledgement beside the source; it takes the steps that these have.
//!
//! By default the first, middle and last occurrence of each kind of step; `POSTONCE_MATRIX=full` takes every one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postonce_tests::{CliRig, CommandOutput, Running, command_output, wait_until};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::site::{Kind, assert_exactly_once, enforced, fenced, observed, records, staged};

const RECORDS: usize = 12;
const SIGKILL: i32 = 9;
/// Steps at which a recovery is ended in its turn.
const SECOND_DEATHS: [(&str, &str, &str); 8] = [
    ("write", "2", "in"),
    ("write", "3", "after"),
    ("acquire", "1", "after"),
    ("look_up", "1", "after"),
    ("commit", "1", "in"),
    ("commit_draft", "1", "in"),
    ("stage", "1", "in"),
    ("release", "1", "before"),
];
/// First deaths for each second one.
const FIRST_DEATHS_PER_SECOND: usize = 5;
/// The lines of a claim, without the debt.
const CLAIM_LINES: usize = 5;
/// The last day of the closed period, and the first open day.
const CLOSED_THROUGH: &str = "2026-10-10";
const OPEN_AGAIN: &str = "2026-10-11";
/// Syncs after which nothing is left.
const SYNCS_MAX: usize = 1;

/// One step of a sync, by its name and its place among those of that name.
pub(crate) type Step = (String, usize);

/// A sandbox, and a workspace for each cell of the matrix: each has records of its own in the same books.
struct MatrixRig {
    cli: CliRig,
    kind: Kind,
    cells: Vec<PathBuf>,
    /// True if each record is a claim of several lines, with receipts, in a closed period.
    has_claims: bool,
}

impl MatrixRig {
    fn new(kind: Kind) -> Self {
        let rig = Self { cli: CliRig::over_csv(b""), kind, cells: Vec::new(), has_claims: false };
        rig.calm();
        rig
    }

    /// Makes the sandbox the kind of server that it is, without faults.
    fn calm(&self) {
        self.kind.set(&self.cli, 0, &json!([]));
    }

    /// Returns a sandbox for claims: the period of their expenses is closed there.
    fn for_claims(kind: Kind) -> Self {
        let rig = Self { has_claims: true, ..Self::new(kind) };
        rig.cli.admin(reqwest::Method::PUT, "closed-through", Some(&json!({ "date": CLOSED_THROUGH })));
        rig
    }

    fn of(kind: Kind, has_claims: bool) -> Self {
        if has_claims { Self::for_claims(kind) } else { Self::new(kind) }
    }

    /// Makes a workspace that never synced.
    fn cell(&mut self) -> PathBuf {
        let number = self.cells.len();
        let folder = self.cli.path().join(format!("cell-{number}"));
        std::fs::create_dir(&folder).expect("a temporary folder is writable");
        let (mut csv, mut workspace) = (records(&format!("C{number}"), RECORDS), self.kind.workspace(&self.cli, 4));
        if self.has_claims {
            (csv, workspace) = with_claims(&folder, &csv, &workspace);
        }
        std::fs::write(folder.join("records.csv"), csv).expect("writable");
        std::fs::write(folder.join("workspace.toml"), workspace).expect("writable");
        self.cells.push(folder.clone());
        folder
    }

    /// Runs a sync that follows these orders, and tells whether they ended it.
    fn child(&self, workspace: &Path, orders: &[&str]) -> bool {
        let named = self.cli.command_in(workspace, &[]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_postonce-crash-child"));
        for (name, value) in named.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.arg(workspace).arg(workspace.join("trace")).args(orders).stdout(Stdio::null());
        let status = command.status().expect("the child starts");
        self.calm();
        let ended = status.signal() == Some(SIGKILL);
        assert!(ended || status.success(), "{orders:?}: {status}");
        ended
    }

    /// Returns the steps that it took.
    fn traced(&self, workspace: &Path) -> Vec<Step> {
        let text = std::fs::read_to_string(workspace.join("trace")).expect("the child wrote it");
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let numbered = text.lines().map(|name| {
            let count = counts.entry(name).or_default();
            *count += 1;
            (name.to_owned(), *count)
        });
        numbered.collect()
    }

    /// Runs the normal sync to its end. Where a settle window proves only at the end of a run that something never arrived,
    /// the next one sends it.
    fn recover(&self, workspace: &Path, after: &str) {
        let mut findings = Vec::new();
        let is_well = (0..SYNCS_MAX).any(|_| {
            let sync = self.cli.command_in(workspace, &["sync", "--wait", "60"]);
            let sync = match self.kind.settle_window_seconds {
                Some(window) => self.sync_within(workspace, window, sync),
                None => command_output(sync),
            };
            let status = command_output(self.cli.command_in(workspace, &["status"]));
            let records = status.last()["records"].clone();
            let is_well =
                sync.status == Some(0) && (&records["posted"], &records["in_doubt"]) == (&json!(RECORDS), &json!(0));
            findings.push((sync, records));
            is_well
        });
        assert!(is_well, "after {after}: {findings:?}");
    }

    /// Runs a sync over books in which a request of a dead process may still arrive. It arrives after the first look, if the window
    /// is open by then, and in any case before the look that proves absence: a window is the promise that nothing comes later.
    fn sync_within(&self, workspace: &Path, window: u32, sync: Command) -> CommandOutput {
        self.cli.hold(&["lookup"], 0);
        let mut sync = Running::begin(sync);
        wait_until("a look into the books", || self.cli.held() > 0 || sync.has_ended());
        if self.age_of_the_open(workspace).is_some_and(|age| age < f64::from(window)) {
            self.cli.let_go();
        }
        self.cli.let_the_late_arrive();
        self.cli.release();
        sync.finish()
    }

    /// Returns the seconds since the oldest open request was sent, by the sandbox's clock.
    fn age_of_the_open(&self, workspace: &Path) -> Option<f64> {
        let clock = self.cli.admin(reqwest::Method::GET, "clock", None);
        let now = clock["now"].as_str().expect("an instant");
        let ledger = workspace.join("ledger.sqlite");
        let ledger = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a ledger");
        let age = "SELECT (julianday(?1) - julianday(min(last_sent_at))) * 86400.0 FROM attempt \
                   WHERE state IN ('claimed', 'staged', 'unknown')";
        ledger.query_row(age, [now], |row| row.get(0)).expect("an age, or none")
    }
}

/// Returns the first, the middle and the last step of each name; or all of them.
pub(crate) fn chosen(steps: &[Step]) -> Vec<Step> {
    if std::env::var_os("POSTONCE_MATRIX").is_some_and(|wish| wish == "full") {
        return steps.to_vec();
    }
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, occurrence) in steps {
        last.insert(name, *occurrence);
    }
    let is_chosen = |(name, occurrence): &&Step| {
        let last = last[name.as_str()];
        [1, last.div_ceil(2), last].contains(occurrence)
    };
    steps.iter().filter(is_chosen).cloned().collect()
}

/// A cell of the matrix: its number, the death of its sync, and the death of its recovery if that has one.
struct Cell {
    number: usize,
    death: [String; 3],
    second: Option<[&'static str; 3]>,
}

fn cells(steps: &[Step]) -> Vec<Cell> {
    let moments = ["before", "in", "after"];
    let deaths = steps.iter().flat_map(|(name, occurrence)| moments.map(|moment| (name, occurrence, moment)));
    let deaths = deaths.filter(|(name, _, moment)| !(["read", "learn"].contains(&name.as_str()) && *moment == "in"));
    let cell = |(index, (name, occurrence, moment)): (usize, (&String, &usize, &str))| {
        let number = index + 1;
        let death = [name.clone(), occurrence.to_string(), moment.to_owned()];
        let (turn, is_second) = (number / FIRST_DEATHS_PER_SECOND, number % FIRST_DEATHS_PER_SECOND == 0);
        let second = is_second.then(|| SECOND_DEATHS[turn % SECOND_DEATHS.len()]);
        Cell { number, death, second: second.map(|(name, occurrence, moment)| [name, occurrence, moment]) }
    };
    deaths.enumerate().map(cell).collect()
}

/// Makes a claim of each row: five lines, in two VAT codes and three dimensions, with two receipts beside the file; it is
/// booked on the next open day.
fn with_claims(folder: &Path, csv: &str, workspace: &str) -> (String, String) {
    let mut rows = csv.lines();
    let head = rows.next().expect("a head").replace("Id;", "Krav;");
    let mut claims = format!("{head};Mva;Avdeling;Prosjekt;Tilskudd;Vedlegg\n");
    for (row, line) in rows.enumerate() {
        let names = ["a", "b"].map(|one| format!("{row}{one}.pdf"));
        for name in &names {
            std::fs::write(folder.join(name), format!("%PDF-1.7 {} {name}", folder.display())).expect("writable");
        }
        for (vat, grant) in [("1", "G-1"), ("13", "G-1"), ("1", "G-2"), ("", "G-1"), ("", "")] {
            writeln!(claims, "{line};{vat};{row};P7;{grant};{}", names.join("|")).expect("a text grows");
        }
    }
    let source = workspace
        .replace("id = \"Id\"\n", "")
        .replace("[source]\n", "[source]\nacknowledge = true\n")
        .replace(
            "[source.columns]\n",
            "group_by = \"Krav\"\n[source.columns]\nreceipts = \"Vedlegg\"\nvat_code = \"Mva\"\n",
        )
        .replace(
            "[accounting]\n",
            "[source.dimensions]\ndepartment = \"Avdeling\"\nproject = \"Prosjekt\"\ngrant = \"Tilskudd\"\n\n[accounting]\n",
        )
        .replace("[posting]\n", "[posting]\ndate = \"next_open\"\n");
    (claims, source)
}

/// Checks that each voucher is a whole claim on the first open day, and that each record is acknowledged once.
fn assert_claims_whole(rig: &MatrixRig) {
    let (mut cursor, mut vouchers) = (String::new(), 0);
    loop {
        let page = rig.cli.call(reqwest::Method::GET, &format!("v1/vouchers?limit=500{cursor}"), None);
        for voucher in page["vouchers"].as_array().expect("a list") {
            let lines = voucher["lines"].as_array().expect("a list");
            let minor = |line: &serde_json::Value| {
                line["amount"].as_str().expect("a text").replace('.', "").parse::<i64>().expect("a number")
            };
            assert_eq!((lines.len(), lines.iter().map(minor).sum()), (CLAIM_LINES + 1, 0_i64), "{voucher}");
            assert_eq!(voucher["date"], OPEN_AGAIN, "{voucher}");
            assert!(voucher["text"].as_str().is_some_and(|text| text.starts_with("(2026-10-05) ")), "{voucher}");
            vouchers += 1;
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(vouchers, rig.cells.len() * RECORDS);
    for cell in &rig.cells {
        let file = std::fs::read_to_string(cell.join("records.postonce-exported.csv")).expect("it was written");
        let mut ids: Vec<&str> = file.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), file.lines().count()), (RECORDS, RECORDS + 1), "{file}");
    }
}

/// Checks that each voucher has its two attachments, each once.
fn assert_attached_once(rig: &MatrixRig) {
    let (mut cursor, mut vouchers) = (String::new(), 0);
    loop {
        let page = rig.cli.call(reqwest::Method::GET, &format!("v1/vouchers?limit=500{cursor}"), None);
        let ids: Vec<_> =
            page["vouchers"].as_array().expect("a list").iter().map(|voucher| voucher["voucher_id"].clone()).collect();
        let asked = json!({ "voucher_ids": ids });
        let found = rig.cli.call(reqwest::Method::POST, "v1/attachments/lookup", Some(&asked));
        for id in &ids {
            let of_voucher =
                found["attachments"].as_array().expect("a list").iter().filter(|one| one["voucher_id"] == *id);
            let hashes: Vec<_> = of_voucher.map(|one| one["sha256"].as_str().expect("a hash")).collect();
            let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
            assert_eq!((hashes.len(), distinct.len()), (2, 2), "{id}: {hashes:?}");
        }
        vouchers += ids.len();
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(vouchers, rig.cells.len() * RECORDS);
}

/// Runs these cells one after the other, over a sandbox of their own. Returns how many were ended where they should be, and
/// how many of their recoveries.
fn lane(kind: Kind, cells: &[&Cell], has_claims: bool) -> (usize, usize) {
    let mut rig = MatrixRig::of(kind, has_claims);
    let (mut ended, mut doubles) = (0, 0);
    for Cell { death, second, .. } in cells {
        let workspace = rig.cell();
        ended += usize::from(rig.child(&workspace, &death.each_ref().map(String::as_str)));
        let mut story = death.join(" ");
        if let Some(second) = second {
            doubles += usize::from(rig.child(&workspace, second));
            write!(story, ", then {}", second.join(" ")).expect("a text grows");
        }
        rig.recover(&workspace, &story);
    }
    rig.cli.let_the_late_arrive();
    assert_exactly_once(&rig.cli, rig.cells.iter().map(PathBuf::as_path), rig.cells.len() * RECORDS);
    if has_claims {
        assert_attached_once(&rig);
        assert_claims_whole(&rig);
    }
    (ended, doubles)
}

/// Runs the matrix in so many lanes beside each other: a sync waits for the life of the lease before it.
fn matrix(kind: fn() -> Kind, lanes: usize) {
    matrix_of(kind, lanes, false, |_| true);
}

/// Runs the part of the matrix whose steps are chosen, of claims or of plain expenses.
fn matrix_of(kind: fn() -> Kind, lanes: usize, has_claims: bool, is_meant: fn(&Step) -> bool) {
    let mut rig = MatrixRig::of(kind(), has_claims);
    let calm = rig.cell();
    assert!(!rig.child(&calm, &[]));
    assert_exactly_once(&rig.cli, rig.cells.iter().map(PathBuf::as_path), RECORDS);
    let mut steps = rig.traced(&calm);
    steps.retain(is_meant);
    let cells = cells(&chosen(&steps));
    let counts: Vec<(usize, usize)> = std::thread::scope(|scope| {
        let share = |of: usize| cells.iter().filter(move |cell| cell.number % lanes == of).collect::<Vec<_>>();
        let running: Vec<_> = (0..lanes).map(|of| scope.spawn(move || lane(kind(), &share(of), has_claims))).collect();
        running.into_iter().map(|lane| lane.join().expect("each cell of the lane is well")).collect()
    });
    let (ended, doubles) = counts.iter().fold((0, 0), |sum, lane| (sum.0 + lane.0, sum.1 + lane.1));
    let count = cells.len();
    eprintln!("{} steps, {count} cells, {ended} ended there, {doubles} of their recoveries ended too", steps.len());
    // The order of two requests in flight is nobody's promise, so that a last one may be missing now and then; of the few
    // steps of attachments, which take their turn several at once, the last ones are a third.
    let least = if has_claims { 6 } else { 9 };
    assert!(ended * 10 >= count * least, "only {ended} of {count} were ended");
}

fn twice(kind: Kind) {
    let mut rig = MatrixRig::for_claims(kind);
    let workspace = rig.cell();
    assert!(!rig.child(&workspace, &["twice"]));
    rig.recover(&workspace, "every step twice");
    assert_exactly_once(&rig.cli, rig.cells.iter().map(PathBuf::as_path), rig.cells.len() * RECORDS);
    assert_attached_once(&rig);
    assert_claims_whole(&rig);
}

#[test]
fn enforced_survives_a_death_at_each_step() {
    matrix(enforced, 2);
}

#[test]
fn fenced_survives_a_death_at_each_step() {
    matrix(fenced, 2);
}

#[test]
fn staged_survives_a_death_at_each_step() {
    matrix(staged, 2);
}

#[test]
fn observed_survives_a_death_at_each_step() {
    matrix(|| observed(2), 6);
}

/// The steps that claims add: each call for a voucher, which is refused in a closed period and made again; each for an
/// attachment; each transaction; and what the source learns.
fn is_of_claims((name, _): &Step) -> bool {
    matches!(name.as_str(), "post" | "stage" | "commit_draft" | "attach" | "attachments" | "write" | "learn")
}

#[test]
fn claims_of_enforced_survive_a_death_at_each_step() {
    matrix_of(enforced, 2, true, is_of_claims);
}

#[test]
fn claims_of_fenced_survive_a_death_at_each_step() {
    matrix_of(fenced, 2, true, is_of_claims);
}

#[test]
fn claims_of_staged_survive_a_death_at_each_step() {
    matrix_of(staged, 2, true, is_of_claims);
}

#[test]
fn claims_of_observed_survive_a_death_at_each_step() {
    matrix_of(|| observed(2), 4, true, is_of_claims);
}

#[test]
fn each_step_may_be_run_twice_under_every_protection() {
    // Sending the same again is a promise of keys alone.
    for mut kind in [enforced(), fenced(), staged(), observed(2)] {
        kind.switches["idempotency_keys"] = true.into();
        twice(kind);
    }
}
