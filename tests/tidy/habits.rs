//! Refuses habits in Rust that a compiler does not hold, or holds only if somebody runs the right lint.

use crate::rust::{holds, lines_with, sources};
use crate::tree::{File, Finding};

/// A file that may do what the rule refuses, with the reason.
type Exception = (&'static str, &'static str);

/// Tests that sleep. Each waits for real time because real time is what it asks about.
const SLEEPS: &[Exception] = &[
    ("tests/simulation/src/timeline.rs", "virtual time: it passes when nobody has anything left to do"),
    ("src-tauri/crates/engine/src/export/tests/lagging_rig.rs", "virtual time, the same"),
];

/// Code near money that names a float, for something other than money.
const FLOATS: &[Exception] = &[(
    "src-tauri/crates/connectors/src/source/workbook/number.rs",
    "a workbook stores its numbers as floats; they become decimals there, and nowhere else",
)];

/// Connectors that read a whole answer, because something else bounds it.
const UNBOUNDED: &[Exception] = &[];

/// Finds `#[allow]`, which stays unnoticed when it is no longer needed.
pub(crate) fn bare_allow(files: &[File]) -> Vec<Finding> {
    in_code(
        files,
        |source| source.code().to_owned(),
        &["#[allow", "#![allow"],
        &[],
        "say #[expect(lint, reason = \"…\")]",
    )
}

/// Finds `unwrap()` outside tests: `expect` says why it cannot fail.
pub(crate) fn unwraps(files: &[File]) -> Vec<Finding> {
    in_code(
        files,
        |source| source.product(),
        &[".unwrap()"],
        &[],
        "`expect` says why it cannot fail, `?` what happens if it does",
    )
}

/// Finds `#[ignore]`: a test that does not run says nothing.
pub(crate) fn ignored_tests(files: &[File]) -> Vec<Finding> {
    in_code(files, |source| source.code().to_owned(), &["#[ignore"], &[], "a test runs, or it is not there")
}

/// Finds tests that sleep: they are slow when they pass and fail when the machine is busy.
pub(crate) fn sleeps(files: &[File]) -> Vec<Finding> {
    let names = ["thread::sleep", "time::sleep", "time::sleep_until", "sleep"];
    in_code(files, |source| calls_only(&source.tests()), &names, SLEEPS, "wait for what you wait for, with a bound")
}

/// Finds floats in the domain, the ledger and the connectors, through which money goes.
pub(crate) fn floats(files: &[File]) -> Vec<Finding> {
    let places =
        ["src-tauri/crates/engine/src/domain", "src-tauri/crates/engine/src/ledger", "src-tauri/crates/connectors/src"];
    let near_money: Vec<File> =
        files.iter().filter(|file| places.iter().any(|place| file.is_below(place))).cloned().collect();
    in_code(
        &near_money,
        |source| source.product(),
        &["f64", "f32"],
        FLOATS,
        "money is minor units, or a decimal at the edges",
    )
}

/// Finds whole answers read by a connector: a server may send 300 MB.
pub(crate) fn unbounded_answers(files: &[File]) -> Vec<Finding> {
    let connectors: Vec<File> =
        files.iter().filter(|file| file.is_below("src-tauri/crates/connectors/src")).cloned().collect();
    let calls = [".bytes().await", ".text().await", ".json().await", ".json::<", "Client::new()", "reqwest::get("];
    in_code(
        &connectors,
        |source| source.product(),
        &calls,
        UNBOUNDED,
        "has no bound: a client has time-outs, a body a limit",
    )
}

fn in_code(
    files: &[File],
    code: impl Fn(&crate::rust::Source<'_>) -> String,
    refused: &[&str],
    exceptions: &[Exception],
    instead: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files).filter(|source| !exceptions.iter().any(|(path, _)| *path == source.file.path)) {
        let code = code(&source);
        let mut lines: Vec<(usize, &str)> = refused
            .iter()
            .flat_map(|name| lines_with(&code, name).into_iter().map(move |line| (line, *name)))
            .collect();
        lines.sort_unstable();
        lines.dedup_by_key(|(line, _)| *line);
        findings.extend(lines.into_iter().map(|(line, name)| source.file.finding(line, format!("{name}: {instead}"))));
    }
    findings
}

