//! Makes sure that a module of the engine names only those below it, and that a file which decides is pure.

use crate::rust::{lines_with, sources};
use crate::tree::{File, Finding};

const ENGINE: &str = "src-tauri/crates/engine/src/";

/// The layers from below. A module may name its own layer and lower ones.
const LAYERS: &[&[&str]] = &[
    &["domain"],
    &["ports", "error", "views", "settings"],
    &["ledger"],
    &["parts"],
    &["lock"],
    &["calls"],
    &["audit", "compare"],
    &["export"],
    &["engine"],
    &["verbs"],
];

/// The arrows that lead upwards: the file, the module that it names, and the reason.
const UPWARDS: &[(&str, &str, &str)] = &[
    ("ports/accounting.rs", "ledger", "what a connector sends is a claim, which only the ledger makes"),
    ("ports/accounting.rs", "lock", "who sends has a permit, which only the lock makes"),
];

/// The files that decide.
const PURE: &[&str] = &["export/plan.rs", "domain/schedule.rs", "domain/evidence.rs", "compare/judge.rs"];

/// The names that a file which decides may not use. Values that the ledger gave are what it decides on; the ledger
/// itself is a disk.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "tokio",
    "async",
    "await",
    "Instant",
    "SystemTime",
    "Utc::now",
    "Local::now",
    "Clock",
    "IdSource",
    "Ledger",
    "rusqlite",
    "reqwest",
    "Uuid",
    "tracing",
];

/// Finds modules that name one above them, or the crate's front door, behind which one cannot see the layer.
pub(crate) fn upwards(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files) {
        let Some(inner) = source.file.path.strip_prefix(ENGINE) else { continue };
        let module: Vec<&str> = inner.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
        let Some(layer) = module.first().and_then(|name| layer_of(name)) else { continue };
        for (line, target) in named_modules(&source.product(), module.len()) {
            let trouble = match layer_of(&target) {
                Some(above) if above > layer && is_excepted(inner, &target) => continue,
                Some(above) if above > layer => format!("{} is below {target} and may not name it", module[0]),
                None if layer == 0 => format!("the domain names nothing else of the crate, and this is {target}"),
                None if target.starts_with(char::is_uppercase) => {
                    format!("name the module of {target}, not the crate's front door")
                }
                _ => continue,
            };
            findings.push(source.file.finding(line, trouble));
        }
    }
    findings
}

/// Finds files that decide and name a clock, the disk, the network or the ledger.
pub(crate) fn impure(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources(files).filter(|source| source.file.path.starts_with(ENGINE)) {
        if !PURE.iter().any(|pure| source.file.path.strip_prefix(ENGINE) == Some(*pure)) {
            continue;
        }
        let product = source.product();
        for name in IMPURE {
            let found = lines_with(&product, name).into_iter();
            findings.extend(found.map(|line| source.file.finding(line, format!("decides, so it may not name {name}"))));
        }
    }
    findings
}

fn is_excepted(file: &str, target: &str) -> bool {
    UPWARDS.iter().any(|(excepted, module, _)| (file, target) == (*excepted, *module))
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Returns the top-level modules (or items) of the crate that a code names, by `crate::…` or by enough `super::`, with
/// their lines.
fn named_modules(code: &str, depth: usize) -> Vec<(usize, String)> {
    let up = "super::".repeat(depth);
    let mut named = Vec::new();
    for prefix in ["crate::", up.as_str()] {
        for (start, _) in code.match_indices(prefix) {
            let before = &code[..start];
            let goes_on = before.ends_with("super::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            // `pub(crate)` ends in no `::`; `$crate::` is a macro's own business.
            if goes_on || before.ends_with('$') {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            named.extend(first_names(&code[start + prefix.len()..]).into_iter().map(|name| (line, name)));
        }
    }
    named
}

/// Returns the first name after `crate::`, or each first name of a group `crate::{a::b, c}`.
fn first_names(rest: &str) -> Vec<String> {
    let name =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut names, mut depth, mut begins) = (Vec::new(), 0usize, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&group[begins..at]));
                begins = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn module_that_names_one_above_it_is_found() {
    let samples = [
        ("ledger/file/open.rs", "use crate::export::Plan;"),
        ("ledger/open.rs", "use crate::{domain::{Money, RunId}, lock::Permit};"),
        ("ledger/open.rs", "fn a() { super::super::lock::take(); }"),
        ("lock/mod.rs", "fn a() { crate::audit::write(); }"),
        ("domain/run.rs", "use crate::ports::Clock;"),
        ("domain/mod.rs", "use crate::ledger::Ledger;"),
        ("ledger/mod.rs", "use crate::Engine;"),
        ("settings.rs", "use crate::ledger::Ledger;"),
        ("ports/clock.rs", "use crate::lock::Permit;"),
        ("calls/caller.rs", "use crate::export::walls;"),
        ("audit/seal.rs", "use crate::export::ask::SyncEnd;"),
        ("export/send.rs", "use crate::engine::Engine;"),
        ("engine.rs", "use crate::verbs::Rebuilt;"),
    ];
    for (path, text) in samples {
        let file = File::sample(&format!("{ENGINE}{path}"), text);
        assert_eq!(upwards(&[file]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn module_that_names_its_own_layer_or_lower_is_fine() {
    let samples = [
        ("export/send.rs", "use crate::{domain::Money, ledger::Ledger, lock::Permit, audit, ports::Clock};"),
        ("lock/remote.rs", "use super::permit::Permit;\nuse crate::ledger::Ledger;\npub(crate) fn a() {}"),
        ("domain/run.rs", "use super::money::Money;\nuse crate::domain::Reference;"),
        ("ledger/file/open.rs", "#[cfg(test)]\nmod tests { use crate::export::Plan; }"),
        ("ports/accounting.rs", "use crate::lock::Permit;"),
        ("verbs/resolve.rs", "use crate::engine::Engine;"),
    ];
    for (path, text) in samples {
        let file = File::sample(&format!("{ENGINE}{path}"), text);
        assert_eq!(upwards(&[file]), [], "{path}: {text}");
    }
}

#[test]
fn decision_that_looks_around_is_found() {
    for name in IMPURE {
        let file = File::sample(&format!("{ENGINE}export/plan.rs"), &format!("fn a() {{ {name} }}"));
        assert_eq!(impure(&[file]).len(), 1, "{name}");
    }
    let pure = File::sample(
        &format!("{ENGINE}domain/schedule.rs"),
        "/// Reads no Clock.\nuse crate::domain::Period;\nfn due(now: DateTime<Utc>) {}",
    );
    assert_eq!(impure(&[pure]), []);
}
