//! Opens a desktop for tests: an Xvfb display, a D-Bus session, and a keyring that is unlocked and empty.
//!
//! Invariant: nothing of the person's own desktop is touched. The display is a free one, the bus is new, and keyring,
//! configuration and data lie in a folder that is removed with the session.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::programs::find_in_system;
use crate::run::Failure;

const SCREEN: &str = "1440x1000x24";

/// The shell line that unlocks a keyring (a new one, since the data folder is new), then becomes the command it was
/// given.
const UNLOCKED: &str = r#"printf tests | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;

/// The desktop; dropping it ends the display and removes the folder.
pub(crate) struct DesktopSession {
    xvfb: Child,
    display: String,
    home: PathBuf,
}

impl DesktopSession {
    /// Starts the display and waits until it can be used.
    pub(crate) fn open() -> Result<Self, Failure> {
        let program = find_in_system("Xvfb").ok_or_else(|| Failure::new("Xvfb is not installed"))?;
        let home = std::env::temp_dir().join(format!("postonce-session-{}", std::process::id()));
        private_folder(&home).map_err(|error| Failure::new(format!("{}: {error}", home.display())))?;
        // It chooses a free display itself and prints the number once it listens.
        let xvfb = Command::new(program)
            .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("Xvfb could not be started: {error}")))?;
        let mut session = Self { xvfb, display: String::new(), home };
        let mut number = String::new();
        if let Some(printed) = session.xvfb.stdout.take() {
            _ = BufReader::new(printed).read_line(&mut number);
        }
        if number.trim().is_empty() {
            return Err(Failure::new("Xvfb ended without a display"));
        }
        session.display = format!(":{}", number.trim());
        Ok(session)
    }

    /// Returns the command, inside this session.
    pub(crate) fn command(&self, inner: &Command) -> Command {
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "sh", "-c", UNLOCKED, "sh"]).arg(inner.get_program()).args(inner.get_args());
        if let Some(folder) = inner.get_current_dir() {
            command.current_dir(folder);
        }
        for name in ["CONFIG", "DATA", "STATE", "CACHE"] {
            command.env(format!("XDG_{name}_HOME"), self.home.join(name.to_lowercase()));
        }
        command
            .env("DISPLAY", &self.display)
            .env("XDG_RUNTIME_DIR", &self.home)
            .env("XDG_SESSION_TYPE", "x11")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        command
    }
}

impl Drop for DesktopSession {
    fn drop(&mut self) {
        // The server is asked to end, not killed, so that it removes its lock file in /tmp.
        let asked = Command::new("sh").args(["-c", "kill \"$1\"", "sh", &self.xvfb.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            _ = self.xvfb.kill();
        }
        _ = self.xvfb.wait();
        _ = fs::remove_dir_all(&self.home);
    }
}

#[cfg(unix)]
fn private_folder(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &std::path::Path) -> std::io::Result<()> {
    fs::create_dir(path)
}
