//! Names the runtime that draws the window: the system's web view. The tests of the commands have none, and call each
//! command all the same.

/// The runtime of the product.
#[cfg(not(test))]
pub(crate) type Host = tauri::Wry;
/// The runtime of the tests: it draws nothing, and takes the same calls through the same permissions.
#[cfg(test)]
pub(crate) type Host = tauri::test::MockRuntime;

pub(crate) type App = tauri::App<Host>;
pub(crate) type AppHandle = tauri::AppHandle<Host>;
pub(crate) type Window = tauri::Window<Host>;
