//! Writes the units with which systemd keeps to a workspace's schedule. They hold no secret: systemd hands those to the
//! service from files that it alone reads, or the keyring has them.

use std::path::{Path, PathBuf};

/// A workspace, as its units need it.
pub(crate) struct Unit<'a> {
    /// This program.
    pub(crate) program: &'a Path,
    pub(crate) workspace: &'a Path,
    pub(crate) organisation: &'a str,
    /// The user of a service of the whole machine.
    pub(crate) user: Option<&'a str>,
    /// The folder of the secrets, and their names.
    pub(crate) credentials: Option<(&'a Path, Vec<&'a str>)>,
    /// True for a service of the whole machine.
    pub(crate) system: bool,
}

/// Returns the name of a workspace's service without its ending.
pub(crate) fn name(organisation_id: &str) -> String {
    format!("postonce-{organisation_id}")
}

/// Returns the folder of the units.
pub(crate) fn folder(system: bool) -> Option<PathBuf> {
    if system {
        // A test, or a packager, has a root of its own.
        let root = std::env::var_os("POSTONCE_UNIT_DIR").map(PathBuf::from);
        return Some(root.unwrap_or_else(|| PathBuf::from("/etc/systemd/system")));
    }
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(config.join("systemd/user"))
}

impl Unit<'_> {
    /// Returns the service that waits for each time by itself.
    pub(crate) fn schedule(&self) -> String {
        format!(
            "{}[Service]\nType=notify\nExecStart={} schedule\nWatchdogSec=5min\nRestart=on-failure\nRestartSec=1min\n\
             # A workspace that is wrong is not right a minute later.\nRestartPreventExitStatus=2\nTimeoutStopSec=5min\n{}\n\
             [Install]\nWantedBy={}\n",
            self.head("keeps to the schedule"),
            self.call(),
            self.common(),
            if self.system { "multi-user.target" } else { "default.target" },
        )
    }

    /// Returns the service that a timer starts: one sync.
    pub(crate) fn once(&self) -> String {
        format!(
            "{}[Service]\nType=oneshot\nExecStart={} --quiet sync --scheduled\n\
             # Another sync was on; something waits for a person.\nSuccessExitStatus=3 4\nTimeoutStopSec=5min\n{}",
            self.head("one sync by schedule"),
            self.call(),
            self.common(),
        )
    }

    /// Returns the timer.
    pub(crate) fn timer(&self, on_calendar: &[String], catch_up: bool) -> String {
        let times: String = on_calendar.iter().map(|time| format!("OnCalendar={time}\n")).collect();
        format!(
            "[Unit]\nDescription=Postonce: the times of {}\n\n[Timer]\n{times}AccuracySec=1s\nPersistent={catch_up}\n\n\
             [Install]\nWantedBy=timers.target\n",
            percent(self.organisation),
        )
    }

    fn head(&self, does: &str) -> String {
        format!(
            "# Written by “postonce service install”; “postonce service remove” deletes it.\n[Unit]\n\
             Description=Postonce: {does} of {}\nDocumentation=man:postonce(1)\nWants=network-online.target\n\
             After=network-online.target\n\n",
            percent(self.organisation),
        )
    }

    fn call(&self) -> String {
        format!("{} --workspace {}", word(self.program), word(self.workspace))
    }

    fn common(&self) -> String {
        let mut lines = "UMask=0077\nNoNewPrivileges=yes\n".to_owned();
        if let Some(user) = self.user {
            lines.push_str(&format!("User={user}\n"));
        }
        if self.system {
            lines.push_str("ProtectSystem=full\nPrivateTmp=yes\nProtectKernelTunables=yes\nRestrictSUIDSGID=yes\n");
        }
        if let Some((folder, names)) = &self.credentials {
            for name in names {
                lines.push_str(&format!(
                    "LoadCredential={name}:{}\n",
                    percent(&folder.join(name).display().to_string())
                ));
            }
        }
        lines
    }
}

/// Returns a path as a word of a command line of systemd's.
fn word(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$");
    format!("\"{}\"", percent(&text))
}

/// Returns a text in which no percent sign means anything.
fn percent(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_is_one_word_whatever_it_is_called() {
        assert_eq!(word(Path::new("/srv/100% \"of\" $HOME\\x")), "\"/srv/100%% \\\"of\\\" $$HOME\\\\x\"");
        assert_eq!(percent("HLF\n[Install]"), "HLF [Install]");
    }
}
