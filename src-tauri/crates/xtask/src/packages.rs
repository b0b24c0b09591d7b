//! Installs system packages on Debian and Ubuntu: which are needed for which purpose, and which are missing.

use std::process::{Command, Stdio};

use crate::programs::find;
use crate::run::{Failure, call, output};

/// The packages for any Rust code here: SQLite and the TLS library bring C along.
pub(crate) const COMPILER: &[&str] = &["build-essential"];

/// The packages for building and running the desktop. `libdbus-1-dev`: its window library links to D-Bus.
/// `libayatana-appindicator3-1`: the tray is drawn with it; without it there is no tray, and everything else works.
pub(crate) const DESKTOP: &[&str] =
    &["libayatana-appindicator3-1", "libdbus-1-dev", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// The packages for driving the desktop in a test: a display, a session bus, a keyring, the web view's driver, and a
/// keyboard for parts that are no page.
pub(crate) const DESKTOP_TEST: &[&str] = &["dbus", "gnome-keyring", "webkit2gtk-driver", "xdotool", "xvfb"];

/// The packages for making packages, and for checking what is in them.
pub(crate) const PACKAGING: &[&str] =
    &["appstream", "desktop-file-utils", "dpkg-dev", "libayatana-appindicator3-dev", "rpm", "xz-utils"];

/// The packages for trying packages out in a system of their own.
pub(crate) const PACKAGE_TEST: &[&str] = &["debootstrap", "systemd"];

/// The packages for the real accounting systems of the tests, which bring everything else along themselves.
pub(crate) const PEERS: &[&str] = &["postgresql", "python3-venv"];

/// Installs those of `packages` that are missing, and says so first.
///
/// On a system without `apt-get` the names are printed and the work goes on: the packages may be there under other
/// names.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let (Some(_), Some(apt_get)) = (find("dpkg-query"), find("apt-get")) else {
        println!(
            "This is neither Debian nor Ubuntu, so nothing is installed for you. Needed, by their Debian names: {}.",
            packages.join(" ")
        );
        return Ok(());
    };
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let as_root = output("id", &["-u"]).as_deref() == Some("0");
    let sudo = find("sudo");
    if !as_root && sudo.is_none() {
        return Err(Failure::new(format!(
            "these packages are missing, and without root or sudo they cannot be installed from here: {}. \
             Ask an administrator for: apt-get install {}",
            missing.join(", "),
            missing.join(" ")
        )));
    }
    println!("Installing system packages{}: {}", if as_root { "" } else { " with sudo" }, missing.join(" "));
    let apt = |arguments: &[&str]| {
        // It goes through `env`, since sudo hands on no variables. A service is not started in the middle of a build.
        let mut command = match (&sudo, as_root) {
            (Some(sudo), false) => {
                let mut command = Command::new(sudo);
                command.arg("env");
                command
            }
            _ => Command::new("env"),
        };
        command.arg("DEBIAN_FRONTEND=noninteractive").arg(&apt_get).args(["-q", "-o=Dpkg::Use-Pty=0"]).args(arguments);
        // Its hundreds of lines are news only when it fails, and then they are on standard error.
        command.stdout(Stdio::null());
        command
    };
    call(&mut apt(&["update"]))?;
    call(apt(&["install", "--yes", "--no-install-recommends"]).args(&missing))
}

/// Returns those of `packages` that dpkg does not have installed.
fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    // dpkg-query fails when one name is unknown to it, and still prints the others.
    let printed = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(packages, &printed)
}

fn not_installed<'a>(packages: &[&'a str], printed: &str) -> Vec<&'a str> {
    let installed = |name: &str| printed.lines().any(|line| line.split_once(' ') == Some((name, "installed")));
    packages.iter().copied().filter(|name| !installed(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_unknown_or_removed_is_missing() {
        let printed = "dbus installed\nxvfb config-files\n";
        assert_eq!(not_installed(&["dbus", "xvfb", "gnome-keyring"], printed), ["xvfb", "gnome-keyring"]);
    }

    #[test]
    fn a_name_that_only_begins_the_same_is_another_package() {
        assert_eq!(not_installed(&["dbus"], "dbus-x11 installed\n"), ["dbus"]);
    }
}
