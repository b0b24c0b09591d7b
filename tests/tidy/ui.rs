//! Holds the borders of the user interface: features never import each other, and Tauri is named behind the `ipc`
//! folder only.

use serde_json::Value;

use crate::tree::{File, Finding};

const SOURCES: &str = "ui/src";

/// Finds imports across a border: `features → shared, ipc`; `shared` and `ipc` know no feature; nobody but `app` knows
/// `app`.
pub(crate) fn borders(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_below(SOURCES) && matches!(file.extension(), "ts" | "svelte" | "js"))
    {
        let from = place(&file.path);
        for (line, import) in imports(&file.text) {
            if import.starts_with("@tauri-apps") && from != Place::Ipc {
                findings.push(file.finding(line, "@tauri-apps is named in ui/src/ipc only"));
            }
            let to = place(&resolved(&file.path, import));
            let trouble = match (&from, &to) {
                (Place::Feature(one), Place::Feature(other)) if one != other => {
                    format!("feature {one} imports feature {other}; what both need belongs in ui/src/shared")
                }
                (Place::Shared | Place::Ipc, Place::Feature(feature)) => {
                    format!("only the app imports a feature, and this is {feature}")
                }
                (Place::Feature(_) | Place::Shared | Place::Ipc, Place::App) => "nothing imports the app".to_owned(),
                _ => continue,
            };
            findings.push(file.finding(line, trouble));
        }
    }
    findings
}

/// Finds a lock file that was made from another manifest. (`npm install`, which installs from it, would not say so.)
pub(crate) fn lock_file(files: &[File]) -> Vec<Finding> {
    let find = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(manifest), Some(lock)) = (find("ui/package.json"), find("ui/package-lock.json")) else {
        return find("ui/package.json").map(|file| file.finding(0, "has no lock file beside it")).into_iter().collect();
    };
    let read = |file: &File| serde_json::from_str::<Value>(&file.text).unwrap_or_default();
    let (wanted, locked) = (read(manifest), read(lock));
    ["dependencies", "devDependencies", "optionalDependencies"]
        .into_iter()
        .filter(|section| wanted[section] != locked["packages"][""][section])
        .map(|section| lock.finding(0, format!("its {section} are not those of package.json: run `npm install` in ui")))
        .collect()
}

/// Finds tests that do not run, or keep the others from running.
pub(crate) fn skipped_tests(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_test =
        |file: &&File| file.is_below("ui") && (file.name().contains(".test.") || file.name().contains(".spec."));
    for file in files.iter().filter(is_test) {
        for (index, line) in file.text.lines().enumerate() {
            for call in [".skip(", ".only(", ".todo(", ".skipIf(", ".fails(", "xit(", "fit("] {
                if line.contains(call) && ["it", "test", "describe", "xit", "fit"].iter().any(|name| starts(line, name))
                {
                    findings
                        .push(file.finding(index + 1, format!("a test runs, always and with the others: no {call}…)")));
                }
            }
        }
    }
    findings
}

fn starts(line: &str, name: &str) -> bool {
    line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '(']))
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    App,
    Feature(String),
    Shared,
    Ipc,
    Elsewhere,
}

fn place(path: &str) -> Place {
    let mut parts = path.split('/').skip_while(|part| !matches!(*part, "app" | "features" | "shared" | "ipc"));
    match (parts.next(), parts.next()) {
        (Some("app"), _) => Place::App,
        (Some("features"), Some(name)) => Place::Feature(name.to_owned()),
        (Some("shared"), _) => Place::Shared,
        (Some("ipc"), _) => Place::Ipc,
        _ => Place::Elsewhere,
    }
}

/// Returns the path that an import means. An alias (`$features/…`, `@/features/…`) keeps its words, which is all that
/// [`place`] reads.
fn resolved(path: &str, import: &str) -> String {
    if !import.starts_with('.') {
        let is_alias = import.starts_with(['$', '/']) || import.starts_with("@/") || import.starts_with("src/");
        return if is_alias { import.replace(['$', '@'], "") } else { String::new() };
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Returns the imports of a module: `from "…"`, `import "…"`, `import("…")`, each with its line.
fn imports(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for keyword in ["from ", "import ", "import("] {
            for (start, _) in line.match_indices(keyword) {
                let rest = line[start + keyword.len()..].trim_start();
                if let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))
                    && let Some((import, _)) = rest[1..].split_once(quote)
                {
                    found.push((index + 1, import));
                }
            }
        }
    }
    found
}

#[test]
fn import_across_a_border_is_found() {
    let samples = [
        ("ui/src/features/history/List.svelte", "import { Card } from '../dashboard/Card.svelte';"),
        ("ui/src/features/history/List.svelte", "import Card from \"$features/dashboard/Card.svelte\";"),
        ("ui/src/features/history/list.ts", "const card = await import('@/features/dashboard/card');"),
        ("ui/src/features/history/list.ts", "import { invoke } from '@tauri-apps/api/core';"),
        ("ui/src/shared/Button.svelte", "import x from '../features/history/x';"),
        ("ui/src/features/history/list.ts", "import '../../app/routes';"),
    ];
    for (path, text) in samples {
        assert_eq!(borders(&[File::sample(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn import_along_the_arrows_is_fine() {
    let samples = [
        (
            "ui/src/features/history/List.svelte",
            "import Row from './Row.svelte';\nimport B from '../../shared/B.svelte';",
        ),
        ("ui/src/features/history/list.ts", "import { commands } from '../../ipc';\nimport shared from 'shared';"),
        ("ui/src/ipc/bindings.ts", "import { invoke } from '@tauri-apps/api/core';"),
        ("ui/src/app/App.svelte", "import History from '../features/history/History.svelte';"),
    ];
    for (path, text) in samples {
        assert_eq!(borders(&[File::sample(path, text)]), [], "{path}");
    }
}

#[test]
fn skipped_test_is_found() {
    for text in ["  it.skip('a', () => {});", "describe.only('a', b);", "test.todo('c')", "xit('d', e)"] {
        assert_eq!(skipped_tests(&[File::sample("ui/src/shared/a.test.ts", text)]).len(), 1, "{text}");
    }
    assert_eq!(skipped_tests(&[File::sample("ui/src/shared/a.test.ts", "page.skip(3); it('a', () => {});")]), []);
}

#[test]
fn lock_file_of_another_manifest_is_found() {
    let manifest = File::sample("ui/package.json", r#"{"devDependencies": {"vite": "8.3.8"}}"#);
    let lock = |version: &str| {
        let text = format!(r#"{{"packages": {{"": {{"devDependencies": {{"vite": "{version}"}}}}}}}}"#);
        File::sample("ui/package-lock.json", &text)
    };
    assert_eq!(lock_file(&[manifest.clone(), lock("8.3.7")]).len(), 1);
    assert_eq!(lock_file(&[manifest.clone(), lock("8.3.8")]), []);
    assert_eq!(lock_file(&[manifest]).len(), 1);
}
