//! Writes a file so that it takes its place only when it is whole. Reports, certificates, runs and the audit trail are
//! all written by it, from the command line and from the window.
//!
//! Invariants: half a file never stands in the place; a file that stands there, or comes to stand there while the new
//! one is written, is replaced only where the caller allows it; a failure leaves nothing behind.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::ReportError;

/// The fate of a file that stands in the place of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and the new file is refused.
    Refuse,
    /// It is replaced: a person said so.
    Allow,
}

/// The place of a new file.
#[derive(Debug, Clone)]
pub struct Place {
    path: PathBuf,
    overwrite: Overwrite,
}

impl Place {
    /// Names the place.
    pub fn new(path: impl Into<PathBuf>, overwrite: Overwrite) -> Self {
        Self { path: path.into(), overwrite }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the file may stand there, before any work is done for it.
    ///
    /// # Errors
    /// [`ReportError::Exists`] when another file stands there that may not be replaced.
    pub fn check(&self) -> Result<(), ReportError> {
        if self.overwrite == Overwrite::Refuse && self.path.exists() {
            return Err(ReportError::Exists);
        }
        Ok(())
    }

    /// Writes a part file beside the place, and puts it in place when it is whole and on the disk. The future is not
    /// `Send`, as that of [`crate::write`].
    ///
    /// # Errors
    /// The errors of `write`, those of writing the file there, and [`ReportError::Exists`]. Nothing is left behind then.
    pub async fn write<T>(
        &self,
        write: impl AsyncFnOnce(&mut BufWriter<File>) -> Result<T, ReportError>,
    ) -> Result<T, ReportError> {
        self.check()?;
        let (part, file) = PartFile::create(&self.path)?;
        let mut out = BufWriter::new(file);
        let written = write(&mut out).await?;
        out.flush()?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        // An open file cannot be renamed on every system.
        drop(file);
        part.put_in_place(self)?;
        Ok(written)
    }
}

/// The part of a file that is not whole yet. It stands beside the place, so that a rename alone puts it there, and is
/// removed with this value.
struct PartFile(PathBuf);

impl PartFile {
    /// Creates the part; one that a crash left there is written over.
    fn create(path: &Path) -> io::Result<(Self, File)> {
        let mut part: OsString = path.as_os_str().to_owned();
        part.push(".part");
        let file = File::create(&part)?;
        Ok((Self(part.into()), file))
    }

    fn put_in_place(self, place: &Place) -> Result<(), ReportError> {
        match place.overwrite {
            Overwrite::Allow => fs::rename(&self.0, &place.path)?,
            // A link fails when a file came to stand there meanwhile, and a rename would replace it.
            Overwrite::Refuse => match fs::hard_link(&self.0, &place.path) {
                Ok(()) => fs::remove_file(&self.0)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(ReportError::Exists),
                // This file system has no links.
                Err(_) => {
                    place.check()?;
                    fs::rename(&self.0, &place.path)?;
                }
            },
        }
        sync_folder(&place.path);
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // The part is gone when it is in its place.
        let _ = fs::remove_file(&self.0);
    }
}

/// Brings the new name to the disk as well, where the system lets a folder be asked for that. The file is in its place
/// already, so a folder that cannot be asked is no failure.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("our folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("a name").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    async fn write(place: &Place, text: &str) -> Result<(), ReportError> {
        place.write(async |out| Ok(out.write_all(text.as_bytes())?)).await
    }

    #[tokio::test]
    async fn file_stands_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.csv");
        for overwrite in [Overwrite::Refuse, Overwrite::Allow] {
            let broken = Place::new(&path, overwrite);
            let broken = broken.write::<()>(async |out| {
                out.write_all(b"half")?;
                Err(ReportError::Pdf("the pen broke".into()))
            });
            assert!(broken.await.is_err());
            assert_eq!(names(folder.path()), Vec::<String>::new(), "nothing is left behind");
        }
        for text in ["first", "second"] {
            write(&Place::new(&path, Overwrite::Allow), text).await.expect("it is written");
            assert_eq!(fs::read_to_string(&path).expect("it stands there"), text);
        }
        assert_eq!(names(folder.path()), ["run.csv"]);
        let nowhere = folder.path().join("none/run.csv");
        assert!(matches!(write(&Place::new(nowhere, Overwrite::Allow), "").await, Err(ReportError::Io(_))));
    }

    #[tokio::test]
    async fn file_that_stands_there_is_replaced_only_when_allowed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.csv");
        let place = Place::new(&path, Overwrite::Refuse);
        write(&place, "mine").await.expect("the place is free");
        assert!(matches!(write(&place, "other").await, Err(ReportError::Exists)));
        assert_eq!(fs::read_to_string(&path).expect("it stands there"), "mine");
        assert_eq!(names(folder.path()), ["run.csv"]);
    }

    #[tokio::test]
    async fn file_that_appears_while_another_is_written_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.csv");
        let place = Place::new(&path, Overwrite::Refuse);
        let late = place.write(async |out| {
            out.write_all(b"late")?;
            Ok(fs::write(&path, "mine")?)
        });
        assert!(matches!(late.await, Err(ReportError::Exists)));
        assert_eq!(fs::read_to_string(&path).expect("it stands there"), "mine");
        assert_eq!(names(folder.path()), ["run.csv"], "nothing is left behind");
    }

    #[tokio::test]
    async fn part_of_a_file_that_nobody_waits_for_is_removed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path().join("run.csv"), Overwrite::Allow);
        let mut endless = Box::pin(place.write::<()>(async |_| std::future::pending().await));
        assert!(
            std::future::poll_fn(|context| std::task::Poll::Ready(endless.as_mut().poll(context))).await.is_pending()
        );
        assert_eq!(names(folder.path()), ["run.csv.part"]);
        drop(endless);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}
