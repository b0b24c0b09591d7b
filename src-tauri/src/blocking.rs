//! Runs work that blocks, such as that of a file or a keyring, apart from the threads that answer the window.

use postonce_engine::error::Problem;

/// Runs a blocking function on a thread for it.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(act).await.unwrap_or_else(|error| Err(Problem::internal(error)))
}
