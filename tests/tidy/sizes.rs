//! Makes sure that nothing is too long to be read, or too big to be cloned.

use crate::tree::{File, Finding};

/// The lines of a source at most; past 400 one asks what the file hides, and this is the end.
const LINES_MAX: usize = 700;
const BYTES_MAX: usize = 1024 * 1024;

/// The files that a program writes, from sources that are themselves short enough.
const GENERATED: &[(&str, &str)] = &[
    ("ui/src/ipc/bindings.ts", "tauri-specta writes it from the commands"),
    ("src-tauri/crates/engine/migrations/schema.sql", "the migrations added up, which a test compares"),
];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let is_source = matches!(file.extension(), "rs" | "ts" | "svelte" | "sql" | "css");
        let is_generated = GENERATED.iter().any(|(path, _)| *path == file.path);
        let lines = file.text.lines().count();
        if is_source && !is_generated && lines > LINES_MAX {
            findings.push(file.finding(0, format!("{lines} lines, and {LINES_MAX} is the end: what does it hide?")));
        }
        if file.bytes.len() > BYTES_MAX {
            findings.push(file.finding(0, format!("{} bytes, and {BYTES_MAX} is the end", file.bytes.len())));
        }
    }
    findings
}

#[test]
fn long_source_and_a_big_file_are_found() {
    let long = "line\n".repeat(LINES_MAX + 1);
    for extension in ["rs", "ts", "svelte", "sql", "css"] {
        assert_eq!(check(&[File::sample(&format!("a.{extension}"), &long)]).len(), 1, "{extension}");
    }
    assert_eq!(check(&[File::sample("a.png", &"x".repeat(BYTES_MAX + 1))]).len(), 1);
}

#[test]
fn lock_file_may_be_long_and_so_may_what_a_program_writes() {
    let long = "line\n".repeat(LINES_MAX + 1);
    assert_eq!(check(&[File::sample("Cargo.lock", &long), File::sample(GENERATED[0].0, &long)]), []);
    assert_eq!(check(&[File::sample("a.rs", &"line\n".repeat(LINES_MAX))]), []);
}
