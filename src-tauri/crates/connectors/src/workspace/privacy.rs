//! Keeps a workspace's folders and files from the other users of this machine. Names, amounts and reasons of people stand
//! in the ledger, in each of its copies, and in what was set aside.
//!
//! Invariant: a folder in which somebody else may write is left as it is. A platform that delivers its file there would
//! be kept out in silence, and its records with it; `status` names the folder instead.

use std::path::{Path, PathBuf};

/// Something of a workspace that others on this machine could read, or still can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenToOthers {
    /// The folder or file.
    pub path: PathBuf,
    /// Its permissions as they were: nine bits.
    pub mode: u32,
    /// True if it is closed to them now.
    pub closed: bool,
}

/// Closes what is open, and returns it. It goes on over what cannot be closed.
#[cfg(unix)]
pub(crate) fn close_to_others(dir: &Path) -> Vec<OpenToOthers> {
    let in_backups = entries(&dir.join("backups"));
    let ours = entries(dir).into_iter().filter(|path| is_ours(path)).chain(in_backups);
    std::iter::once(dir.to_owned()).chain(ours).filter_map(close).collect()
}

/// Finds nothing: elsewhere than on Unix a user's folders are their own.
#[cfg(not(unix))]
pub(crate) fn close_to_others(_: &Path) -> Vec<OpenToOthers> {
    Vec::new()
}

#[cfg(unix)]
fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Says whether Postonce writes that file. The files of records in the folder are the platform's, or a person's.
#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let begins = ["ledger.sqlite", "ledger-", "set-aside-", "sandbox.sqlite"].iter().any(|ours| name.starts_with(ours));
    begins || matches!(&*name, super::FILE_NAME | "export.lock" | "backups" | "practice-records.csv")
}

#[cfg(unix)]
fn close(path: PathBuf) -> Option<OpenToOthers> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    const OTHERS_WRITE: u32 = 0o022;
    // A link is followed by nobody here: what it leads to is not in the workspace.
    let found = std::fs::symlink_metadata(&path).ok().filter(|found| found.is_file() || found.is_dir())?;
    let mode = found.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        return None;
    }
    let is_shared = found.is_dir() && mode & OTHERS_WRITE != 0;
    let closed = !is_shared && std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode & !OTHERS)).is_ok();
    Some(OpenToOthers { path, mode, closed })
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[test]
    fn file_of_ours_is_closed_and_named_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let backups = folder.path().join("backups");
        fs::create_dir(&backups).expect("writable");
        let files =
            ["workspace.toml", "ledger.sqlite", "ledger.sqlite-wal", "set-aside-1-ledger.sqlite", "export.lock"];
        let files =
            files.map(|name| folder.path().join(name)).into_iter().chain([backups.join("ledger-daily-1.sqlite")]);
        let files: Vec<PathBuf> = files.collect();
        let records = folder.path().join("reimbursements.csv");
        for file in files.iter().chain([&records]) {
            fs::write(file, "x").expect("writable");
            set_mode(file, 0o664);
        }
        set_mode(&backups, 0o755);
        set_mode(folder.path(), 0o755);
        let found = close_to_others(folder.path());
        assert_eq!(found.len(), files.len() + 2, "{found:?}");
        assert!(found.iter().all(|found| found.closed && found.mode & 0o077 != 0), "{found:?}");
        assert!(files.iter().all(|file| mode(file) == 0o600), "{found:?}");
        assert_eq!([folder.path(), &backups].map(mode), [0o700, 0o700]);
        assert_eq!(mode(&records), 0o664, "it is the platform's");
        assert_eq!(close_to_others(folder.path()), []);
    }

    #[test]
    fn folder_that_others_write_into_is_named_and_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        set_mode(folder.path(), 0o770);
        let found = close_to_others(folder.path());
        assert_eq!(found, [OpenToOthers { path: folder.path().to_owned(), mode: 0o770, closed: false }]);
        assert_eq!(mode(folder.path()), 0o770);
    }
}
