//! Finds places: the checkout, cargo and its target folder, and xtask's cache outside the checkout.

use std::env;
use std::path::{Path, PathBuf};

use crate::run::{Failure, output};

/// Returns the top of the checkout that cargo runs this in: several may share a target folder, and so one compiled
/// xtask.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.ancestors().nth(3).unwrap_or(here).to_path_buf()
}

/// Returns the cargo that runs this xtask.
pub(crate) fn cargo_path() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Returns the folder of the user interface.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// Returns the folder that xtask keeps between runs: tools, a newer Node, the practice workspace.
pub(crate) fn cache() -> Result<PathBuf, Failure> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .or_else(|| folder("LOCALAPPDATA"))
        .map(|cache| cache.join("postonce"))
        .ok_or_else(|| Failure::new("neither XDG_CACHE_HOME nor HOME is set, so there is no place for the cache"))
}

/// Returns a program built by cargo, in the profile's folder of the target folder.
pub(crate) fn built(profile_folder: &str, name: &str) -> Result<PathBuf, Failure> {
    let path = target()?.join(profile_folder).join(name).with_extension(env::consts::EXE_EXTENSION);
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::new(format!("{} was not built", path.display())))
}

/// Returns the folder in which cargo builds.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let manifest = root().join("Cargo.toml").display().to_string();
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--manifest-path", &manifest];
    output(cargo_path(), &arguments)
        .and_then(|metadata| text_member(&metadata, "target_directory"))
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("`cargo metadata` does not say where it builds"))
}

/// Returns the first text member of that name in a JSON document. Enough for a path, which escapes nothing but `\` and
/// `"`.
fn text_member(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    let mut value = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_and_unescaped() {
        let json = r#"{"packages":[],"target_directory":"C:\\work\\a \"b\"","version":1}"#;
        assert_eq!(text_member(json, "target_directory").as_deref(), Some(r#"C:\work\a "b""#));
        assert_eq!(text_member(json, "workspace_root"), None);
    }

    #[test]
    fn the_root_is_where_the_workspace_manifest_stands() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
