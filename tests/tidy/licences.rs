//! Makes sure that the licences that *About* shows are those of the packages that the lock files name.

use std::collections::BTreeSet;

use serde_json::Value;
use toml::Table;

use crate::tree::{File, Finding};

const LIST: &str = "ui/src/features/settings/licences.json";
const HOW: &str = "run `cargo xtask licences`";

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let find = |path: &str| files.iter().find(|file| file.path == path);
    let Some(list) = find(LIST) else { return vec![] };
    let Some(shown) = shown(list) else { return vec![list.finding(0, format!("is no list of packages: {HOW}"))] };
    let named: BTreeSet<String> = find("Cargo.lock")
        .and_then(crates)
        .into_iter()
        .chain(find("ui/package-lock.json").and_then(modules))
        .flatten()
        .collect();
    let lacking = named.difference(&shown).map(|package| format!("lacks {package}: {HOW}"));
    let beyond = shown.difference(&named).map(|package| format!("has {package}, which is not used: {HOW}"));
    // One is enough to know: they come in hundreds.
    lacking.chain(beyond).take(1).map(|trouble| list.finding(0, trouble)).collect()
}

fn shown(list: &File) -> Option<BTreeSet<String>> {
    let rows: Vec<[String; 3]> = serde_json::from_str(&list.text).ok()?;
    Some(rows.into_iter().map(|[name, version, _]| format!("{name} {version}")).collect())
}

/// Returns the packages of others: our own have no source.
fn crates(lock: &File) -> Option<Vec<String>> {
    let lock = lock.text.parse::<Table>().ok()?;
    let packages = lock.get("package")?.as_array()?.iter().filter(|package| package.get("source").is_some());
    packages
        .map(|package| Some(format!("{} {}", package.get("name")?.as_str()?, package.get("version")?.as_str()?)))
        .collect()
}

fn modules(lock: &File) -> Option<Vec<String>> {
    let lock: Value = serde_json::from_str(&lock.text).ok()?;
    let packages = lock["packages"].as_object()?.iter().filter(|(place, _)| !place.is_empty());
    packages
        .map(|(place, package)| {
            let name = place.rsplit("node_modules/").next()?;
            Some(format!("{name} {}", package["version"].as_str()?))
        })
        .collect()
}

#[test]
fn list_that_lacks_a_package_or_has_one_too_many_is_found() {
    let lock = File::sample("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"registry\"\n");
    let modules = File::sample(
        "ui/package-lock.json",
        r#"{"packages": {"": {}, "node_modules/x/node_modules/@b/c": {"version": "2"}}}"#,
    );
    let of = |list: &str| check(&[lock.clone(), modules.clone(), File::sample(LIST, list)]).len();
    assert_eq!(of(r#"[["@b/c", "2", "MIT"], ["a", "1", "MIT"]]"#), 0);
    assert_eq!(of(r#"[["a", "1", "MIT"]]"#), 1);
    assert_eq!(of(r#"[["@b/c", "2", "MIT"], ["a", "1", "MIT"], ["z", "1", ""]]"#), 1);
    assert_eq!(of("{}"), 1);
}
