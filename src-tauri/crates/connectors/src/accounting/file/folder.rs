//! A folder on this machine, or on a share that is mounted here.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use postonce_engine::error::Problem;

use super::place::{Moved, Place, PlaceError};

/// The bytes of a file at most that are read back from a folder: more than any file of vouchers has.
const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// A folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
    address: String,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), address: path.display().to_string() }
    }

    /// Does something with the disk, where it may wait.
    async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, PlaceError> {
        let path = self.path.clone();
        let done = tokio::task::spawn_blocking(move || act(&path)).await;
        let done = done.unwrap_or_else(|error| Err(io::Error::other(error)));
        done.map_err(|error| self.error(&error))
    }

    fn error(&self, error: &io::Error) -> PlaceError {
        let address = &self.address;
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory if !self.path.is_dir() => {
                PlaceError::Away(Problem::file_folder_missing(address))
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                PlaceError::No(Problem::file_folder_full(address))
            }
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                PlaceError::No(Problem::file_folder_closed(address, error))
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::StaleNetworkFileHandle => {
                PlaceError::Away(Problem::file_folder_missing(address))
            }
            _ => PlaceError::Unknown(Problem::file_folder_failed(address, error)),
        }
    }
}

/// Writes what a folder says of its files to the disk. Not every system can.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match File::open(path)?.sync_all() {
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => return Err(error),
        _ => {}
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// Moves in one step that no crash divides, and never over anything.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn move_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            move_by_link(from, to)
        }
        done => Ok(done?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn move_new(from: &Path, to: &Path) -> io::Result<()> {
    move_by_link(from, to)
}

/// Moves in two steps, where a share knows no other way. What stands under both names after a crash is the same file.
/// A mark in between says that the first step may have been taken: the file is then never moved a second time.
fn move_by_link(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        // A folder that is not empty is replaced by none.
        return fs::rename(from, to);
    }
    let mark = from.with_extension("moving");
    if mark.exists() {
        fs::remove_file(from)?;
        return fs::remove_file(&mark);
    }
    File::create(&mark)?.sync_all()?;
    sync_folder_of(&mark)?;
    match fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) => {
            fs::remove_file(&mark)?;
            return Err(error);
        }
    }
    fs::remove_file(from)?;
    fs::remove_file(&mark)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_folder_of(path)
}

fn is_missing<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Place for Folder {
    fn address(&self) -> &str {
        &self.address
    }

    async fn is_there(&self) -> Result<bool, PlaceError> {
        self.with(|root| Ok(root.is_dir())).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError> {
        let folder = folder.to_owned();
        self.with(move |root| {
            let Some(entries) = is_missing(fs::read_dir(root.join(folder)))? else { return Ok(Vec::new()) };
            let mut names = Vec::new();
            for entry in entries {
                names.extend(entry?.file_name().into_string());
            }
            names.sort_unstable();
            Ok(names)
        })
        .await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, PlaceError> {
        let name = name.to_owned();
        self.with(move |root| {
            let Some(file) = is_missing(File::open(root.join(name)))? else { return Ok(None) };
            let mut bytes = Vec::new();
            file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        })
        .await
    }

    async fn make_folder(&self, name: &str) -> Result<(), PlaceError> {
        let name = name.to_owned();
        self.with(move |root| {
            // The place itself is somebody else's to make: a share that is not mounted is no folder of ours.
            if !root.is_dir() {
                return Err(ErrorKind::NotFound.into());
            }
            let path = root.join(name);
            fs::create_dir_all(&path)?;
            sync_folder_of(&path)
        })
        .await
    }

    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        let name = name.to_owned();
        self.with(move |root| write_whole(&root.join(name), &bytes)).await
    }

    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        let name = name.to_owned();
        self.with(move |root| {
            let (path, drafted) = (root.join(&name), root.join(format!("{name}.new")));
            write_whole(&drafted, &bytes)?;
            fs::rename(&drafted, &path)?;
            sync_folder_of(&path)
        })
        .await
    }

    async fn write_into(&self, name: &str, bytes: Vec<u8>) -> Result<bool, PlaceError> {
        let name = name.to_owned();
        self.with(move |root| {
            let opened = is_missing(OpenOptions::new().write(true).open(root.join(name)))?;
            let Some(mut file) = opened else { return Ok(false) };
            file.write_all(&bytes)?;
            file.set_len(bytes.len() as u64)?;
            file.sync_all()?;
            Ok(true)
        })
        .await
    }

    async fn move_new(&self, from: &str, to: &str) -> Result<Moved, PlaceError> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.with(move |root| {
            let (from, to) = (root.join(from), root.join(to));
            match move_new(&from, &to) {
                Ok(()) => {
                    sync_folder_of(&to)?;
                    sync_folder_of(&from)?;
                    Ok(Moved::Done)
                }
                Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty) => {
                    Ok(Moved::Taken)
                }
                Err(error) if error.kind() == ErrorKind::NotFound && !from.exists() && root.is_dir() => {
                    Ok(Moved::Missing)
                }
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn remove(&self, name: &str) -> Result<bool, PlaceError> {
        let name = name.to_owned();
        self.with(move |root| Ok(is_missing(fs::remove_file(root.join(name)))?.is_some())).await
    }

    async fn remove_empty(&self, name: &str) -> Result<(), PlaceError> {
        let name = name.to_owned();
        self.with(move |root| {
            let _ = fs::remove_dir(root.join(name));
            Ok(())
        })
        .await
    }

    #[cfg(unix)]
    async fn open_like_place(&self, name: &str) -> Result<(), PlaceError> {
        use std::os::unix::fs::PermissionsExt as _;
        const READ_AND_WRITE: u32 = 0o666;
        let name = name.to_owned();
        self.with(move |root| {
            let mode = fs::metadata(root)?.permissions().mode() & READ_AND_WRITE;
            is_missing(fs::set_permissions(root.join(name), fs::Permissions::from_mode(mode | 0o600))).map(drop)
        })
        .await
    }
}
