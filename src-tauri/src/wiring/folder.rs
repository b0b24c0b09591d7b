//! Chooses the folder of the workspace that is opened at the start.

use std::ffi::OsString;
use std::path::PathBuf;

use postonce_connectors::Workspace;

use crate::error::StartError;
use crate::recent::Recent;

const FLAG: &str = "--workspace";
const VARIABLE: &str = "POSTONCE_WORKSPACE";

/// Returns the folder to open: named now (and kept for the next start), last named, or the application's data folder.
pub(crate) fn folder(recent: &Recent) -> Result<PathBuf, StartError> {
    if let Some(named) = named(std::env::args_os().skip(1))?.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from)) {
        let named = std::path::absolute(&named).unwrap_or(named);
        recent.keep(&named);
        return Ok(named);
    }
    recent.last().or_else(Workspace::default_dir).ok_or(StartError::NoDataFolder)
}

/// Reads `--workspace DIR` or `--workspace=DIR`.
fn named(mut arguments: impl Iterator<Item = OsString>) -> Result<Option<PathBuf>, StartError> {
    while let Some(argument) = arguments.next() {
        if argument == FLAG {
            return arguments.next().map(|folder| Some(folder.into())).ok_or(StartError::WorkspaceUnnamed);
        }
        if let Some(folder) = argument.to_str().and_then(|text| text.strip_prefix("--workspace=")) {
            return Ok(Some(folder.into()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_in(arguments: &[&str]) -> Result<Option<PathBuf>, StartError> {
        named(arguments.iter().map(OsString::from))
    }

    #[test]
    fn the_workspace_is_named_in_either_way() {
        assert_eq!(named_in(&["--workspace", "a b"]).ok(), Some(Some("a b".into())));
        assert_eq!(named_in(&["-x", "--workspace=ab"]).ok(), Some(Some("ab".into())));
        assert_eq!(named_in(&["postonce://run/1"]).ok(), Some(None));
        assert!(named_in(&["--workspace"]).is_err());
    }
}
