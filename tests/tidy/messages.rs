//! Makes sure that every message exists in every language, with the same parameters. In Rust the compiler sees to that,
//! as long as every catalogue has the form that `postonce-words` gives it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::rust::{Source, lines_with, sources};
use crate::tree::{File, Finding};

/// The crate that names the languages, and defines the form of a catalogue.
const WORDS: &str = "src-tauri/crates/words";

const CATALOGUES: [&str; 2] = ["ui/messages/en.json", "ui/messages/nb.json"];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let present: Vec<&File> =
        CATALOGUES.iter().filter_map(|path| files.iter().find(|file| file.path == *path)).collect();
    let [one, other] = present.as_slice() else {
        // There is none at all: the user interface is not there yet. One alone is half of them.
        return present.iter().map(|file| file.finding(0, "the other language has no catalogue")).collect();
    };
    let mut findings = Vec::new();
    let (Some(of_one), Some(of_other)) = (messages(one), messages(other)) else {
        return vec![one.finding(0, "this catalogue or the other is no JSON object")];
    };
    for (here, elsewhere, file) in [(&of_one, &of_other, other), (&of_other, &of_one, one)] {
        for (key, value) in here {
            match elsewhere.get(key) {
                None => findings.push(file.finding(0, format!("{key} is missing"))),
                Some(translated) if parameters(translated) != parameters(value) => {
                    findings.push(file.finding(0, format!("{key} has other parameters than in the other language")));
                }
                Some(_) => {}
            }
            if value.as_str().is_some_and(|text| text.trim().is_empty()) {
                findings.push(file.finding(0, format!("{key} is empty in the other language")));
            }
        }
    }
    findings
}

/// Returns Rust sources that name the languages anew, or define a catalogue of a form of their own.
pub(crate) fn second_languages(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files).filter(|source| !source.file.is_below(WORDS)) {
        for again in ["enum Language", "macro_rules! catalogue", "macro_rules! words", "macro_rules! phrases"] {
            let lines = lines_with(source.code(), again).into_iter();
            findings.extend(lines.map(|line| source.file.finding(line, format!("{again} stands in {WORDS} alone"))));
        }
    }
    findings
}

/// Returns messages of the catalogues in Rust that nothing in their crate names. The compiler cannot see to that: it says
/// nothing of an item that a macro of another crate makes.
pub(crate) fn unused(files: &[File]) -> Vec<Finding> {
    let all: Vec<Source<'_>> = sources(files).collect();
    let mut findings = Vec::new();
    for source in &all {
        let home = source.file.path.split("/src/").next().unwrap_or_default();
        let neighbours: Vec<&Source<'_>> = all.iter().filter(|other| other.file.is_below(home)).collect();
        for (line, name) in entries(source.code()) {
            let is_elsewhere = |other: &Source<'_>, found: usize| found != line || other.file.path != source.file.path;
            let is_used = neighbours
                .iter()
                .any(|other| lines_with(other.code(), name).into_iter().any(|found| is_elsewhere(other, found)));
            if !is_used {
                findings.push(source.file.finding(line, format!("nothing says {name}")));
            }
        }
    }
    findings
}

/// Returns the names in a `catalogue! { … }`, with their lines. Comments and literals are blank.
fn entries(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = code.lines().enumerate().skip_while(|(_, line)| !line.trim_start().starts_with("catalogue! {"));
    lines.skip(1).take_while(|(_, line)| line.trim() != "}").filter_map(|(index, line)| {
        let entry = line.trim_start();
        let name = &entry[..entry.find(|c: char| !c.is_alphanumeric() && c != '_')?];
        let is_entry = !name.is_empty() && entry[name.len()..].starts_with([':', '(']);
        is_entry.then_some((index + 1, name))
    })
}

fn messages(file: &File) -> Option<BTreeMap<String, Value>> {
    let Value::Object(object) = serde_json::from_str(&file.text).ok()? else { return None };
    Some(object.into_iter().filter(|(key, _)| key != "$schema").collect())
}

/// Returns the `{names}` in a plain message. One with variants is an array; its parameters stand in it twice, as the
/// format wants.
fn parameters(value: &Value) -> BTreeSet<&str> {
    let text = value.as_str().unwrap_or_default();
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(english: &str, norwegian: &str) -> usize {
        check(&[File::sample(CATALOGUES[0], english), File::sample(CATALOGUES[1], norwegian)]).len()
    }

    #[test]
    fn message_that_nothing_says_is_found() {
        let catalogue = "catalogue! {\n    /// A doc.\n    LEFT: \"left\",\n        \"igjen\";\n    hours(hours: u64): \"{hours} h\", \"{hours} t\";\n}\n";
        let found = |path: &str, text: &str| {
            unused(&[File::sample("src-tauri/crates/cli/src/words.rs", catalogue), File::sample(path, text)]).len()
        };
        let text = "fn a() { say(words::LEFT); words::hours(language, 3) }";
        assert_eq!(found("src-tauri/crates/cli/src/bar.rs", text), 0);
        assert_eq!(found("src-tauri/crates/reports/src/lib.rs", text), 2, "another crate");
        assert_eq!(found("src-tauri/crates/cli/src/bar.rs", "// LEFT\nfn a() { words::hours(language, 3) }"), 1);
    }

    #[test]
    fn second_enum_of_languages_or_form_of_catalogues_is_found() {
        for text in ["pub(crate) enum Language { En, Nb }", "macro_rules! words { () => {} }"] {
            assert_eq!(second_languages(&[File::sample("src-tauri/src/wire/mod.rs", text)]).len(), 1, "{text}");
            assert_eq!(second_languages(&[File::sample("src-tauri/crates/words/src/lib.rs", text)]), [], "{text}");
        }
        let fine = "use postonce_words::Language;\ncatalogue! { A: \"a\", \"b\"; }\nenum LanguageOfSystem {}";
        assert_eq!(second_languages(&[File::sample("src-tauri/crates/cli/src/words.rs", fine)]), []);
    }

    #[test]
    fn message_missing_in_one_language_is_found() {
        assert_eq!(findings(r#"{"a": "x", "b": "y"}"#, r#"{"a": "z"}"#), 1);
        assert_eq!(findings(r#"{"a": "x"}"#, r#"{"a": "z", "b": "y"}"#), 1);
        assert_eq!(check(&[File::sample(CATALOGUES[0], "{}")]).len(), 1);
    }

    #[test]
    fn message_that_lost_a_parameter_or_its_words_is_found() {
        assert!(findings(r#"{"a": "{count} of {total}"}"#, r#"{"a": "{count} av alle"}"#) > 0);
        assert!(findings(r#"{"a": "x"}"#, r#"{"a": " "}"#) > 0);
    }

    #[test]
    fn same_messages_in_another_order_are_fine() {
        assert_eq!(findings(r#"{"$schema": "s", "a": "{n} x", "b": "y"}"#, r#"{"b": "v", "a": "w {n}"}"#), 0);
        assert_eq!(check(&[]).len(), 0);
    }
}
