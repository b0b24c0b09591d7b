//! Makes sure that nothing committed knows the machine on which it was written, or the server of its packages.

use crate::tree::{File, Finding};

/// The folders of one machine. They are found at the beginning of a path, so `docs/work/` is none.
const FOLDERS: &[&str] = &["/root/", "/work/", "/home/runner/", "/Users/"];

/// The servers of packages. `Cargo.lock` names the index of crates.io, which is the standard and stands for any mirror.
const SERVERS: &[&str] = &[
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "index.crates.io",
    "static.crates.io",
    "deb.debian.org",
    "archive.ubuntu.com",
    "files.pythonhosted.org",
    "artifactory",
];

/// The file in which the words stand because they are looked for.
const HERE: &str = "tests/tidy/machine.rs";

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path != HERE) {
        for (index, line) in file.text.lines().enumerate() {
            for folder in FOLDERS.iter().filter(|folder| begins_a_path(line, folder)) {
                findings.push(file.finding(index + 1, format!("{folder} is a folder of one machine")));
            }
            for server in SERVERS.iter().filter(|server| line.contains(**server)) {
                findings.push(
                    file.finding(index + 1, format!("{server}: each machine asks the registry it is set up for")),
                );
            }
        }
    }
    findings
}

fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|character| {
            character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '~' | '}' | ')' | '*')
        })
    })
}

#[test]
fn folder_of_one_machine_is_found() {
    for text in ["path = \"/root/.cargo\"", "/work/main/target", "cd /Users/kari/x", "file:///work/a"] {
        assert_eq!(check(&[File::sample("a.toml", text)]).len(), 1, "{text}");
    }
    assert_eq!(check(&[File::sample("a.md", "see docs/work/plan.md, $HOME/work/ and ../root/")]), []);
}

#[test]
fn server_that_packages_come_from_is_found() {
    for server in SERVERS {
        let text = format!("\"resolved\": \"https://{server}/a/-/a-1.0.0.tgz\"");
        assert_eq!(check(&[File::sample("ui/package-lock.json", &text)]).len(), 1, "{server}");
    }
    let index = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    assert_eq!(check(&[File::sample("Cargo.lock", index)]), []);
}
