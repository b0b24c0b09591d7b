//! Says whether a ledger may lie in a folder. On a network share the locks that keep two writers apart are the server's
//! promise, which many break; a program that copies files to other machines makes two ledgers of one.

use std::path::{Path, PathBuf};

/// The file systems whose files another machine may write.
#[cfg(any(target_os = "linux", test))]
const NETWORK: [&str; 20] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ncpfs",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "gfs2",
    "ocfs2",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.gvfsd-fuse",
    "fuse.glusterfs",
    "fuse.s3fs",
    "fuse.davfs2",
    "fuse.onedriver",
];

/// The files and folders that a program which copies to other machines leaves at the top of what it copies.
const MARKS: [(&str, &str); 7] = [
    (".dropbox.cache", "Dropbox"),
    (".dropbox", "Dropbox"),
    (".tmp.drivedownload", "Google Drive"),
    (".stfolder", "Syncthing"),
    (".owncloudsync.log", "ownCloud"),
    (".nextcloudsync.log", "Nextcloud"),
    (".sync/ID", "Resilio Sync"),
];
/// The beginnings of such files, where their names go on.
const MARKS_BEGUN: [(&str, &str); 2] = [(".sync_", "Nextcloud"), ("._sync_", "Nextcloud")];
/// The names of such folders themselves.
const NAMES: [(&str, &str); 5] = [
    ("OneDrive", "OneDrive"),
    ("Dropbox", "Dropbox"),
    ("Google Drive", "Google Drive"),
    ("iCloudDrive", "iCloud"),
    ("com~apple~CloudDocs", "iCloud"),
];
/// The variables in which Windows names such folders.
const VARIABLES: [&str; 3] = ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"];

/// Returns the reason why a ledger cannot lie in a folder, as the name of the file system or of the program.
pub(crate) fn unsafe_place(dir: &Path) -> Option<String> {
    let real = nearest(dir);
    on_network(&real).or_else(|| synchronised(&real))
}

/// Returns the folder, or the nearest one above it that is there, with every link followed.
fn nearest(dir: &Path) -> PathBuf {
    dir.ancestors().find_map(|folder| std::fs::canonicalize(folder).ok()).unwrap_or_else(|| dir.to_owned())
}

fn synchronised(dir: &Path) -> Option<String> {
    for variable in VARIABLES {
        let named = std::env::var_os(variable).map(PathBuf::from).filter(|named| named.is_absolute());
        if named.is_some_and(|named| dir.starts_with(nearest(&named))) {
            return Some("OneDrive".to_owned());
        }
    }
    dir.ancestors().find_map(|folder| {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // OneDrive has the organisation's name behind its own: `OneDrive - HLF`.
        let named = NAMES.iter().find(|(begin, _)| name == *begin || name.starts_with(&format!("{begin} - ")));
        let marked = || MARKS.iter().find(|(mark, _)| folder.join(mark).exists());
        named.or_else(marked).or_else(|| mark_begun(folder)).map(|(_, program)| (*program).to_owned())
    })
}

fn mark_begun(folder: &Path) -> Option<&'static (&'static str, &'static str)> {
    let entries = std::fs::read_dir(folder).ok()?;
    // Their database stands at the top of the folder, among few others.
    let names = entries.flatten().take(10_000).map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.ends_with(".db"))
        .find_map(|name| MARKS_BEGUN.iter().find(|(mark, _)| name.starts_with(mark)))
}

#[cfg(target_os = "linux")]
fn on_network(dir: &Path) -> Option<String> {
    network_mount(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, dir)
}

/// A share has a name of its own in a path whose links are followed, also where a letter was given to it.
#[cfg(windows)]
fn on_network(dir: &Path) -> Option<String> {
    use std::path::{Component, Prefix};
    let Some(Component::Prefix(prefix)) = dir.components().next() else { return None };
    match prefix.kind() {
        Prefix::UNC(server, _) | Prefix::VerbatimUNC(server, _) => Some(format!(r"\\{}", server.to_string_lossy())),
        _ => None,
    }
}

#[cfg(target_os = "macos")]
fn on_network(dir: &Path) -> Option<String> {
    const NETWORK: [&str; 5] = ["smbfs", "nfs", "afpfs", "webdav", "ftp"];
    let found = rustix::fs::statfs(dir).ok()?;
    let name: Vec<u8> = found.f_fstypename.iter().take_while(|c| **c != 0).map(|c| c.to_ne_bytes()[0]).collect();
    let name = String::from_utf8_lossy(&name).into_owned();
    NETWORK.contains(&name.as_str()).then_some(name)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn on_network(_: &Path) -> Option<String> {
    None
}

/// Reads the kernel's list of mounts: `36 35 98:0 / /mnt rw shared:1 - nfs4 server:/books rw`. The last of those whose
/// place is above the folder, and nearest to it, is the one that holds it.
#[cfg(any(target_os = "linux", test))]
fn network_mount(mounts: &str, dir: &Path) -> Option<String> {
    let mut nearest: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (before.split(' ').nth(4), after.split(' ').next()) else { continue };
        let place = place.replace("\\040", " ").replace("\\134", "\\");
        if dir.starts_with(&place) && nearest.is_none_or(|(length, _)| length <= place.len()) {
            nearest = Some((place.len(), kind));
        }
    }
    nearest.map(|(_, kind)| kind).filter(|kind| NETWORK.contains(kind)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
        36 22 0:30 / /mnt/books rw shared:1 - nfs4 server:/books rw\n\
        37 36 254:1 / /mnt/books/local rw - xfs /dev/vdb rw\n\
        38 22 0:31 / /mnt/two\\040words rw - cifs //server/share rw\n\
        39 22 0:32 / /home/kari/remote rw - fuse.sshfs kari@server: rw\n\
        40 22 0:33 / /run/user/1/gvfs rw - fuse.portal portal rw\n";

    #[test]
    fn mount_that_holds_the_folder_decides() {
        for (dir, kind) in [
            ("/srv/postonce", None),
            ("/mnt/books/hlf", Some("nfs4")),
            ("/mnt/books/local/hlf", None),
            ("/mnt/booksother", None),
            ("/mnt/two words/hlf", Some("cifs")),
            ("/home/kari/remote", Some("fuse.sshfs")),
            ("/run/user/1/gvfs/hlf", None),
        ] {
            assert_eq!(network_mount(MOUNTS, Path::new(dir)).as_deref(), kind, "{dir}");
        }
    }

    #[test]
    fn synchronised_folder_is_known_by_its_marks_or_its_name() {
        for (above, mark, program) in [
            ("Files", ".dropbox.cache", Some("Dropbox")),
            ("Files", ".stfolder", Some("Syncthing")),
            ("Files", ".sync_0f1e.db", Some("Nextcloud")),
            ("Files", ".sync_notes.txt", None),
            ("OneDrive - HLF", "x", Some("OneDrive")),
            ("OneDriveNot", "x", None),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let books = folder.path().join(above).join("hlf/books");
            std::fs::create_dir_all(&books).expect("writable");
            std::fs::write(folder.path().join(above).join(mark), "x").expect("writable");
            assert_eq!(synchronised(&books).as_deref(), program, "{above} {mark}");
            assert_eq!(unsafe_place(&books.join("new/folder")).as_deref(), program, "{above} {mark}");
        }
    }
}
