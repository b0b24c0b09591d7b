//! Something that is prepared once, however many ask for it at the same time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::command::on;
use crate::{Trouble, folder};

/// Written last: without it the folder is half done, and is begun again.
const MARK: &str = "prepared";

/// Set by `cargo xtask test`, which has prepared whatever can be: what is not there then is not to be had.
const ONLY_PREPARED: &str = "POSTONCE_PEERS_ONLY_PREPARED";

/// The folder named `name` with what `make` puts there, made by the first who asks while the others wait.
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
    // Given back by the system when this process ends, however it ends.
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
