//! Runs `cargo xtask bench desktop`: how soon the desktop can be used, and what it takes while nobody uses it.
//!
//! It measures on a display, a bus and a keyring of its own, over a practice workspace, in a release build. Nothing is
//! asserted: a figure depends on the machine, and on its other work meanwhile.

#![expect(clippy::disallowed_methods, reason = "real time is what is measured here")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::places;
use crate::programs::cargo;
use crate::run::{Failure, call, output};
use crate::session::DesktopSession;
use crate::setup;

/// The line that the desktop logs when its page shows the workspace and listens (`desktop/links.rs`).
const USABLE: &str = "the page is there";
const STARTS: usize = 5;
/// The longest start; a longer one has failed.
const START_MAX: Duration = Duration::from_secs(60);
/// The time in which the work after a start comes to its end.
const SETTLE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(60);

/// Measures the program of `--built PATH`, or else a release build made now.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let (desktop, postonce) = match arguments {
        [] => built()?,
        ["--built", folder] => {
            let at = |name: &str| PathBuf::from(folder).join(name);
            (at("postonce-desktop"), at("postonce"))
        }
        _ => return Err(Failure::new("takes nothing, or --built FOLDER with the two programs in it")),
    };
    let session = DesktopSession::open()?;
    let workspace = std::env::temp_dir().join(format!("postonce-footprint-{}", std::process::id()));
    let measured = measure(&session, &desktop, &postonce, &workspace);
    _ = fs::remove_dir_all(&workspace);
    measured
}

fn built() -> Result<(PathBuf, PathBuf), Failure> {
    setup::desktop()?.script("build")?;
    println!("Building Postonce for release. This takes many minutes the first time.");
    call(&mut cargo(&["build", "--release", "--workspace", "--bin", "postonce", "--bin", "postonce-desktop"]))?;
    Ok((places::built("release", "postonce-desktop")?, places::built("release", "postonce")?))
}

fn measure(session: &DesktopSession, desktop: &Path, postonce: &Path, workspace: &Path) -> Result<(), Failure> {
    call(Command::new(postonce).arg("--workspace").arg(workspace).args(["init", "--practice"]))?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (child, took) = start(session, desktop, workspace)?;
        starts.push(took);
        end(child);
    }
    starts.sort();
    let shown: Vec<String> = starts.iter().map(|took| format!("{:.2}", took.as_secs_f64())).collect();
    println!("Start to usable, {STARTS} times, in seconds: {}", shown.join(" "));

    let (child, _) = start(session, desktop, workspace)?;
    thread::sleep(SETTLE);
    let before = Usage::of(child.id());
    thread::sleep(IDLE);
    let after = Usage::of(child.id());
    end(child);
    println!("Idle, a workspace open, {} processes:", after.processes.len());
    for (name, process) in &after.processes {
        println!("  {name}: {} MB resident, {} MB of its own", process.resident_kb / 1024, process.own_kb / 1024);
    }
    let sum = |of: fn(&Process) -> u64| after.processes.values().map(of).sum::<u64>() / 1024;
    println!("  together: {} MB resident, {} MB shared fairly", sum(|it| it.resident_kb), sum(|it| it.fair_kb));
    let ticks = after.ticks().saturating_sub(before.ticks());
    println!("  processor time in {} s: {ticks} ticks of {} a second", IDLE.as_secs(), ticks_a_second());
    Ok(())
}

