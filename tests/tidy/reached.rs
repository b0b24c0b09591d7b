//! Every way to fail that a person is told of is reached by a test.
//!
//! The list is the engine's own. A code counts as reached where a test names it; that the test then fails without it is the
//! test's own business.

use crate::rust::{Source, holds, sources};
use crate::tree::{File, Finding};

const CODES: &str = "src-tauri/crates/engine/src/error.rs";

/// Codes that no test names, and the one that reaches each all the same: by its error's own type, or by a fault.
const ELSEWHERE: &[(&str, &str)] = &[
    // `CsvError::HeadMissing` and `CsvError::NotCsv`, before they are codes.
    ("source_head_missing", "src-tauri/crates/connectors/src/source/csv/guess/tests.rs"),
    ("source_not_csv", "src-tauri/crates/connectors/src/source/csv/guess/tests.rs"),
    // Drafts that are gone, reversed or doubled under the run, and answers that come late, in worlds made from seeds.
    ("evidence_unclear", "tests/simulation/src/books/mod.rs"),
    ("evidence_gone", "tests/simulation/src/books/mod.rs"),
    ("draft_gone", "tests/simulation/src/books/drafts.rs"),
    // Cleared up by the same run, before anybody could read it.
    ("draft_contested", "tests/contract/accounting/locking.rs"),
    ("may_still_arrive", "tests/simulation/src/network.rs"),
    ("not_found_in_time", "tests/simulation/src/network.rs"),
    // A run of this very program that holds the lock while it is asked to break it: the window offers no button then.
    ("lock_is_ours", "ui/tests/lock.test.ts"),
];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|file| file.path == CODES) else { return Vec::new() };
    let tests: Vec<Source<'_>> = sources(files).filter(|source| !source.file.path.starts_with("tests/tidy/")).collect();
    let mut findings = Vec::new();
    for (line, variant, code) in codes(&list.text) {
        let is_named = tests.iter().any(|source| names(source, variant, code));
        match (is_named, ELSEWHERE.iter().find(|(one, _)| *one == code)) {
            (false, None) => findings.push(list.finding(line, format!("no test reaches {code}"))),
            (true, Some(_)) => {
                findings.push(list.finding(line, format!("a test names {code}: it is reached here as well")))
            }
            (false, Some((_, path))) if !files.iter().any(|file| file.path == *path) => {
                findings.push(list.finding(line, format!("{path}, which reaches {code}, is not there")));
            }
            _ => {}
        }
    }
    findings
}

/// `    Variant = "code", exit 1;`
fn codes(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    text.lines().enumerate().filter(|(_, line)| line.contains("\", exit ")).filter_map(|(index, line)| {
        let (variant, rest) = line.trim().split_once(" = \"")?;
        Some((index + 1, variant, rest.split_once('"')?.0))
    })
}

/// In a test: as the engine has it, or as it stands in JSON.
fn names(source: &Source<'_>, variant: &str, code: &str) -> bool {
    let tests = source.tests();
    let (variant, code) = (format!("ErrorCode::{variant}"), format!("\"{code}\""));
    let mut lines = tests.lines().zip(source.file.text.lines()).filter(|(code, _)| !code.trim().is_empty());
    lines.any(|(bare, whole)| holds(bare, &variant) || whole.contains(&code))
}

#[test]
fn a_code_that_no_test_names_is_found() {
    let list = "    /// `id`.\n    RunNotFound = \"run_not_found\", exit 1;\n    Usage = \"usage\", exit 2;\n";
    let found = |test: &str| check(&[File::sample(CODES, list), File::sample("tests/contract/a.rs", test)]).len();
    assert_eq!(found("fn a() { told(ErrorCode::RunNotFound); told(ErrorCode::Usage) }"), 0);
    assert_eq!(found("fn a() { assert_eq!(code, \"run_not_found\"); told(ErrorCode::Usage) }"), 0);
    assert_eq!(found("fn a() { told(ErrorCode::RunNotFoundAgain); told(ErrorCode::Usage) }"), 1);
    assert_eq!(found("// ErrorCode::RunNotFound, \"usage\"\n"), 2);
}
