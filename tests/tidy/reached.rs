//! Makes sure that a test reaches every way to fail that a person gets to see.
//!
//! The list is the engine's own. A code counts as reached if a test names it; whether the test then fails without it is
//! the test's own business.

use crate::rust::{Source, holds, sources};
use crate::tree::{File, Finding};

/// The file with the table of the codes.
pub(crate) const CODES: &str = "src-tauri/crates/engine/src/error.rs";

/// Codes that no test names, and the one that reaches each all the same: by its error's own type, or by a fault.
const ELSEWHERE: &[(&str, &str)] = &[
    // The table of findings names each with what is shown after it.
    ("evidence_differs", "tests/contract/found_matrix.rs"),
    ("evidence_reversed", "tests/contract/found_matrix.rs"),
    ("evidence_several", "tests/contract/found_matrix.rs"),
    // Drafts are gone, reversed or doubled under the run, and answers come late, in worlds made from seeds.
    ("evidence_gone", "tests/simulation/src/books/mod.rs"),
    ("draft_gone", "tests/simulation/src/books/drafts.rs"),
    // The same run clears it up, before anybody could read it.
    ("draft_contested", "tests/contract/accounting/locking.rs"),
    ("may_still_arrive", "tests/simulation/src/network.rs"),
    ("not_found_in_time", "tests/simulation/src/network.rs"),
    // A run of this very program holds the lock while it is asked to break it: the window offers no button then.
    ("lock_is_ours", "ui/tests/lock.test.ts"),
];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|file| file.path == CODES) else { return Vec::new() };
    let tests: Vec<Source<'_>> = sources(files).filter(|source| !source.file.path.starts_with("tests/tidy/")).collect();
    let mut findings = Vec::new();
    for defined in codes(&list.text) {
        let Defined { line, code, .. } = defined;
        let is_named = tests.iter().any(|source| names(source, &defined));
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

/// A line of the table: `    Variant = code(parameters), exit 1;`.
pub(crate) struct Defined<'a> {
    pub(crate) line: usize,
    pub(crate) variant: &'a str,
    pub(crate) code: &'a str,
    pub(crate) exit: &'a str,
}

/// Returns the lines of the table of codes.
pub(crate) fn codes(text: &str) -> impl Iterator<Item = Defined<'_>> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let (variant, rest) = line.trim().split_once(" = ")?;
        let (code, rest) = rest.split_once('(')?;
        let (_, exit) = rest.strip_suffix(';')?.split_once("), exit ")?;
        let is_name = variant.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name.then_some(Defined { line: index + 1, variant, code, exit })
    })
}

/// Says whether a test names the code: as the engine has it, alone or as a problem, or as it stands in JSON.
fn names(source: &Source<'_>, defined: &Defined<'_>) -> bool {
    let tests = source.tests();
    let (variant, problem) = (format!("ErrorCode::{}", defined.variant), format!("Problem::{}", defined.code));
    let text = format!("\"{}\"", defined.code);
    let mut lines = tests.lines().zip(source.file.text.lines()).filter(|(code, _)| !code.trim().is_empty());
    lines.any(|(bare, whole)| holds(bare, &variant) || holds(bare, &problem) || whole.contains(&text))
}

#[test]
fn code_that_no_test_names_is_found() {
    let list = "    /// None.\n    RunNotFound = run_not_found(id), exit 1;\n    Usage = usage(), exit 2;\n";
    let found = |test: &str| check(&[File::sample(CODES, list), File::sample("tests/contract/a.rs", test)]).len();
    assert_eq!(found("fn a() { seen(ErrorCode::RunNotFound); seen(ErrorCode::Usage) }"), 0);
    assert_eq!(found("fn a() { assert_eq!(code, \"run_not_found\"); seen(ErrorCode::Usage) }"), 0);
    assert_eq!(found("fn a() { assert_eq!(end, Problem::run_not_found(1)); seen(ErrorCode::Usage) }"), 0);
    assert_eq!(found("fn a() { seen(ErrorCode::RunNotFoundAgain); seen(ErrorCode::Usage) }"), 1);
    assert_eq!(found("fn a() { seen(Problem::run_not_found_again(1)); seen(ErrorCode::Usage) }"), 1);
    assert_eq!(found("// ErrorCode::RunNotFound, \"usage\"\n"), 2);
}
