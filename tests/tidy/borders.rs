//! Holds who may name whom: `architecture.md`, "Who may use whom", over sources and manifests.

use crate::rust::{holds, sources};
use crate::tree::{File, Finding};

/// A crate from outside that has its place.
struct Border {
    /// The crate, and every crate whose name goes on from it with `-`: its plugins and helpers.
    family: &'static str,
    /// The folders that may name it.
    may: &'static [&'static str],
    because: &'static str,
}

const CRATES: &str = "src-tauri/crates";

const BORDERS: &[Border] = &[
    Border {
        family: "rusqlite",
        may: &["src-tauri/crates/engine/src/ledger", "src-tauri/crates/sandbox"],
        because: "nothing outside the ledger depends on SQLite's manners",
    },
    Border {
        family: "reqwest",
        may: &["src-tauri/crates/connectors"],
        because: "the network is reached through a connector",
    },
    Border { family: "axum", may: &["src-tauri/crates/sandbox"], because: "only the sandbox answers requests" },
    Border {
        family: "tauri",
        may: &["src-tauri/src", "src-tauri/build.rs"],
        because: "the engine, the command line and the tests need no desktop",
    },
];

/// Our packages by folder, with those of our own that each may use outside its tests. A package not listed may use
/// none.
const OWN: &[(&str, &[&str])] = &[
    ("src-tauri/crates/engine", &[]),
    ("src-tauri/crates/voucher-files", &[]),
    ("src-tauri/crates/words", &[]),
    ("src-tauri/crates/connectors", &["postonce-engine", "postonce-voucher-files", "postonce-words"]),
    ("src-tauri/crates/reports", &["postonce-engine", "postonce-words"]),
    ("src-tauri/crates/xtask", &["postonce-peers"]),
    ("src-tauri/crates/practice", &["postonce-engine", "postonce-connectors", "postonce-sandbox"]),
    (
        "src-tauri/crates/cli",
        &["postonce-engine", "postonce-connectors", "postonce-practice", "postonce-reports", "postonce-words"],
    ),
    (
        "src-tauri",
        &["postonce-engine", "postonce-connectors", "postonce-practice", "postonce-reports", "postonce-words"],
    ),
];

/// Finds sources that name a crate outside its place. Tests may name them all.
pub(crate) fn in_sources(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files) {
        let product = source.product();
        for border in BORDERS.iter().filter(|border| !border.allows(&source.file.path)) {
            for (index, line) in product.lines().enumerate() {
                if border.is_named_in(line) {
                    findings.push(source.file.finding(index + 1, border.refusal()));
                }
            }
        }
    }
    findings
}

/// Finds manifests that depend, outside their tests, on what their package may not use.
pub(crate) fn in_manifests(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.name() == "Cargo.toml" && file.path != "Cargo.toml") {
        let folder = file.path.trim_end_matches("/Cargo.toml");
        if folder == "tests" || folder.starts_with("tests/") {
            continue;
        }
        let Ok(manifest) = file.text.parse::<toml::Table>() else {
            findings.push(file.finding(0, "is no TOML"));
            continue;
        };
        let own = OWN.iter().find(|(package, _)| *package == folder).map_or(&[][..], |(_, own)| own);
        for name in dependencies(&manifest) {
            if name.starts_with("postonce-") && !own.contains(&name.as_str()) {
                findings.push(file.finding(0, format!("may not depend on {name}: see OWN in tests/tidy/borders.rs")));
            }
            let border = BORDERS.iter().find(|border| border.covers(&name));
            if let Some(border) = border.filter(|border| !border.allows_package(folder)) {
                findings.push(file.finding(0, border.refusal()));
            }
        }
    }
    findings
}

/// Returns the packages that a package needs to be built: by the names cargo knows, renamed or not, for any system.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let mut tables: Vec<&toml::Table> = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().filter_map(toml::Value::as_table));
    }
    let mut names = Vec::new();
    for table in tables {
        for section in ["dependencies", "build-dependencies"] {
            for (name, value) in table.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let package = value.get("package").and_then(toml::Value::as_str);
                names.push(package.unwrap_or(name).to_owned());
            }
        }
    }
    names
}

