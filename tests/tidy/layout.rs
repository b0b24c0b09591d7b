//! Holds the places of things: the top folder, the migrations, and the names that never stand here.

use std::collections::BTreeSet;

use crate::tree::{File, Finding};

/// The top folder, as `src-tauri/docs/architecture.md` lays it out.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".editorconfig",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "icons",
    "rustfmt.toml",
    "src-tauri",
    "tests",
    "ui",
];

const MIGRATIONS: &str = "src-tauri/crates/engine/migrations";

/// The names under which data and specifications of others are known to lie around. `*` stands at one end at most.
const NEVER: &[&str] = &["reimbursements-*", "*.xlsm", "*.pfx", "*.p12", "*.pem", ".env"];

/// Finds files and folders that stand at the top and are not listed.
pub(crate) fn top(files: &[File]) -> Vec<Finding> {
    let names: BTreeSet<&str> = files.iter().filter_map(|file| file.path.split('/').next()).collect();
    let stray = names.into_iter().filter(|name| !TOP.contains(name));
    stray
        .map(|name| File::sample(name, "").finding(0, "the top folder holds only what architecture.md lists"))
        .collect()
}

/// Finds migrations that are misnamed, twice there, or leave a gap: `0001_what_it_does.sql` and on. `schema.sql` is
/// their sum.
pub(crate) fn migrations(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found: Vec<&File> =
        files.iter().filter(|file| file.is_below(MIGRATIONS) && file.name() != "schema.sql").collect();
    found.sort_by_key(|file| file.name());
    for (index, file) in found.into_iter().enumerate() {
        let number = format!("{:04}", index + 1);
        if file.path != format!("{MIGRATIONS}/{}", file.name()) || !is_migration(file.name()) {
            findings.push(file.finding(0, "a migration is named NNNN_what_it_does.sql"));
        } else if !file.name().starts_with(&number) {
            findings.push(file.finding(0, format!("the next migration is number {number}")));
        }
    }
    findings
}

/// Finds files that are, whole, what lies in `shared`, or bear a name that only such files bear.
pub(crate) fn copies(files: &[File], shared: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        if NEVER.iter().any(|pattern| matches(file.name(), pattern)) {
            findings.push(file.finding(0, "is of the kind that is never committed"));
        }
        if let Some(original) = shared.iter().find(|other| !other.bytes.is_empty() && other.bytes == file.bytes) {
            findings
                .push(file.finding(0, format!("is {}, which is shared with us and not ours to commit", original.path)));
        }
    }
    findings
}

fn is_migration(name: &str) -> bool {
    let Some((number, rest)) = name.split_once('_') else { return false };
    let Some(what) = rest.strip_suffix(".sql") else { return false };
    let is_plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    number.len() == 4
        && number.chars().all(|digit| digit.is_ascii_digit())
        && !what.is_empty()
        && what.chars().all(is_plain)
}

fn matches(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

#[test]
fn stray_at_the_top_is_found() {
    assert_eq!(top(&[File::sample("notes.txt", "")]).len(), 1);
    assert_eq!(top(&[File::sample("shared/data/a.csv", "")]).len(), 1);
    assert_eq!(top(&[File::sample("ui/src/a.ts", ""), File::sample("LICENSE-MIT", "")]), []);
}

#[test]
fn migration_out_of_order_is_found() {
    let migration = |name: &str| File::sample(&format!("{MIGRATIONS}/{name}"), "");
    assert_eq!(migrations(&[migration("0001_a.sql"), migration("0003_b.sql")]).len(), 1);
    assert_eq!(migrations(&[migration("0001_a.sql"), migration("0001_b.sql")]).len(), 1);
    for name in ["1_a.sql", "0001-a.sql", "0001_A.sql", "0001_.sql", "0001_a.txt"] {
        assert_eq!(migrations(&[migration(name)]).len(), 1, "{name}");
    }
    assert_eq!(migrations(&[migration("0002_b.sql"), migration("0001_a.sql"), migration("schema.sql")]), []);
}

#[test]
fn file_that_is_not_ours_is_found() {
    let shared = [File::sample("/somewhere/shared/spec.json", "{}")];
    assert_eq!(copies(&[File::sample("tests/contract/spec.json", "{}")], &shared).len(), 1);
    assert_eq!(copies(&[File::sample("tests/reimbursements-2020.csv", "a;b")], &[]).len(), 1);
    assert_eq!(copies(&[File::sample("tests/own.json", "{ }")], &shared), []);
}
