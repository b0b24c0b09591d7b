//! Holds the files that are looked at, and the findings about them.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// A committed file. Its path is relative to the top of the checkout, with `/`.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    /// The text; empty for a file that is not text.
    pub(crate) text: String,
}

impl File {
    fn new(path: String, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes.clone()).unwrap_or_default();
        Self { path, bytes, text }
    }

    /// Makes a file for a rule's own test.
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self::new(path.to_owned(), text.as_bytes().to_vec())
    }

    pub(crate) fn is_below(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub(crate) fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Makes a finding in this file; lines count from 1, 0 means the file as a whole.
    pub(crate) fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, what: what.into() }
    }
}

/// One thing to mend.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Returns every file that is committed or about to be.
pub(crate) fn committed() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let root = postonce_tests::root();
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .expect("git lists what is committed");
        assert!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr));
        let listing = String::from_utf8(listing.stdout).expect("our paths are UTF-8");
        let files: Vec<File> = listing
            .split_terminator('\0')
            // A file deleted and not yet committed is still listed.
            .filter_map(|path| Some(File::new(path.to_owned(), std::fs::read(root.join(path)).ok()?)))
            .collect();
        assert!(files.len() > 10, "git lists hardly anything: {files:?}");
        files
    });
    &FILES
}

/// Returns the files that lie beside the checkout for everybody's use. Absent on most machines.
pub(crate) fn shared() -> Vec<File> {
    let mut files = Vec::new();
    if let Some(beside) = postonce_tests::root().parent() {
        collect(&beside.join("shared"), &mut files);
    }
    files
}

fn collect(folder: &Path, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push(File::new(path.display().to_string(), bytes));
        }
    }
}