impl Border {
    fn allows(&self, path: &str) -> bool {
        self.may
            .iter()
            .any(|place| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    fn allows_package(&self, folder: &str) -> bool {
        self.may.iter().any(|place| match place.strip_prefix(folder) {
            // `src-tauri` is above the crates too, and their places are not its own.
            Some(rest) => {
                rest.is_empty() || (rest.starts_with('/') && !(folder == "src-tauri" && place.starts_with(CRATES)))
            }
            None => false,
        })
    }

    fn covers(&self, package: &str) -> bool {
        package == self.family || package.strip_prefix(self.family).is_some_and(|rest| rest.starts_with(['-', '_']))
    }

    /// Says whether this line of code holds `family::…`, `family_plugin::…` or `use family`.
    fn is_named_in(&self, line: &str) -> bool {
        let names = line.split(|character: char| !(character.is_alphanumeric() || character == '_'));
        names.filter(|name| self.covers(name)).any(|name| {
            holds(line, &format!("{name}::"))
                || holds(line, &format!("use {name}"))
                || holds(line, &format!("crate {name}"))
        })
    }

    fn refusal(&self) -> String {
        format!("{} belongs in {} only: {}", self.family, self.may.join(" and "), self.because)
    }
}

#[test]
fn crate_outside_its_place_is_found() {
    let samples = [
        ("src-tauri/crates/engine/src/export/send.rs", "use rusqlite::Connection;"),
        ("src-tauri/crates/engine/src/lock/remote.rs", "fn a() { reqwest::get(); }"),
        ("src-tauri/crates/cli/src/main.rs", "use axum;"),
        ("src-tauri/crates/cli/src/main.rs", "use tauri_plugin_dialog::Dialog;"),
        ("src-tauri/src/wiring.rs", "use rusqlite::{params};"),
    ];
    for (path, text) in samples {
        assert_eq!(in_sources(&[File::sample(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn crate_in_its_place_or_in_a_test_is_fine() {
    let samples = [
        ("src-tauri/crates/engine/src/ledger/open.rs", "use rusqlite::Connection;"),
        ("src-tauri/src/commands/sync.rs", "#[tauri::command]\nfn a() {}"),
        ("src-tauri/crates/sandbox/src/lib.rs", "#[cfg(test)]\nmod tests {\n    use reqwest::Client;\n}"),
        ("tests/crash/main.rs", "use rusqlite::Connection;"),
        ("src-tauri/crates/cli/src/main.rs", "// not by tauri::command\nlet a = \"tauri::b\";"),
    ];
    for (path, text) in samples {
        assert_eq!(in_sources(&[File::sample(path, text)]), [], "{path}");
    }
}

#[test]
fn manifest_that_reaches_too_far_is_found() {
    let samples = [
        ("src-tauri/crates/engine/Cargo.toml", "[dependencies]\nreqwest.workspace = true"),
        ("src-tauri/crates/engine/Cargo.toml", "[dependencies]\npostonce-connectors.workspace = true"),
        ("src-tauri/crates/sandbox/Cargo.toml", "[dependencies]\npostonce-engine.workspace = true"),
        ("src-tauri/crates/cli/Cargo.toml", "[target.'cfg(unix)'.dependencies]\ntauri = \"2\""),
        ("src-tauri/crates/cli/Cargo.toml", "[dependencies]\nhttp = { package = \"reqwest\", version = \"0.13\" }"),
        ("src-tauri/Cargo.toml", "[dependencies]\nrusqlite.workspace = true"),
    ];
    for (path, text) in samples {
        assert_eq!(in_manifests(&[File::sample(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn manifest_within_its_borders_is_fine() {
    let samples = [
        ("src-tauri/crates/engine/Cargo.toml", "[dependencies]\nrusqlite.workspace = true"),
        ("src-tauri/crates/engine/Cargo.toml", "[dev-dependencies]\nreqwest.workspace = true"),
        ("src-tauri/Cargo.toml", "[dependencies]\ntauri = \"2\"\n[build-dependencies]\ntauri-build = \"2\""),
        ("tests/Cargo.toml", "[dependencies]\naxum = \"0.8\""),
    ];
    for (path, text) in samples {
        assert_eq!(in_manifests(&[File::sample(path, text)]), [], "{path}: {text}");
    }
}
