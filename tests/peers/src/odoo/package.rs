//! Unpacks Debian's package of Odoo without installing it, fetched past the machine's own package lists.
//!
//! It is in Debian's development suite alone, which no machine should have among its sources. So `apt-get` gets folders
//! of its own, and one source, made from the address that the machine itself asks for Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Trouble;
use crate::command::{find, on, run};

const PACKAGE: &str = "odoo-19";
/// The first part of the versions that the books were made with.
pub(crate) const VERSION: &str = "19.0";
const SUITE: &str = "sid";
const SOURCES: &str = "/etc/apt/sources.list";
const SOURCES_FOLDER: &str = "/etc/apt/sources.list.d";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The parts that the server never reads, which are five parts of six.
const LEFT_OUT: &[&str] = &[
    "*/i18n/*",
    "*/i18n_extra/*",
    "*/tests/*",
    "*.js",
    "*.css",
    "*.scss",
    "*.ttf",
    "*.otf",
    "*.woff",
    "*.woff2",
    "*.map",
];

/// Unpacks the package into that folder.
pub(crate) fn unpack(folder: &Path) -> Result<(), Trouble> {
    let all = folder.with_extension("package");
    fs::create_dir_all(&all).map_err(on(&all))?;
    let package =
        fetch(&all).map_err(|trouble| trouble.or_not_to_be_had("Debian's package of Odoo 19 cannot be had"))?;
    fs::create_dir_all(folder).map_err(on(folder))?;
    let mut unpacking = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(&package)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Trouble::broken(format!("`dpkg-deb` could not be started: {error}")))?;
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--no-same-owner").arg("--directory").arg(folder);
    tar.args(LEFT_OUT.iter().map(|pattern| format!("--exclude={pattern}")));
    let output = unpacking.stdout.take().map(|output| tar.stdin(output).output());
    let ended = unpacking.wait();
    match (output, ended) {
        (Some(Ok(output)), Ok(status)) if output.status.success() && status.success() => {}
        (Some(Ok(output)), _) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Trouble::broken(format!("{} could not be unpacked: {said}", package.display())));
        }
        _ => return Err(Trouble::broken(format!("{} could not be unpacked", package.display()))),
    }
    fs::remove_dir_all(&all).map_err(on(&all))
}

/// Fetches the package as a file, into that folder.
fn fetch(folder: &Path) -> Result<PathBuf, Trouble> {
    if find("apt-get").is_none() || !Path::new(KEYRING).is_file() {
        return Err(Trouble::not_to_be_had("this is no Debian"));
    }
    let address = address().ok_or_else(|| Trouble::not_to_be_had("no source of this machine is one of Debian's"))?;
    for part in ["etc", "etc/none", "state/lists/partial", "cache/archives/partial"] {
        let part = folder.join(part);
        fs::create_dir_all(&part).map_err(on(&part))?;
    }
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).map_err(on(&file))
    };
    write("etc/sources.list", &format!("deb [signed-by={KEYRING}] {address} {SUITE} main\n"))?;
    write("state/status", "")?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        let mut set = |name: &str, value: &str| {
            command.arg("-o").arg(format!("{name}={value}"));
        };
        let own = |part: &str| folder.join(part).display().to_string();
        set("Dir::Etc::SourceList", &own("etc/sources.list"));
        set("Dir::Etc::SourceParts", &own("etc/none"));
        set("Dir::Etc::Preferences", &own("etc/no-preferences"));
        set("Dir::Etc::PreferencesParts", &own("etc/none"));
        set("Dir::State", &own("state"));
        set("Dir::State::status", &own("state/status"));
        set("Dir::Cache", &own("cache"));
        set("APT::Sandbox::User", "root");
        set("Acquire::Languages", "none");
        set("Acquire::Retries", "2");
        command.args(arguments).current_dir(folder);
        run(&mut command)
    };
    apt(&["-q", "update"])?;
    apt(&["-q", "download", PACKAGE])?;
    let start = format!("{PACKAGE}_{VERSION}");
    let files = fs::read_dir(folder).map_err(on(folder))?.flatten().map(|entry| entry.path());
    let is_package = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
    files
        .into_iter()
        .find(is_package)
        .ok_or_else(|| Trouble::not_to_be_had(format!("{SUITE} has another version than {VERSION}")))
}

/// Returns the address that this machine asks for Debian's packages.
fn address() -> Option<String> {
    let more = fs::read_dir(SOURCES_FOLDER).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = more.collect();
    files.sort();
    files.insert(0, SOURCES.into());
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).find_map(|text| address_in(&text))
}

/// Returns the first address of Debian itself in a list of sources, of the old form or the new. Its mirrors end in
/// `/debian`.
fn address_in(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("deb ") || line.starts_with("URIs:"));
    let words = lines.flat_map(str::split_whitespace);
    words
        .map(|word| word.trim_end_matches('/'))
        .find(|word| word.contains("://") && word.ends_with("/debian"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn address_in_finds_debian_in_both_forms_and_no_other_address() {
        let old = "# a comment\ndeb http://other.example/cloud apt main\ndeb [arch=amd64] http://mirror.example/debian/ stable main\n";
        let new = "Types: deb\nURIs: http://mirror.example/debian\nSuites: stable\n";
        for text in [old, new] {
            assert_eq!(address_in(text).as_deref(), Some("http://mirror.example/debian"));
        }
        assert_eq!(address_in("URIs: http://mirror.example/debian-security\n"), None);
        assert_eq!(address_in("# deb http://mirror.example/debian stable main\n"), None);
    }
}
