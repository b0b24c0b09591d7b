//! Prepares a folder once, however many ask for it at the same time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::command::on;
use crate::{Trouble, folder};

/// The mark, written last: a folder without it is half done, and is begun again.
const MARK: &str = "prepared";

/// The variable that `cargo xtask test` sets after it has prepared everything possible: a missing folder is then not to
/// be had.
const ONLY_PREPARED: &str = "POSTONCE_PEERS_ONLY_PREPARED";

/// Returns the folder named `name`, filled by `make`: the first who asks makes it while the others wait.
///
/// # Errors
/// Those of `make`, and those of the disk.
pub(crate) fn once(name: &str, make: impl FnOnce(&Path) -> Result<(), Trouble>) -> Result<PathBuf, Trouble> {
    let all = folder()?;
    let place = all.join(name);
    if place.join(MARK).is_file() {
        return Ok(place);
    }
    if std::env::var_os(ONLY_PREPARED).is_some_and(|value| !value.is_empty()) {
        return Err(Trouble::not_to_be_had(format!("{name} is not prepared (`cargo xtask peers` says why)")));
    }
    fs::create_dir_all(&all).map_err(on(&all))?;
    let lock_path = all.join(format!("{name}.lock"));
    let lock = File::create(&lock_path).map_err(on(&lock_path))?;
    // The system gives the lock back when this process ends, however that happens.
    lock.lock().map_err(on(&lock_path))?;
    if place.join(MARK).is_file() {
        return Ok(place);
    }
    if place.exists() {
        fs::remove_dir_all(&place).map_err(on(&place))?;
    }
    fs::create_dir_all(&place).map_err(on(&place))?;
    make(&place)?;
    let mark = place.join(MARK);
    fs::write(&mark, "").map_err(on(&mark))?;
    Ok(place)
}
