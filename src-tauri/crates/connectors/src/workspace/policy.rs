//! Reads the rules that whoever looks after a machine sets for everybody on it: `/etc/postonce/policy.toml`, and on
//! Windows `HKLM\Software\Policies\Postonce`.
//!
//! Invariants:
//! - rules only make stricter: of two sources, what both allow is allowed;
//! - rules that cannot be read forbid everything: nothing is opened then.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use reqwest::Url;

use super::error::{Forbidden, WorkspaceError};
use super::network::{NetworkSettings, network};
use super::toml_file::{Section, TomlFile};
use crate::loopback::is_this_machine;

/// The rules of this machine.
const MACHINE_FILE: &str =
    if cfg!(windows) { r"C:\ProgramData\Postonce\policy.toml" } else { "/etc/postonce/policy.toml" };
/// The variable that names one more file of rules: in a container, or on trial. It cannot make anything looser.
const FURTHER: &str = "POSTONCE_POLICY";
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// The levels of a log, the quietest first.
pub const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

const KEYS: [&str; 8] =
    ["updates", "systems", "hosts", "workspaces", "second_approval", "take_over", "log_level", "network"];

/// The rules of this machine, put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    places: Vec<String>,
    rules: BTreeSet<String>,
    /// Each list allows what it names; what stands in all of them is allowed.
    systems: Vec<Vec<String>>,
    hosts: Vec<Vec<String>>,
    folders: Vec<Vec<PathBuf>>,
    updates_forbidden: bool,
    second_approval: bool,
    take_over_forbidden: bool,
    log_level_max: Option<usize>,
    network: Option<NetworkSettings>,
}

impl Policy {
    /// Returns the rules of this machine; none where nobody has set any.
    ///
    /// # Errors
    /// [`WorkspaceError::Policy`] if there are some that cannot be read.
    pub fn of_machine() -> Result<Self, WorkspaceError> {
        let mut policy = Self::default();
        policy.add_file(Path::new(MACHINE_FILE), false)?;
        if let Some(text) = registry() {
            policy.add(Path::new(REGISTRY), &text)?;
        }
        if let Some(further) = std::env::var_os(FURTHER).filter(|path| !path.is_empty()) {
            policy.add_file(Path::new(&further), true)?;
        }
        Ok(policy)
    }

    /// Returns the files that the rules come from.
    pub fn places(&self) -> &[String] {
        &self.places
    }

