//! Runs `cargo xtask test packages`: the packages of `cargo xtask package` in a Debian 12 that has nothing else. They are
//! installed, started on a display, synced and removed; what a user made stays.
//!
//! It wants root, since the system of its own is a folder that is entered (`chroot`). Packages come from the registries that
//! this machine is set up with, by their ordinary clients. The empty system is kept in xtask's cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, Steps, call, output};
use crate::{package, packages, places};

/// The release that the packages are tried on.
const SUITE: &str = "bookworm";
/// The packages that a display and a session need there.
const DISPLAY: &[&str] = &["dbus", "dbus-x11", "systemd", "xauth", "xvfb"];
/// The seconds in which the desktop has to show its page.
const START_SECONDS_MAX: u32 = 120;

pub(crate) fn run(steps: &mut Steps) {
    let ready = steps.step("Set up", || packages::install(&[packages::PACKAGING, packages::PACKAGE_TEST].concat()));
    let checked = steps.step_if(ready, NO_SETUP, "Metainfo and menu entry", check_metainfo);
    let mut root = None;
    let there = steps.step_if(checked, NO_SETUP, "A fresh Debian 12", || Root::fresh().map(|fresh| root = Some(fresh)));
    let Some(root) = root.filter(|_| there) else { return };
    let deb = steps.step("deb: install", || install(&root));
    let synced = steps.step_if(deb, NOT_INSTALLED, "deb: make a workspace and sync", || sync(&root));
    steps.step_if(synced, NOT_INSTALLED, "deb: the desktop shows its page", || open(&root));
    steps.step_if(deb, NOT_INSTALLED, "deb: manual, completions, units", || beside(&root));
    steps.step_if(synced, NOT_INSTALLED, "deb: remove, and everything of the user stays", || remove(&root));
    let cli = steps.step("deb of the command line: install, sync, remove", || command_line(&root));
    steps.step_if(cli, NOT_INSTALLED, "rpm: install, sync, remove", || rpm(&root));
}

const NO_SETUP: &str = "what it needs could not be set up";
const NOT_INSTALLED: &str = "it was not installed";

fn check_metainfo() -> Result<(), Failure> {
    let packaging = places::root().join("src-tauri/packaging");
    call(
        Command::new("appstreamcli")
            .args(["validate", "--no-net"])
            .arg(packaging.join("org.postonce.desktop.metainfo.xml")),
    )?;
    call(Command::new("desktop-file-validate").arg(packaging.join("Postonce.desktop")))
}

/// A system of its own, in a folder; it goes with its value.
struct Root(PathBuf);

impl Root {
    fn fresh() -> Result<Self, Failure> {
        let kept = places::cache()?.join(format!("debian-{SUITE}.tar"));
        if !kept.is_file() {
            make(&kept)?;
        }
        let root = Self(std::env::temp_dir().join(format!("postonce-root-{}", std::process::id())));
        fs::create_dir_all(&root.0).map_err(|error| Failure::new(format!("{}: {error}", root.0.display())))?;
        call(Command::new("tar").arg("-C").arg(&root.0).arg("-xf").arg(&kept))?;
        // The registries of this machine, as its own clients are set up.
        for place in [
            "/etc/apt/sources.list",
            "/etc/apt/sources.list.d",
            "/etc/apt/apt.conf.d/99artifact-registry",
            "/etc/resolv.conf",
        ] {
            if Path::new(place).exists() {
                let to = root.path(place);
                _ = fs::remove_file(&to);
                call(Command::new("cp").args(["-rT", place]).arg(&to))?;
            }
        }
        for (kind, place) in [("proc", "proc"), ("sysfs", "sys")] {
            call(Command::new("mount").args(["-t", kind, kind]).arg(root.path(place)))?;
        }
        call(Command::new("mount").args(["--rbind", "/dev"]).arg(root.path("dev")))?;
        call(Command::new("mount").args(["--make-rslave"]).arg(root.path("dev")))?;
        let packages = package::folder()?;
        call(
            Command::new("sh")
                .args(["-c", "cp \"$1\"/*.deb \"$1\"/*.rpm \"$2\"", "sh"])
                .arg(packages)
                .arg(root.path("/tmp")),
        )?;
        root.shell("useradd --create-home kari && apt-get -q update >/dev/null")?;
        Ok(root)
    }

    fn path(&self, place: &str) -> PathBuf {
        self.0.join(place.trim_start_matches('/'))
    }

    /// Runs a line in there, as root.
    fn shell(&self, line: &str) -> Result<(), Failure> {
        call(&mut self.command(line))
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.0).args(["/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]);
        command.args(["HOME=/root", "DEBIAN_FRONTEND=noninteractive", "sh", "-ec", line]);
        command
    }

    /// Runs a line in there as a user without rights.
    fn as_kari(&self, line: &str) -> Result<(), Failure> {
        let quoted = line.replace('\'', "'\\''");
        self.shell(&format!("su kari -c 'set -e; cd; {quoted}'"))
    }

    /// Returns what a line prints.
    fn said(&self, line: &str) -> Result<String, Failure> {
        let said = self.command(line).output().map_err(|error| Failure::new(format!("chroot: {error}")))?;
        Ok(format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr)))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        for place in ["dev", "sys", "proc"] {
            _ = Command::new("umount").args(["--recursive", "--lazy"]).arg(self.path(place)).status();
        }
        // Nothing of the machine's own is mounted there any more, or nothing is deleted.
        let still = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        if !still.contains(&self.0.display().to_string()) {
            _ = fs::remove_dir_all(&self.0);
        }
    }
}

