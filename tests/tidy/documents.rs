//! Makes sure that documents which are named exist: by their own name anywhere, by a link or a path in another
//! document. It also holds the list of error codes that scripts rely on against the engine's.

use std::collections::BTreeSet;

use crate::reached::{self, CODES};
use crate::tree::{File, Finding};

const DECISIONS: &str = "src-tauri/docs/decisions";
const INTERFACES: &str = "src-tauri/docs/interfaces.md";

/// Kinds of files in which people write to people.
const WRITTEN: &[&str] = &["rs", "ts", "svelte", "js", "mjs", "css", "sql", "toml", "md", "yml", "html", "py"];

/// Folders at the top, by which a path is known from other words with a slash.
const TOP: &[&str] = &[".cargo/", ".ci/", ".github/", "icons/", "src-tauri/", "tests/", "ui/"];

/// Kinds of sources, which a document names by the end of their path: `export/send.rs`.
const SOURCES: &[&str] = &["rs", "sql", "ts", "svelte", "mjs"];

/// Folders that are made by a build and named all the same.
const BUILT: &[&str] = &["ui/dist", "ui/src/paraglide"];

/// Files whose samples name documents that are none.
const SAMPLES: &[&str] = &["tests/tidy/documents.rs", "tests/tidy/machine.rs"];

/// Returns the names of documents, in code, comments and documents, under which no document stands.
pub(crate) fn named(files: &[File]) -> Vec<Finding> {
    let documents: Vec<&str> =
        files.iter().filter(|file| file.extension() == "md").map(|file| file.path.as_str()).collect();
    let is_there = |name: &str| {
        let name = name.trim_start_matches("./").trim_start_matches("../");
        documents.iter().any(|path| ends_with(path, name))
    };
    let mut findings = Vec::new();
    for (file, index, line) in lines(files) {
        let words =
            line.split(|character: char| !is_of_a_path(character)).map(|word| word.trim_end_matches(['.', ':']));
        for word in words.filter(|word| is_a_documents_name(word)) {
            if !is_there(word) {
                findings.push(file.finding(index, format!("there is no document {word}")));
            }
        }
        for number in decisions_named_in(line) {
            if !documents.iter().any(|path| path.starts_with(&format!("{DECISIONS}/{number}-"))) {
                findings.push(file.finding(index, format!("there is no decision {number}")));
            }
        }
    }
    findings
}

/// Returns the links and paths in documents that lead to no file of the repository.
pub(crate) fn linked(files: &[File]) -> Vec<Finding> {
    let places = places(files);
    let mut findings = Vec::new();
    for (file, index, line) in prose(files) {
        for link in between(line, "](", ")").filter(|link| is_relative(link)) {
            let target = link.split('#').next().unwrap_or_default();
            if !places.contains(resolved(&file.path, target).as_str()) {
                findings.push(file.finding(index, format!("the link {link} leads nowhere")));
            }
        }
        for path in between(line, "`", "`").filter(|word| word.chars().all(is_of_a_path)) {
            let is_missing = if TOP.iter().any(|top| path.starts_with(top)) {
                !places.contains(path.trim_end_matches('/')) && !BUILT.iter().any(|built| path.starts_with(built))
            } else {
                is_a_sources_name(path) && !places.iter().any(|place| ends_with(place, path))
            };
            if is_missing {
                findings.push(file.finding(index, format!("there is no {path}")));
            }
        }
    }
    findings
}

/// Returns the error codes that the list for scripts lacks, has too often, or has under another exit status.
pub(crate) fn codes(files: &[File]) -> Vec<Finding> {
    let find = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(list), Some(document)) = (find(CODES), find(INTERFACES)) else { return Vec::new() };
    let listed: BTreeSet<(&str, &str)> = document.text.lines().flat_map(codes_listed_in).collect();
    let defined: BTreeSet<(&str, &str)> = reached::codes(&list.text).map(|code| (code.code, code.exit)).collect();
    let lacking = defined.difference(&listed).map(|(code, exit)| format!("lacks {code}, exit {exit}"));
    let beyond =
        listed.difference(&defined).map(|(code, exit)| format!("has {code}, exit {exit}, which is no such code"));
    lacking.chain(beyond).map(|trouble| document.finding(0, trouble)).collect()
}

/// Returns the lines of everything that people write, each with its number from 1.
fn lines(files: &[File]) -> impl Iterator<Item = (&File, usize, &str)> {
    let is_written = |file: &&File| WRITTEN.contains(&file.extension()) && !SAMPLES.contains(&file.path.as_str());
    files
        .iter()
        .filter(is_written)
        .flat_map(|file| file.text.lines().enumerate().map(move |(index, line)| (file, index + 1, line)))
}

