//! Finds the files that a workspace's `path` means: one file, a folder's, or those that match a glob; in the order of
//! their names. What lies among them and is not read is found as well.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::super::table::{FileError, FileSettings};
use super::acknowledgement::is_acknowledgement;

/// The endings of files that may hold records, in this form or another. In the workspace's own folder, nothing else is named.
const TABLES: [&str; 15] =
    ["csv", "xlsx", "xlsm", "xls", "ods", "numbers", "txt", "tsv", "tab", "dat", "json", "xml", "html", "zip", "gz"];
/// Letter case makes no difference in names: `.CSV` is what a Windows program writes.
const ANY_CASE: MatchOptions =
    MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: false };

/// The files that are read, and what lies among them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    /// The files and folders beside them that are not read.
    pub(super) strangers: Vec<PathBuf>,
    /// Whether more files may come there.
    pub(super) is_folder: bool,
}

pub(super) fn find(settings: &FileSettings) -> Result<Found, FileError> {
    let path = settings.dir.join(&settings.path);
    match fs::metadata(&path) {
        Ok(there) if there.is_dir() => in_folder(settings, &path),
        Ok(_) => Ok(Found { files: vec![path], ..Found::default() }),
        // A name with `*` or `[` that exists is a file; only one that does not is taken for a glob.
        Err(error) if is_absent(&error) && settings.path.contains(['*', '?', '[']) => matching(settings, &path),
        Err(error) if is_absent(&error) => Err(FileError::Missing(path)),
        Err(source) => Err(FileError::Unreadable { path, source }),
    }
}

fn is_absent(error: &io::Error) -> bool {
    // Windows does not take `*` in a name at all.
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename)
}

fn in_folder(settings: &FileSettings, folder: &Path) -> Result<Found, FileError> {
    let mut found = Found { is_folder: true, ..Found::default() };
    for path in entries(folder)? {
        if path.is_file() && has_ending(&path, settings.kind.endings()) {
            found.files.push(path);
        } else if is_stranger(settings, &path) {
            found.strangers.push(path);
        }
    }
    if found.files.is_empty() {
        return Err(FileError::Missing(folder.join(format!("*.{}", settings.kind.endings()[0]))));
    }
    Ok(found)
}

fn matching(settings: &FileSettings, path: &Path) -> Result<Found, FileError> {
    let folder = Pattern::escape(&settings.dir.to_string_lossy());
    let pattern = Path::new(&folder).join(&settings.path);
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let matched = glob::glob_with(&pattern.to_string_lossy(), ANY_CASE)
        .map_err(|error| unreadable(io::Error::other(error.msg)))?;
    let mut found = Found { is_folder: true, ..Found::default() };
    for file in matched {
        let file = file.map_err(|error| unreadable(error.into()))?;
        if file.is_file() && !is_hidden(&file) {
            found.files.push(file);
        }
    }
    found.files.sort();
    if found.files.is_empty() {
        return Err(FileError::Missing(path.to_owned()));
    }
    found.strangers = beside(settings, path, &found.files)?;
    Ok(found)
}

/// Returns what lies beside the files of a glob under a name that differs from theirs by its ending only.
fn beside(settings: &FileSettings, path: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else {
        return Ok(Vec::new());
    };
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (Ok(pattern), true) = (Pattern::new(stem), folder.is_dir()) else { return Ok(Vec::new()) };
    let is_alike = |path: &Path| {
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        name.and_then(OsStr::to_str).is_some_and(|name| pattern.matches_with(name, ANY_CASE))
    };
    let entries = entries(folder)?.into_iter();
    Ok(entries.filter(|path| !files.contains(path) && is_alike(path) && is_stranger(settings, path)).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let unreadable = |source| FileError::Unreadable { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !is_hidden(&path) {
            entries.push(path);
        }
    }
    entries.sort();
    Ok(entries)
}

/// Says whether a person should know of something that lies among the files. The workspace's own folder has much that
/// is no table.
fn is_stranger(settings: &FileSettings, path: &Path) -> bool {
    let same = |one: &Path, other: &Path| match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    };
    let is_own_folder = path.parent().is_some_and(|folder| same(folder, &settings.dir));
    !is_own_folder || (path.is_file() && has_ending(path, &TABLES))
}

/// Says whether a file is none of a person's: hidden, the twin of a Mac, the lock of an office program, or written here.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    is_acknowledgement(path)
        || name.starts_with(['.', '~'])
        || matches!(name.as_str(), "thumbs.db" | "desktop.ini" | "icon\r")
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