fn make(kept: &Path) -> Result<(), Failure> {
    let site =
        output("apt-get", &["indextargets", "--format", "$(SITE)", "Created-By: Packages", "Codename: bookworm"]);
    let site = site.and_then(|sites| sites.lines().next().map(str::to_owned)).unwrap_or_default();
    let folder = std::env::temp_dir().join(format!("postonce-debootstrap-{}", std::process::id()));
    let mut make = Command::new("debootstrap");
    make.args(["--variant=minbase", "--include=ca-certificates", SUITE]).arg(&folder);
    if !site.is_empty() {
        make.arg(site);
    }
    let made =
        call(&mut make).and_then(|()| call(Command::new("tar").arg("-C").arg(&folder).arg("-cf").arg(kept).arg(".")));
    _ = fs::remove_dir_all(&folder);
    made
}

fn install(root: &Root) -> Result<(), Failure> {
    // Its dependencies come first, by apt; the package itself is dpkg's.
    let depends = "dpkg-deb -f /tmp/postonce_*.deb Depends";
    root.shell(&format!(
        "apt-get -q install --yes --no-install-recommends {} >/dev/null; apt-get -q satisfy --yes --no-install-recommends \"$({depends})\" >/dev/null",
        DISPLAY.join(" ")
    ))?;
    root.shell(
        "find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/lib/dpkg/*' | sort > /tmp/before",
    )?;
    root.shell("dpkg -i /tmp/postonce_*.deb && dpkg --audit && dpkg -V postonce && id postonce")
}

fn sync(root: &Root) -> Result<(), Failure> {
    root.as_kari(
        "postonce init --practice --records 5 --workspace books && postonce --workspace books sync && \
         postonce --workspace books status && postonce --workspace books --json history | grep -q '\"posted\":5'",
    )
}

/// Opens the desktop on a display of its own, and waits for the word that its page is there.
fn open(root: &Root) -> Result<(), Failure> {
    root.as_kari(&format!(
        "export POSTONCE_LOG=warn,postonce_desktop=info GDK_BACKEND=x11 NO_AT_BRIDGE=1 XDG_RUNTIME_DIR=$HOME; \
         timeout {START_SECONDS_MAX} xvfb-run -a dbus-run-session -- sh -c \
         'postonce-desktop --workspace books > page.log 2>&1 & desktop=$!; \
          until grep -q \"the page is there\" page.log; do kill -0 $desktop || exit 1; sleep 1; done; kill $desktop' \
         || {{ cat page.log; exit 1; }}"
    ))
}

fn beside(root: &Root) -> Result<(), Failure> {
    root.shell(
        "zcat /usr/share/man/man1/postonce.1.gz | grep -q postonce && zcat /usr/share/man/man1/postonce-sync.1.gz | grep -q dry \
         && grep -q re-export /usr/share/bash-completion/completions/postonce \
         && systemd-analyze verify --man=no /usr/lib/systemd/system/postonce@.service /usr/lib/systemd/user/postonce.service \
         && test -f /usr/share/metainfo/org.postonce.desktop.metainfo.xml && test -f /usr/share/applications/Postonce.desktop \
         && test -f /usr/share/icons/hicolor/scalable/apps/postonce-desktop.svg && test -s /usr/share/doc/postonce/third-party.txt \
         && grep -q MIT /usr/share/doc/postonce/copyright",
    )
}

fn remove(root: &Root) -> Result<(), Failure> {
    root.shell("sha256sum /home/kari/books/workspace.toml /home/kari/books/ledger.sqlite > /tmp/sums")?;
    let said = root.said("dpkg --purge postonce")?;
    println!("{said}");
    if !said.contains("Workspaces and their ledgers stay") {
        return Err(Failure::new("it did not say where the workspaces lie"));
    }
    root.shell("sha256sum --check /tmp/sums && ! command -v postonce && ! command -v postonce-desktop")?;
    let left = "find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/lib/dpkg/*' -not -path '/home/*' | sort > /tmp/after; \
                comm -13 /tmp/before /tmp/after | grep -i postonce";
    // The user of the services and its folder may hold workspaces: they stay.
    let left = root.said(left)?;
    let left: Vec<&str> =
        left.lines().filter(|line| *line != "/var/lib/postonce" && *line != "/etc/postonce").collect();
    if left.is_empty() { Ok(()) } else { Err(Failure::new(format!("it left {}", left.join(", ")))) }
}

fn command_line(root: &Root) -> Result<(), Failure> {
    root.shell("dpkg -i /tmp/postonce-cli_*.deb && dpkg -V postonce-cli")?;
    root.as_kari(
        "postonce --workspace books sync && postonce --workspace books audit verify && ! command -v postonce-desktop",
    )?;
    root.shell("dpkg --purge postonce-cli && test -f /home/kari/books/ledger.sqlite")
}

/// Debian has the rpm of Fedora and SUSE, but not their packages: what the package depends on is not asked for.
fn rpm(root: &Root) -> Result<(), Failure> {
    root.shell(
        "apt-get -q install --yes --no-install-recommends rpm >/dev/null; rpm -K --nosignature /tmp/postonce-*.rpm",
    )?;
    root.shell("rpm -i --nodeps /tmp/postonce-*.rpm && rpm -V --nodeps postonce")?;
    root.as_kari("postonce --workspace books sync && command -v postonce-desktop")?;
    let said = root.said(
        "rpm -e --nodeps postonce && ! command -v postonce && test -f /home/kari/books/ledger.sqlite && echo gone",
    )?;
    println!("{said}");
    if said.contains("gone") && said.contains("Workspaces and their ledgers stay") {
        Ok(())
    } else {
        Err(Failure::new("it is not gone, or did not say where the workspaces lie"))
    }
}