    /// Returns the keys of the rules, in the order of the alphabet.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(String::as_str)
    }

    /// Says whether the program may replace itself by a newer version.
    pub fn updates_allowed(&self) -> bool {
        !self.updates_forbidden
    }

    /// Says whether a forced re-export needs a second administrator, whatever the workspace says.
    pub fn second_approval(&self) -> bool {
        self.second_approval
    }

    /// Returns the place of the rule that nobody takes a lock from its holder, if there is one.
    pub fn take_over_forbidden_by(&self) -> Option<String> {
        self.take_over_forbidden.then(|| self.places.join(", "))
    }

    /// Returns the most talkative level of a log, if there is a rule.
    pub fn log_level(&self) -> Option<&'static str> {
        self.log_level_max.map(|level| LOG_LEVELS[level])
    }

    pub(super) fn network(&self) -> Option<&NetworkSettings> {
        self.network.as_ref()
    }

    /// Refuses a kind of accounting system.
    ///
    /// # Errors
    /// [`Forbidden`] if a rule does not name it.
    pub fn check_system(&self, kind: &str) -> Result<(), Forbidden> {
        self.check("systems", kind, &self.systems, |allowed| allowed == kind)
    }

    /// Refuses a server. A practice workspace speaks to this machine alone, and asks nobody.
    ///
    /// # Errors
    /// [`Forbidden`] if a rule does not name it.
    pub fn check_host(&self, url: &Url, is_practice: bool) -> Result<(), Forbidden> {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        self.check_host_name(&host, is_practice)
    }

    /// Refuses a server by its name.
    ///
    /// # Errors
    /// [`Forbidden`] if a rule does not name it.
    pub fn check_host_name(&self, host: &str, is_practice: bool) -> Result<(), Forbidden> {
        if is_practice && is_this_machine(host) {
            return Ok(());
        }
        self.check("hosts", host, &self.hosts, |allowed| match allowed.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
            None => host == allowed.as_str(),
        })
    }

    /// Refuses a workspace's folder.
    ///
    /// # Errors
    /// [`Forbidden`] if no rule's folder holds it.
    pub fn check_folder(&self, dir: &Path) -> Result<(), Forbidden> {
        let found = real(dir);
        for allowed in &self.folders {
            let is_below = |folder: &PathBuf| match (&found, real(folder)) {
                (Some(found), Some(folder)) => found.starts_with(folder),
                _ => false,
            };
            if !allowed.iter().any(is_below) {
                let names = allowed.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>();
                return Err(self.forbidden("workspaces", &dir.display().to_string(), &names));
            }
        }
        Ok(())
    }

    fn check(
        &self,
        rule: &'static str,
        found: &str,
        lists: &[Vec<String>],
        is: impl Fn(&String) -> bool,
    ) -> Result<(), Forbidden> {
        match lists.iter().find(|allowed| !allowed.iter().any(&is)) {
            None => Ok(()),
            Some(allowed) => Err(self.forbidden(rule, found, allowed)),
        }
    }

    fn forbidden(&self, rule: &'static str, found: &str, allowed: &[String]) -> Forbidden {
        Forbidden { rule, found: found.to_owned(), allowed: allowed.join(", "), policy: self.places.join(", ") }
    }

    fn add_file(&mut self, path: &Path, must_be: bool) -> Result<(), WorkspaceError> {
        let unread =
            |error: io::Error| WorkspaceError::Policy { policy: path.display().to_string(), detail: error.to_string() };
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be => return Ok(()),
            Err(error) => return Err(unread(error)),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unread)?;
        let text = String::from_utf8(bytes).map_err(|_| unread(io::ErrorKind::InvalidData.into()))?;
        self.add(path, text.trim_start_matches('\u{feff}'))
    }

    /// Adds the rules of one source to those that are there.
    fn add(&mut self, path: &Path, text: &str) -> Result<(), WorkspaceError> {
        self.read(path, text).map_err(|error| policy_error(path, error))
    }

    fn read(&mut self, path: &Path, text: &str) -> Result<(), WorkspaceError> {
        let file = TomlFile::new(path, text);
        let table = file.parse()?;
        let root = Section::root(&file, table.get_ref(), &KEYS)?;
        let list = |key| {
            let texts = root.texts(key)?;
            Ok::<_, WorkspaceError>(texts.into_iter().map(|text| text.value.to_ascii_lowercase()).collect::<Vec<_>>())
        };
        let (systems, hosts) = (list("systems")?, list("hosts")?);
        let folders: Vec<PathBuf> =
            root.texts("workspaces")?.into_iter().map(|text| PathBuf::from(text.value)).collect();
        if let Some(folder) = folders.iter().position(|folder| !folder.is_absolute()) {
            return Err(root.invalid("workspaces", &root.texts("workspaces")?[folder], "/…"));
        }
        self.updates_forbidden |= !root.boolean("updates", true)?;
        self.second_approval |= root.boolean("second_approval", false)?;
        self.take_over_forbidden |= !root.boolean("take_over", true)?;
        if let Some(level) = root.text("log_level")? {
            let found = LOG_LEVELS.iter().position(|name| *name == level.value);
            let found = found.ok_or_else(|| root.invalid("log_level", &level, LOG_LEVELS.join(", ")))?;
            self.log_level_max = Some(self.log_level_max.map_or(found, |before| before.min(found)));
        }
        let base = path.parent().unwrap_or(Path::new("/"));
        if root.open_section("network")?.is_some() {
            // The machine's own word comes first.
            let network = network(&root, base)?;
            self.network.get_or_insert(network);
        }
        self.systems.extend(Some(systems).filter(|list| !list.is_empty()));
        self.hosts.extend(Some(hosts).filter(|list| !list.is_empty()));
        self.folders.extend(Some(folders).filter(|list| !list.is_empty()));
        self.rules.extend(root.keys().map(str::to_owned));
        self.places.push(path.display().to_string());
        Ok(())
    }
}

/// Returns a path with every link followed as far as it is there; `None` if what is not there yet goes back up.
fn real(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
    let (above, real) = there?;
    let rest = path.strip_prefix(above).ok()?;
    rest.components().all(|part| matches!(part, Component::Normal(_))).then(|| real.join(rest))
}

fn policy_error(path: &Path, error: WorkspaceError) -> WorkspaceError {
    WorkspaceError::Policy { policy: path.display().to_string(), detail: error.to_string() }
}

/// The name of the rules that Windows keeps for group policies.
const REGISTRY: &str = r"HKEY_LOCAL_MACHINE\Software\Policies\Postonce";

