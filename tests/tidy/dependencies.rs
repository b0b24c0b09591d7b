//! Holds the bans and sources of `deny.toml` against `Cargo.lock`, without cargo-deny, which takes minutes to build.

use toml::{Table, Value};

use crate::tree::{File, Finding};

/// Finds packages in the lock file from a place that is not allowed.
pub(crate) fn sources(files: &[File]) -> Vec<Finding> {
    let Some((lock, packages, rules)) = lock_and_rules(files) else { return vec![unreadable()] };
    let allowed = texts(rules.get("sources").and_then(|sources| sources.get("allow-registry")));
    let mut findings = Vec::new();
    for package in &packages {
        // Our own packages have no source.
        let Some(source) = package.get("source").and_then(Value::as_str) else { continue };
        if !allowed.iter().any(|registry| source == format!("registry+{registry}")) {
            findings.push(lock.finding(0, format!("{} comes from {source}", name(package))));
        }
    }
    findings
}

/// Finds packages in the lock file that are banned; some are borne if only their wrappers depend on them.
pub(crate) fn banned(files: &[File]) -> Vec<Finding> {
    let Some((lock, packages, rules)) = lock_and_rules(files) else { return vec![unreadable()] };
    let bans = rules.get("bans").and_then(|bans| bans.get("deny")).and_then(Value::as_array);
    let mut findings = Vec::new();
    for ban in bans.into_iter().flatten() {
        let text = |key| ban.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_there = packages.iter().any(|package| name(package) == text("crate"));
        let wrappers = texts(ban.get("wrappers"));
        let mut users = packages.iter().filter(|package| depends_on(package, text("crate"))).map(name);
        let is_wrapped = !wrappers.is_empty() && users.all(|user| wrappers.contains(&user));
        if is_there && !is_wrapped {
            findings.push(lock.finding(0, format!("{} is banned: {}", text("crate"), text("reason"))));
        }
    }
    findings
}

fn lock_and_rules(files: &[File]) -> Option<(&File, Vec<Table>, Table)> {
    let read = |path: &str| {
        let file = files.iter().find(|file| file.path == path)?;
        Some((file, file.text.parse::<Table>().ok()?))
    };
    let ((lock, locked), (_, rules)) = (read("Cargo.lock")?, read("deny.toml")?);
    let packages = locked.get("package")?.as_array()?.iter().filter_map(Value::as_table).cloned().collect();
    Some((lock, packages, rules))
}

fn unreadable() -> Finding {
    File::sample("Cargo.lock", "").finding(0, "it or deny.toml cannot be read")
}

/// Says whether a package depends on this one: on `name`, or on `name version` if there are several.
fn depends_on(package: &Table, wanted: &str) -> bool {
    texts(package.get("dependencies")).iter().any(|named| named.split(' ').next() == Some(wanted))
}

fn name(package: &Table) -> &str {
    package.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(package: &str) -> [File; 2] {
        let rules = "[sources]\nallow-registry = [\"https://index\"]\n[bans]\ndeny = [{ crate = \"openssl\", reason = \"rustls\" }]";
        [File::sample("Cargo.lock", &format!("[[package]]\n{package}")), File::sample("deny.toml", rules)]
    }

    #[test]
    fn package_from_elsewhere_is_found() {
        for source in ["git+https://example.org/a#1", "registry+https://other"] {
            assert_eq!(sources(&tree(&format!("name = \"a\"\nsource = \"{source}\""))).len(), 1, "{source}");
        }
        assert_eq!(sources(&tree("name = \"a\"\nsource = \"registry+https://index\"")), []);
        assert_eq!(sources(&tree("name = \"postonce-engine\"")), []);
    }

    #[test]
    fn banned_package_is_found() {
        assert_eq!(banned(&tree("name = \"openssl\"")).len(), 1);
        assert_eq!(banned(&tree("name = \"openssl-probe\"")), []);
    }

    #[test]
    fn banned_package_is_borne_only_behind_its_wrapper() {
        let rules = "[bans]\ndeny = [{ crate = \"fs\", wrappers = [\"dialog\"], reason = \"files\" }]";
        let lock = "[[package]]\nname = \"fs\"\n[[package]]\nname = \"dialog\"\ndependencies = [\"fs\"]\n";
        let of = |lock: String| banned(&[File::sample("Cargo.lock", &lock), File::sample("deny.toml", rules)]).len();
        assert_eq!(of(lock.to_owned()), 0);
        assert_eq!(of(format!("{lock}[[package]]\nname = \"desktop\"\ndependencies = [\"fs 2.7.1\"]\n")), 1);
    }

    #[test]
    fn tree_without_a_lock_file_is_not_taken_for_clean() {
        assert_eq!((sources(&[]).len(), banned(&[]).len()), (1, 1));
    }
}
