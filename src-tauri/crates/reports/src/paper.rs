//! Writes a file so that it takes its place only when it is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::ReportError;

/// Writes a part file beside the place first, so that no half file ever stands there; an existing file is replaced. The
/// future is not `Send`, as that of [`crate::write`].
///
/// # Errors
/// The errors of `write`, and those of writing the file there. Nothing is left behind then.
pub async fn on_paper<T>(
    path: &Path,
    write: impl AsyncFnOnce(&mut BufWriter<File>) -> Result<T, ReportError>,
) -> Result<T, ReportError> {
    let part = part_file(path);
    let written = write_part(&part, write).await;
    let placed = written.and_then(|written| Ok(fs::rename(&part, path).map(|()| written)?));
    if placed.is_err() {
        let _ = fs::remove_file(&part);
    }
    placed
}

async fn write_part<T>(
    part: &Path,
    write: impl AsyncFnOnce(&mut BufWriter<File>) -> Result<T, ReportError>,
) -> Result<T, ReportError> {
    let mut out = BufWriter::new(File::create(part)?);
    let written = write(&mut out).await?;
    out.flush()?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(written)
}

/// Returns the part's path: beside the file, so that a rename alone puts it in place.
fn part_file(path: &Path) -> PathBuf {
    let mut part: OsString = path.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_stands_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.csv");
        let broken = on_paper::<()>(&path, async |out| {
            out.write_all(b"half")?;
            Err(ReportError::Pdf("the pen broke".into()))
        });
        assert!(broken.await.is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("our folder").count(), 0, "nothing is left behind");
        for text in ["first", "second"] {
            on_paper(&path, async |out| Ok(out.write_all(text.as_bytes())?)).await.expect("it is written");
            assert_eq!(fs::read_to_string(&path).expect("it stands there"), text);
        }
        assert!(on_paper(&folder.path().join("none/run.csv"), async |_| Ok(())).await.is_err());
    }
}