/// Starts the desktop, and waits until it can be used.
fn start(session: &DesktopSession, desktop: &Path, workspace: &Path) -> Result<(Child, Duration), Failure> {
    let mut command = Command::new(desktop);
    command.arg("--workspace").arg(workspace);
    // The session's bus and keyring are started before the clock, which runs from the line that the desktop begins now.
    let mut timed = Command::new("sh");
    timed.args(["-c", r#"echo began >&2; exec "$@""#, "sh"]).arg(command.get_program()).args(command.get_args());
    let mut command = session.command(&timed);
    command.env("POSTONCE_LOG", "warn,postonce_desktop=info").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Failure::new(format!("the session: {error}")))?;
    let words = child.stderr.take().ok_or_else(|| Failure::new("standard error is not piped"))?;
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(words).lines().map_while(Result::ok) {
            // A receiver that waits no longer makes this fail; the line is then not needed.
            _ = sender.send((Instant::now(), line));
        }
    });
    let mut began = None;
    let until = Instant::now() + START_MAX;
    while let Ok((at, line)) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
        match began {
            None if line == "began" => began = Some(at),
            Some(began) if line.contains(USABLE) => return Ok((child, at - began)),
            _ => {}
        }
    }
    end(child);
    Err(Failure::new("the desktop did not say that its page is there"))
}

/// Ends the session, and the desktop with it.
fn end(mut child: Child) {
    let all = family(child.id());
    for process in all.iter().rev() {
        _ = Command::new("sh").args(["-c", "kill \"$1\" 2>/dev/null", "sh", &process.to_string()]).status();
    }
    _ = child.wait();
}

/// The resources that the processes below one use.
struct Usage {
    processes: BTreeMap<String, Process>,
}

struct Process {
    resident_kb: u64,
    /// The memory, with shared pages divided among their users.
    fair_kb: u64,
    /// The memory in pages that no other process has.
    own_kb: u64,
    ticks: u64,
}

impl Usage {
    /// Adds up the desktop and its web view, without the session around them.
    fn of(session: u32) -> Self {
        let mut processes = BTreeMap::new();
        for process in family(session) {
            let folder = PathBuf::from(format!("/proc/{process}"));
            let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
            let name = read("comm").trim().to_owned();
            if !(name.starts_with("postonce") || name.starts_with("WebKit")) {
                continue;
            }
            let rollup = read("smaps_rollup");
            let own_kb = kilobytes(&rollup, "Private_Clean:") + kilobytes(&rollup, "Private_Dirty:");
            let (resident_kb, fair_kb) = (kilobytes(&rollup, "Rss:"), kilobytes(&rollup, "Pss:"));
            let ticks = ticks(&read("stat"));
            processes.insert(format!("{name} ({process})"), Process { resident_kb, fair_kb, own_kb, ticks });
        }
        Self { processes }
    }

    fn ticks(&self) -> u64 {
        self.processes.values().map(|process| process.ticks).sum()
    }
}

/// Returns a process and all below it, parents first.
fn family(root: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: BTreeMap<u32, u32> = processes
        .filter_map(|process| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            Some((process, after_name(&stat).nth(1)?.parse().ok()?))
        })
        .collect();
    let mut family = vec![root];
    let mut seen = BTreeSet::from([root]);
    let mut at = 0;
    while let Some(&parent) = family.get(at) {
        let children = parents.iter().filter(|(child, of)| **of == parent && seen.insert(**child));
        family.extend(children.map(|(child, _)| *child).collect::<Vec<_>>());
        at += 1;
    }
    family
}

/// Returns the members of `/proc/PID/stat` behind the name, which may hold anything: state, parent …
fn after_name(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace()
}

/// Returns `utime` and `stime` together.
fn ticks(stat: &str) -> u64 {
    after_name(stat).skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

fn kilobytes(rollup: &str, name: &str) -> u64 {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn ticks_a_second() -> String {
    output("getconf", &["CLK_TCK"]).unwrap_or_else(|| "100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_parents_are_read_behind_a_name_that_holds_anything() {
        let stat = "42 (a) 1 (b) S 7 42 42 0 -1 4194560 1 0 0 0 12 34 0 0 20 0 1 0 5 0 0";
        assert_eq!((ticks(stat), after_name(stat).nth(1)), (46, Some("7")));
    }

    #[test]
    fn memory_is_read_by_its_name() {
        let rollup = "Rss:              120 kB\nPss:               80 kB\nPrivate_Clean:      3 kB\n";
        assert_eq!((kilobytes(rollup, "Rss:"), kilobytes(rollup, "Pss:"), kilobytes(rollup, "Swap:")), (120, 80, 0));
    }
}