/// Blanks lines in which `sleep` is a function being written, not called: a fake clock has one.
fn calls_only(code: &str) -> String {
    let is_definition = |line: &str| holds(line, "fn sleep");
    code.lines().map(|line| if is_definition(line) { "\n".to_owned() } else { format!("{line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_ENGINE: &str = "src-tauri/crates/engine/src/domain/money.rs";
    const IN_CONNECTORS: &str = "src-tauri/crates/connectors/src/open/http.rs";

    fn count(rule: fn(&[File]) -> Vec<Finding>, path: &str, text: &str) -> usize {
        rule(&[File::sample(path, text)]).len()
    }

    #[test]
    fn bare_allow_is_found_in_tests_too() {
        assert_eq!(count(bare_allow, IN_ENGINE, "#[allow(dead_code)]\nfn a() {}"), 1);
        assert_eq!(count(bare_allow, "tests/crash/main.rs", "#![allow(clippy::panic)]"), 1);
        assert_eq!(count(bare_allow, IN_ENGINE, "#[expect(dead_code, reason = \"…\")]\nfn a() {} // #[allow(x)]"), 0);
    }

    #[test]
    fn unwrap_is_found_outside_tests() {
        assert_eq!(count(unwraps, IN_ENGINE, "fn a() { b().unwrap(); }"), 1);
        assert_eq!(count(unwraps, IN_ENGINE, "fn a() { b().unwrap_or(1); }"), 0);
        assert_eq!(count(unwraps, IN_ENGINE, "#[cfg(test)]\nmod tests { fn a() { b().unwrap(); } }"), 0);
        assert_eq!(count(unwraps, "tests/crash/main.rs", "fn a() { b().unwrap(); }"), 0);
    }

    #[test]
    fn ignored_test_is_found() {
        assert_eq!(
            count(ignored_tests, IN_ENGINE, "#[cfg(test)]\nmod tests {\n#[test]\n#[ignore = \"slow\"]\nfn a() {} }"),
            1
        );
    }

    #[test]
    fn sleeping_test_is_found() {
        for call in
            ["std::thread::sleep(a)", "tokio::time::sleep(a).await", "sleep(a).await", "tokio::time::sleep_until(a)"]
        {
            assert_eq!(count(sleeps, "tests/crash/main.rs", &format!("fn a() {{ {call}; }}")), 1, "{call}");
        }
        assert_eq!(count(sleeps, IN_ENGINE, "fn a() { sleep(1); }"), 0);
        assert_eq!(count(sleeps, "tests/crash/clock.rs", "async fn sleep(&self) {}"), 0);
    }

    #[test]
    fn float_near_money_is_found() {
        assert_eq!(count(floats, IN_ENGINE, "fn a(b: f64) {}"), 1);
        assert_eq!(count(floats, IN_CONNECTORS, "let a = b as f32;"), 1);
        assert_eq!(count(floats, "src-tauri/crates/engine/src/export/estimate.rs", "fn a(b: f64) {}"), 0);
    }

    #[test]
    fn answer_without_a_bound_is_found() {
        for call in ["a.bytes().await", "a.text().await", "a.json::<B>()", "Client::new()", "reqwest::get(a)"] {
            assert_eq!(count(unbounded_answers, IN_CONNECTORS, &format!("fn a() {{ {call}; }}")), 1, "{call}");
        }
        assert_eq!(
            count(unbounded_answers, IN_CONNECTORS, "#[cfg(test)]\nmod tests { fn a() { b.text().await; } }"),
            0
        );
    }

    #[test]
    fn every_exception_gives_its_reason() {
        for (path, reason) in [SLEEPS, FLOATS, UNBOUNDED].concat() {
            assert!(reason.len() > 10, "{path}");
        }
    }
}
