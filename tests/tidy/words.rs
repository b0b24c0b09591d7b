//! Keeps the words plain: comments begin with their subject, identifiers are nouns and verbs of the field, a test's
//! name is a sentence.

use crate::rust::sources;
use crate::tree::{File, Finding};

/// Beginnings of half a sentence.
const OPENERS: &[&str] = &["What", "Where", "Whoever", "One that"];
/// A word that meant at least eight things.
const PRIVATE: &str = "told";
/// Characters of a test's name, at most.
const NAME_CHARS_MAX: usize = 60;
/// Beginnings of a test's name that are no noun.
const NO_NOUN: &[&str] = &["what_", "where_", "whoever_", "who_", "one_that_", "when_", "how_"];

/// Finds comments in Rust, SQL and TypeScript that begin with no subject.
pub(crate) fn openers(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let marks: &[&str] = match file.extension() {
            "rs" | "ts" | "svelte" => &["///", "//!", "//", "/**", " *"],
            // A migration is history: what was run once is not written again.
            "sql" if !file.is_below("src-tauri/crates/engine/migrations") => &["--"],
            _ => continue,
        };
        let mut before = "";
        for (index, line) in file.text.lines().enumerate() {
            let comment = comment(line, marks);
            // A line that goes on a sentence may begin with anything.
            let goes_on = self::comment(before, marks).is_some_and(|text| !ends_a_sentence(text));
            if let Some(text) = comment
                && !goes_on
                && let Some(opener) = OPENERS.iter().find(|opener| begins_with(text, opener))
            {
                findings.push(file.finding(index + 1, format!("begins with {opener:?}: say the subject and the verb")));
            }
            before = line;
        }
    }
    findings
}

/// Finds identifiers in Rust that hold the private word.
pub(crate) fn identifiers(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files) {
        for (index, line) in source.code().lines().enumerate() {
            let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            for word in words.filter(|word| word.to_lowercase().contains(PRIVATE)) {
                findings
                    .push(source.file.finding(index + 1, format!("{word}: say what it is, in a word of the field")));
            }
        }
    }
    findings
}

/// Finds names of tests that are too long, or begin with no noun.
pub(crate) fn test_names(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files) {
        let lines: Vec<&str> = source.code().lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let marked = index > 0
                && lines[..index].iter().rev().take_while(|line| is_attribute(line)).any(|line| is_test(line));
            let Some(name) = function(line).filter(|_| marked) else { continue };
            if name.chars().count() > NAME_CHARS_MAX {
                findings
                    .push(source.file.finding(index + 1, format!("{name}: longer than {NAME_CHARS_MAX} characters")));
            }
            if NO_NOUN.iter().any(|opener| name.starts_with(opener)) {
                findings
                    .push(source.file.finding(index + 1, format!("{name}: subject, verb, condition; the noun first")));
            }
        }
    }
    findings
}

fn comment<'a>(line: &'a str, marks: &[&str]) -> Option<&'a str> {
    let line = line.trim_start();
    marks.iter().find_map(|mark| line.strip_prefix(mark.trim_start())).map(str::trim)
}

fn ends_a_sentence(text: &str) -> bool {
    text.is_empty() || text.ends_with(['.', ':', '?', '!', ';', '|', '`', '*', '/', ')'])
}

fn begins_with(text: &str, opener: &str) -> bool {
    let text = text.trim_start_matches(['-', '*', ' ']);
    text.strip_prefix(opener).is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()) || rest.is_empty())
}

fn is_attribute(line: &str) -> bool {
    line.trim_start().starts_with("#[")
}

fn is_test(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("#[test") || line.starts_with("#[tokio::test")
}

fn function(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fn ")?;
    Some(rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default())
}

#[test]
fn comment_without_a_subject_is_found() {
    for text in ["/// What is read.\n", "//! Where it is.\n", "// Whoever asks.\n", "/// - One that is gone.\n"] {
        assert_eq!(openers(&[File::sample("a.rs", text)]).len(), 1, "{text}");
    }
    assert_eq!(openers(&[File::sample("a.sql", "-- What is read\nSELECT 1;\n")]).len(), 1);
    let fine =
        "/// Returns the vouchers that somebody made, and says\n/// What is not known.\n/// Whatever comes is kept.\n";
    assert_eq!(openers(&[File::sample("a.rs", fine)]), []);
}

#[test]
fn identifier_of_the_private_dialect_is_found() {
    for text in ["struct Told;", "fn is_told() {}", "let told_there = 1;"] {
        assert_eq!(identifiers(&[File::sample("a.rs", text)]).len(), 1, "{text}");
    }
    assert_eq!(identifiers(&[File::sample("a.rs", "// A person is told.\nlet a = \"told\";")]), []);
}

#[test]
fn name_of_a_test_that_is_long_or_has_no_noun_is_found() {
    let test = |name: &str| File::sample("a.rs", &format!("#[test]\nfn {name}() {{}}\n"));
    assert_eq!(test_names(&[test(&"a".repeat(NAME_CHARS_MAX + 1))]).len(), 1);
    assert_eq!(test_names(&[test("what_is_read_is_kept")]).len(), 1);
    assert_eq!(test_names(&[test("record_is_kept_when_the_source_ends")]), []);
    assert_eq!(test_names(&[File::sample("a.rs", "fn what_comes_of_it() {}\n")]), []);
}