/// Returns the lines of documents that are no code.
fn prose(files: &[File]) -> impl Iterator<Item = (&File, usize, &str)> {
    let mut is_code = false;
    lines(files).filter(|(file, ..)| file.extension() == "md").filter(move |(_, index, line)| {
        // A block that is never closed ends with its document.
        is_code &= *index > 1;
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Returns every file, and every folder that holds one.
fn places(files: &[File]) -> BTreeSet<&str> {
    let each = files.iter().flat_map(|file| {
        let path = file.path.as_str();
        path.match_indices('/').map(|(end, _)| &path[..end]).chain([path])
    });
    each.collect()
}

fn is_of_a_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '/' | '_' | '-' | ':')
}

/// Says whether a word is one like `architecture.md` or `docs/audit-trail.md`; an address is none, nor is `*.md`.
fn is_a_documents_name(word: &str) -> bool {
    let Some(stem) = word.strip_suffix(".md") else { return false };
    stem.ends_with(|last: char| last.is_ascii_alphanumeric()) && !word.contains("://") && !word.contains("::")
}

/// Returns the numbers of decisions: `decisions/0003`, with the rest of the name or without.
fn decisions_named_in(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("decisions/").filter_map(|(start, found)| {
        let number = line.get(start + found.len()..start + found.len() + 4)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
    })
}

/// Returns the text between each pair of these two.
fn between<'a>(line: &'a str, opening: &'a str, closing: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once(opening)?;
        let (inside, after) = behind.split_once(closing)?;
        rest = after;
        Some(inside)
    })
}

fn is_relative(link: &str) -> bool {
    !link.is_empty() && !link.starts_with(['#', '/', '<']) && !link.contains("://") && !link.starts_with("mailto:")
}

/// Says whether a word is one like `plan.rs` or `export/send.rs`.
fn is_a_sources_name(word: &str) -> bool {
    let file = word.rsplit_once('/').map_or(word, |(_, file)| file);
    file.rsplit_once('.').is_some_and(|(stem, kind)| !stem.is_empty() && SOURCES.contains(&kind))
}

/// Says whether the path is this name, or ends with it behind a slash.
fn ends_with(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn resolved(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Returns the codes of a row of the table of codes, each with the row's exit status.
fn codes_listed_in(line: &str) -> Vec<(&str, &str)> {
    let Some((exit, row)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | `")) else { return Vec::new() };
    if exit.len() != 1 || !exit.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let codes = row.trim_end_matches(" |").split(", ").map(|code| code.trim_matches('`'));
    codes.map(|code| (code, exit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_that_is_nowhere_is_found() {
        let law = File::sample("src-tauri/docs/architecture.md", "");
        let found = |path: &str, text: &str| named(&[law.clone(), File::sample(path, text)]).len();
        for text in ["// as `interfaces.md` has it", "/// See docs/architektur.md.", "//! `docs/decisions/0009-law.md`"]
        {
            assert!(found("src-tauri/src/main.rs", text) > 0, "{text}");
        }
        assert_eq!(found("ui/src/a.svelte", "<!-- tabel.md -->"), 1);
        assert_eq!(found("tests/a.rs", "// docs/decisions/0009 says why"), 1);
    }

    #[test]
    fn document_that_stands_somewhere_is_fine() {
        let law = File::sample("src-tauri/docs/architecture.md", "see [here](decisions/0001-law.md)");
        let decision = File::sample("src-tauri/docs/decisions/0001-law.md", "`../architecture.md`, decisions/0001");
        for text in [
            "// `architecture.md`, docs/architecture.md, src-tauri/docs/architecture.md",
            "// decisions/0001-law.md, `docs/decisions/0001`",
            "// NNNN-….md, *.md, .md, https://example.org/other.md",
            "let a = b.md5();",
        ] {
            assert_eq!(named(&[law.clone(), decision.clone(), File::sample("tests/a.rs", text)]), [], "{text}");
        }
    }

    #[test]
    fn link_that_leads_nowhere_is_found() {
        let law = File::sample("src-tauri/docs/law.md", "");
        let main = File::sample("src-tauri/src/main.rs", "");
        let found =
            |text: &str| linked(&[law.clone(), main.clone(), File::sample("src-tauri/docs/states.md", text)]).len();
        for text in [
            "[a](laws.md)",
            "![b](screenshots/a.png)",
            "[c](../law.md)",
            "`src-tauri/docs/laws.md`",
            "`ui/src`",
            "`a/b.rs`",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
        for text in [
            "[a](law.md), [b](law.md#words), [c](../docs), [d](#here), [e](https://example.org)",
            "`src-tauri/docs/law.md`, `src-tauri/docs`, `docs/other`, `ui/dist`, `ui/src/features/<screen>`",
            "```\n[a](laws.md) `ui/src`\n```\n[b](law.md)",
            "`main.rs`, `src/main.rs`, `NNNN_….sql`, `.rs`, `a.b`",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }

    #[test]
    fn code_that_the_list_lacks_is_found() {
        let list = File::sample(CODES, "    Usage = usage(detail), exit 2;\n    LockHeld = lock_held(), exit 3;\n");
        let found = |table: &str| codes(&[list.clone(), File::sample(INTERFACES, table)]).len();
        assert_eq!(found("| `2` | `usage` |\n| `3` | `lock_held` |\n| `0` | done |"), 0);
        assert_eq!(found("| `2` | `usage` |"), 1);
        assert_eq!(found("| `2` | `usage`, `gone` |\n| `3` | `lock_held` |"), 1);
        assert_eq!(found("| `2` | `usage`, `lock_held` |"), 2);
    }
}