/// Returns the rules of Windows' registry as the file would have them: numbers are flags, texts and lists are themselves,
/// and the key `network` below it is the table of that name.
#[cfg(windows)]
fn registry() -> Option<String> {
    use windows_registry::{Key, LOCAL_MACHINE, Type};

    fn table(key: &Key) -> toml::Table {
        let mut table = toml::Table::new();
        for (name, value) in key.values().into_iter().flatten() {
            let value = match value.ty() {
                Type::U32 | Type::U64 => key.get_u32(&name).ok().map(|number| toml::Value::Boolean(number != 0)),
                Type::MultiString => {
                    let texts = key.get_multi_string(&name).ok();
                    texts.map(|texts| toml::Value::Array(texts.into_iter().map(toml::Value::String).collect()))
                }
                _ => key.get_string(&name).ok().map(toml::Value::String),
            };
            // A value that cannot be read is a rule that nobody can keep to: its key alone is then refused as unknown.
            table.insert(name, value.unwrap_or(toml::Value::String(String::new())));
        }
        table
    }

    let key = LOCAL_MACHINE.open(r"Software\Policies\Postonce").ok()?;
    let mut rules = table(&key);
    if let Ok(network) = key.open("network") {
        rules.insert("network".to_owned(), toml::Value::Table(table(&network)));
    }
    (!rules.is_empty()).then(|| rules.to_string())
}

/// Other systems have a file alone.
#[cfg(not(windows))]
fn registry() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Result<Policy, WorkspaceError> {
        let mut policy = Policy::default();
        for (place, text) in texts.iter().enumerate() {
            policy.add(Path::new(&format!("/etc/{place}.toml")), text)?;
        }
        Ok(policy)
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn host_is_allowed_by_its_name_or_its_domain() {
        let policy = of(&["hosts = [\"books.test\", \"*.Example.test\"]"]).expect("valid");
        for allowed in ["https://books.test/api", "https://a.example.test", "https://a.b.EXAMPLE.test"] {
            assert_eq!(policy.check_host(&url(allowed), false), Ok(()), "{allowed}");
        }
        for refused in ["https://example.test", "https://evilexample.test", "https://books.test.evil.test"] {
            assert_eq!(policy.check_host(&url(refused), false).map_err(|no| no.rule), Err("hosts"), "{refused}");
        }
        assert!(policy.check_host(&url("http://127.0.0.1:1"), true).is_ok());
        assert!(policy.check_host(&url("http://127.0.0.1:1"), false).is_err());
        assert!(policy.check_host(&url("https://other.test"), true).is_err());
    }

    #[test]
    fn second_source_makes_stricter_and_never_looser() {
        let policy = of(&[
            "systems = [\"open\", \"tryton\"]\nsecond_approval = true\ntake_over = false\nlog_level = \"info\"",
            "systems = [\"tryton\", \"odoo\"]\nsecond_approval = false\ntake_over = true\nlog_level = \"trace\"\nupdates = true",
        ])
        .expect("valid");
        let allowed = |kind| policy.check_system(kind).is_ok();
        assert_eq!([allowed("open"), allowed("tryton"), allowed("odoo")], [false, true, false]);
        assert!(policy.second_approval() && policy.take_over_forbidden_by().is_some() && policy.updates_allowed());
        assert_eq!(policy.log_level(), Some("info"));
        let policy = of(&["[network]\nproxy = \"none\"", "[network]\nproxy = \"system\""]).expect("valid");
        assert_eq!(policy.network().map(|network| &network.proxy), Some(&super::super::ProxyChoice::Direct));
    }

    #[test]
    fn folder_is_allowed_with_everything_below_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = of(&[&format!("workspaces = {:?}", folder.path())]).expect("valid");
        assert!(
            policy.check_folder(&folder.path().join("books")).is_ok() && policy.check_folder(folder.path()).is_ok()
        );
        let beside = PathBuf::from(format!("{}-beside", folder.path().display()));
        assert!(policy.check_folder(&beside).is_err());
        assert!(policy.check_folder(&folder.path().join("../elsewhere")).is_err());
    }

    #[test]
    fn rule_that_is_not_understood_forbids_everything() {
        for text in ["second_aproval = true", "updates = \"no\"", "log_level = \"loud\"", "workspaces = \"books\"", "="]
        {
            let error = of(&[text]).expect_err(text);
            assert!(matches!(error, WorkspaceError::Policy { .. }), "{text}: {error}");
        }
    }
}
