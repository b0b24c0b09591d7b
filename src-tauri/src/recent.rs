//! Remembers the workspaces that were in use, the last one first; and the one that opens by itself.

use std::fs;
use std::path::{Path, PathBuf};

use postonce_connectors::Workspace;

use crate::wire::setup::RecentWorkspace;

/// The file in the application's configuration folder that holds the last path in use.
const LAST_FILE: &str = "last-workspace";
/// The file beside it that holds the paths before, one on each line.
const RECENT_FILE: &str = "recent-workspaces";
/// The number of workspaces that are remembered.
const RECENT_MAX: usize = 8;

/// The memory of the workspaces, in the application's configuration folder; without a folder it is empty.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    config: Option<PathBuf>,
}

impl Recent {
    /// Opens the memory in that folder.
    pub(crate) fn new(config: Option<PathBuf>) -> Self {
        Self { config }
    }

    /// Returns the workspace that was last in use.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        let text = fs::read_to_string(self.config.as_ref()?.join(LAST_FILE)).ok()?;
        Some(PathBuf::from(text.trim_end()))
    }

    /// Remembers that this workspace is in use. A failure to remember it is no reason not to use it.
    pub(crate) fn keep(&self, folder: &Path) {
        let (Some(config), Some(text)) = (&self.config, folder.to_str()) else { return };
        let mut lines = vec![text.to_owned()];
        lines.extend(self.paths().into_iter().filter(|path| path != text).take(RECENT_MAX - 1));
        let kept = fs::create_dir_all(config)
            .and_then(|()| fs::write(config.join(LAST_FILE), text))
            .and_then(|()| fs::write(config.join(RECENT_FILE), lines.join("\n")));
        if let Err(error) = kept {
            tracing::warn!("the workspace is not kept for the next start: {error}");
        }
    }

    /// Returns the workspaces that are still there and can be opened.
    pub(crate) fn workspaces(&self) -> Vec<RecentWorkspace> {
        let opened = |path: String| {
            let workspace = Workspace::open(Path::new(&path)).ok()?;
            let name = workspace.organisation_name().to_owned();
            Some(RecentWorkspace { practice: workspace.is_practice(), name, path })
        };
        self.paths().into_iter().filter_map(opened).collect()
    }

    fn paths(&self) -> Vec<String> {
        let text = self.config.as_ref().and_then(|config| fs::read_to_string(config.join(RECENT_FILE)).ok());
        text.unwrap_or_default().lines().filter(|line| !line.is_empty()).take(RECENT_MAX).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_workspaces_are_kept_once_each_the_newest_first() {
        let config = tempfile::tempdir().expect("a folder");
        let recent = Recent::new(Some(config.path().join("deeper")));
        assert_eq!((recent.last(), recent.paths()), (None, vec![]));
        for number in (0..12).chain([3]) {
            recent.keep(&PathBuf::from(format!("/w/{number}")));
        }
        assert_eq!(recent.last(), Some("/w/3".into()));
        assert_eq!(recent.paths(), ["/w/3", "/w/11", "/w/10", "/w/9", "/w/8", "/w/7", "/w/6", "/w/5"]);
        assert!(recent.workspaces().is_empty(), "none of them is there");
    }
}
