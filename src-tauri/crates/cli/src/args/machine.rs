//! Holds what the commands take that look after a workspace and its machine.

use chrono::NaiveDate;
use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) act: ConfigAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAct {
    /// Reads everything that `workspace.toml` says, and looks whether its secrets are there.
    Check,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup, or `last` for the newest in the folder of the backups.
    #[arg(value_name = "FILE")]
    pub(crate) backup: PathBuf,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The organisation's name or id.
    #[arg(long, value_name = "ORGANISATION")]
    pub(crate) confirm: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Forget {
    /// The first day that is kept (YYYY-MM-DD): records dated before it are forgotten.
    #[arg(long, value_name = "DATE")]
    pub(crate) before: NaiveDate,
    /// Reason: a few words at least, for the readers of the audit trail.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub(crate) reason: Option<String>,
    /// Says how many records it would be, and changes nothing.
    #[arg(long, conflicts_with = "reason")]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    pub(crate) act: ServiceAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceAct {
    /// Writes the units and starts them.
    Install(ServiceInstall),
    /// Says whether the units are there, and whether they are at work.
    Status(ServicePlace),
    /// Stops the units and deletes them; the workspace stays.
    Remove(ServicePlace),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServiceInstall {
    /// Runs one sync at each time, by a timer of systemd's, in place of a program that waits for the next one.
    #[arg(long)]
    pub(crate) timer: bool,
    #[command(flatten)]
    pub(crate) place: ServicePlace,
    /// The user that a service of the whole machine runs as.
    #[arg(long = "as", value_name = "USER", requires = "system")]
    pub(crate) user: Option<String>,
    /// A folder with one file for each secret, which systemd hands to the service.
    #[arg(long, value_name = "DIR")]
    pub(crate) credentials: Option<PathBuf>,
    /// Writes the units, and starts nothing.
    #[arg(long)]
    pub(crate) no_start: bool,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ServicePlace {
    /// A service of the whole machine, not of the user who asks.
    #[arg(long)]
    pub(crate) system: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Notify {
    #[command(subcommand)]
    pub(crate) act: NotifyAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotifyAct {
    /// Sends a test message on every way that `[notify]` names.
    Test,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Support {
    /// Writes what is shown to a file, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replaces a file that is there already.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Secret {
    #[command(subcommand)]
    pub(crate) act: SecretAct,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretAct {
    /// Reads the value from standard input.
    Set {
        /// The name that the workspace gives it.
        name: String,
    },
    /// Deletes it.
    Delete {
        /// The name that the workspace gives it.
        name: String,
    },
}
