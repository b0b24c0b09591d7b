//! Lists the reasons why the application cannot start. Later problems are shown in the window, as a
//! [`Problem`](crate::wire::Problem).

/// The reason why there is no window.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The command line names no folder.
    #[error("--workspace needs a folder: postonce-desktop --workspace DIR")]
    WorkspaceUnnamed,
    /// The user has no home, and no folder was named.
    #[error("there is no folder for application data; name a workspace with --workspace DIR")]
    NoDataFolder,
    /// The desktop itself failed.
    #[error("the window cannot be opened: {0}")]
    Desktop(#[source] tauri::Error),
}
