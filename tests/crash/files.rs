//! Runs the crash matrix over files: a process that hands over is ended by SIGKILL before, in and after each step, an
//! importer fetches what lies there or does not, and the normal `postonce sync` takes over. In the end each record was in
//! one file, once, and none is lost.
//!
//! By default the first, middle and last occurrence of each kind of step; `POSTONCE_MATRIX=full` takes every one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use postonce_tests::{FileRig, command_output};
use rusqlite::Connection;

use crate::matrix::chosen;

const RECORDS: usize = 6;
const SIGKILL: i32 = 9;

/// A workspace in two fiscal years, so that two files are made, and what an importer has fetched from it.
struct FileCell {
    rig: FileRig,
    fetched: Vec<String>,
}

impl FileCell {
    fn new() -> Self {
        let ids: Vec<String> = (0..RECORDS).map(|number| format!("U-{number}")).collect();
        let day = |number: usize| if number.is_multiple_of(2) { "2025-12-30" } else { "2026-01-05" };
        let rows: Vec<(&str, &str, &str)> =
            ids.iter().enumerate().map(|(number, id)| (id.as_str(), day(number), "10.00")).collect();
        let rig = FileRig::over(&rows);
        Self { rig, fetched: Vec::new() }
    }

    /// Runs a sync that follows these orders, and tells whether they ended it.
    fn child(&self, orders: &[&str]) -> bool {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postonce-crash-child"));
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("LC_ALL", "C");
        let workspace = self.rig.workspace();
        command.arg(&workspace).arg(workspace.join("trace")).args(orders).stdout(Stdio::null());
        let status = command.status().expect("the child starts");
        let ended = status.signal() == Some(SIGKILL);
        assert!(ended || status.success(), "{orders:?}: {status}");
        ended
    }

    /// Returns the steps of a sync, each with its place among those of its name.
    fn traced(&self) -> Vec<(String, usize)> {
        let text = fs::read_to_string(self.rig.workspace().join("trace")).expect("the child wrote it");
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let numbered = text.lines().map(|name| {
            let count = counts.entry(name).or_default();
            *count += 1;
            (name.to_owned(), *count)
        });
        numbered.collect()
    }

    /// Fetches what lies in the folder, as an importer does that moves its files away.
    fn fetch(&mut self) {
        for name in self.rig.files() {
            self.fetched.push(self.rig.text(&name));
            fs::remove_file(self.rig.folder().join(name)).expect("it is there");
        }
    }

    /// Lets the normal sync take over, and counts.
    fn recover(&mut self, story: &str) {
        let sync = command_output(self.rig.command(&["sync", "--wait", "60"]));
        assert_eq!(sync.status, Some(0), "{story}: {sync:?}");
        self.fetch();
        let all = self.fetched.concat();
        for number in 0..RECORDS {
            // Two postings, each with the text of the ledger and that of the sub-ledger.
            assert_eq!(all.matches(&format!("hlf:U-{number} ")).count(), 4, "{story}: U-{number} in {all}");
        }
        let ledger = Connection::open(self.rig.workspace().join("ledger.sqlite")).expect("a ledger");
        let count = |sql: &str| ledger.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("it counts");
        let whole = |count: usize| i64::try_from(count).expect("a small number");
        assert_eq!(count("SELECT count(*) FROM attempt WHERE state = 'handed_over'"), whole(RECORDS), "{story}");
        assert_eq!(count("SELECT count(*) FROM attempt WHERE state IN ('claimed', 'unknown')"), 0, "{story}");
        assert_eq!(count("SELECT count(*) FROM sealed_file WHERE state = 'rendered'"), 0, "{story}");
        assert_eq!(
            count("SELECT max(number) FROM sealed_file WHERE state = 'sealed'"),
            whole(self.fetched.len()),
            "{story}"
        );
    }
}

#[test]
fn files_survive_a_death_at_each_step() {
    let mut calm = FileCell::new();
    assert!(!calm.child(&[]));
    let steps = chosen(&calm.traced());
    calm.recover("calm");
    let mut cells: Vec<(String, usize, &str, bool)> = Vec::new();
    for (name, occurrence) in steps {
        for moment in ["before", "in", "after"] {
            for fetches in [false, true] {
                // An importer that fetches matters where something may lie there.
                if fetches && !matches!(name.as_str(), "hand_over" | "write" | "release") {
                    continue;
                }
                cells.push((name.clone(), occurrence, moment, fetches));
            }
        }
    }
    cells.retain(|(name, _, moment, _)| (name.as_str(), *moment) != ("read", "in"));
    let lanes = 4;
    let ended: usize = std::thread::scope(|scope| {
        let lane = |of: usize| {
            let mine: Vec<_> = cells.iter().enumerate().filter(|(index, _)| index % lanes == of).collect();
            mine.into_iter()
                .filter(|(_, (name, occurrence, moment, fetches))| {
                    let mut cell = FileCell::new();
                    let ended = cell.child(&[name, &occurrence.to_string(), moment]);
                    if *fetches {
                        cell.fetch();
                    }
                    cell.recover(&format!("{name} {occurrence} {moment}, fetched: {fetches}"));
                    ended
                })
                .count()
        };
        let running: Vec<_> = (0..lanes).map(|of| scope.spawn(move || lane(of))).collect();
        running.into_iter().map(|lane| lane.join().expect("each cell of the lane is well")).sum()
    });
    eprintln!("{} cells, {ended} ended there", cells.len());
    assert!(ended * 10 >= cells.len() * 8, "only {ended} of {} were ended", cells.len());
}

#[test]
fn each_step_over_files_may_be_run_twice() {
    let mut cell = FileCell::new();
    assert!(!cell.child(&["twice"]));
    cell.recover("every step twice");
}
