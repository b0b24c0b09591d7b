//! Finds the files that a workspace's `path` means: one file, a folder's `*.csv`, or those that match a glob; in the
//! order of their names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::table::{FileError, FileSettings};

pub(super) fn find(settings: &FileSettings) -> Result<Vec<PathBuf>, FileError> {
    let path = settings.dir.join(&settings.path);
    match fs::metadata(&path) {
        Ok(there) if there.is_dir() => in_folder(&path),
        Ok(_) => Ok(vec![path]),
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

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let unreadable = |source| FileError::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(FileError::Missing(folder.join("*.csv"))) } else { Ok(files) }
}

fn matching(settings: &FileSettings, path: &Path) -> Result<Vec<PathBuf>, FileError> {
    let folder = glob::Pattern::escape(&settings.dir.to_string_lossy());
    let pattern = Path::new(&folder).join(&settings.path);
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let found = glob::glob(&pattern.to_string_lossy()).map_err(|error| unreadable(io::Error::other(error.msg)))?;
    let mut files = Vec::new();
    for file in found {
        let file = file.map_err(|error| unreadable(error.into()))?;
        if file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() { Err(FileError::Missing(path.to_owned())) } else { Ok(files) }
}
