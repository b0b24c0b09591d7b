//! Runs a mail server of the registry, `aiosmtpd`: over STARTTLS alone, for one user.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::on;
use crate::environment::{self, program};
use crate::place::key;
use crate::server::{Manner, Server, free_port};
use crate::{Trouble, prepared};

/// The exact versions with their hashes, as `pip hash` has them.
const REQUIREMENTS: &str = include_str!("../mail/requirements.txt");
const SERVE: &str = include_str!("../mail/serve.py");

/// The user that may hand in mail, and the password.
pub const USER: &str = "postonce";
/// The password of that user.
pub const PASSWORD: &str = "a password of the mail server's";

/// Prepares the environment, when it is not there yet.
///
/// # Errors
/// Fails when it cannot be had here.
pub fn prepare() -> Result<(), Trouble> {
    prepared().map(drop)
}

fn prepared() -> Result<PathBuf, Trouble> {
    prepared::once(&format!("mail-{}", key(&[REQUIREMENTS])), |folder| environment::make(folder, REQUIREMENTS))
}

/// A mail server, and what it took. It ends with its value.
#[derive(Debug)]
pub struct MailServer {
    _server: Server,
    port: u16,
    folder: PathBuf,
}

impl MailServer {
    /// Starts a server that keeps mails in the folder, which has its `certificate.pem` and `key.pem`.
    ///
    /// # Errors
    /// Fails when it cannot be had here, or does not come up.
    pub fn start(folder: &Path) -> Result<Self, Trouble> {
        let home = prepared()?;
        let script = folder.join("serve.py");
        fs::write(&script, SERVE).map_err(on(&script))?;
        let port = free_port()?;
        let mut command = Command::new(program(&home, "python"));
        command.arg(&script).arg(folder).arg(port.to_string()).args([USER, PASSWORD]);
        let manner = Manner { ready: "takes mail", end: "KILL", user: Vec::new() };
        let server = Server::start(&command, &folder.join("mail.log"), &manner)?;
        Ok(Self { _server: server, port, folder: folder.to_owned() })
    }

    /// Returns the port on this machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the mails that it took, in order, each with what the server knows of its way.
    pub fn mails(&self) -> Vec<String> {
        (0..).map_while(|number| fs::read_to_string(self.folder.join(format!("{number}.mail"))).ok()).collect()
    }
}
