//! Reads `[notify]`: who is told when a sync that nobody watches failed, needs somebody, or is well again.

use std::path::{Path, PathBuf};

use reqwest::Url;

use super::address::{self, AddressError};
use super::remote::{remote, secret_name};
use super::toml_file::{Section, ValueAtLine};
use super::{Remote, WorkspaceError};
use crate::loopback::is_this_machine;

/// The port at which mail is handed in.
const SUBMISSION_PORT: u64 = 587;
/// The name of the mail password where none is given.
const MAIL_SECRET: &str = "smtp-password";
/// The most receivers of a mail.
const RECEIVERS_MAX: usize = 20;

/// The ways in which somebody is told; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotifySettings {
    /// A program and its arguments; the message comes on its standard input.
    pub command: Vec<String>,
    /// An address to which the message is posted, and the name of the key that signs it.
    pub webhook: Option<Remote>,
    /// A mail.
    pub email: Option<EmailSettings>,
    /// An address that is called after each completed sync, and with `/fail` behind it after a failed one.
    pub healthcheck: Option<Url>,
    /// A file with figures, for the text collector of Prometheus.
    pub metrics: Option<PathBuf>,
}

/// Describes how a mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailSettings {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The protection of the way there.
    pub encryption: Encryption,
    /// The sender's address.
    pub from: String,
    /// The receivers' addresses.
    pub to: Vec<String>,
    /// The user at the mail server; none: it asks for none.
    pub user: Option<String>,
    /// The name of the user's password.
    pub secret: String,
}

/// The protection of the way to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS after a first word in the clear; a server that has none is refused.
    StartTls,
    /// TLS from the beginning.
    Tls,
    /// None: on this machine alone.
    None,
}

impl NotifySettings {
    /// Says whether anybody is told of anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the names of the secrets that it needs.
    pub(super) fn secret_names(&self) -> impl Iterator<Item = &str> {
        let email = self.email.as_ref().filter(|email| email.user.is_some()).map(|email| email.secret.as_str());
        self.webhook.as_ref().map(|webhook| webhook.secret.as_str()).into_iter().chain(email)
    }
}

pub(super) fn notify(root: &Section<'_>, dir: &Path) -> Result<NotifySettings, WorkspaceError> {
    let known = ["command", "webhook", "email", "healthcheck", "metrics"];
    let Some(section) = root.section("notify", &known)? else { return Ok(NotifySettings::default()) };
    let webhook = section.section("webhook", &["url", "secret"])?;
    let email = section.section("email", &["host", "port", "encryption", "from", "to", "user", "secret"])?;
    Ok(NotifySettings {
        command: section.texts("command")?.into_iter().map(|text| text.value.to_owned()).collect(),
        webhook: webhook.map(|webhook| remote(&webhook, false)).transpose()?,
        email: email.map(|email| read_email(&email)).transpose()?,
        healthcheck: section.text("healthcheck")?.map(|url| read_address(&section, &url)).transpose()?,
        metrics: section.text("metrics")?.map(|path| dir.join(path.value)),
    })
}

fn read_address(section: &Section<'_>, text: &ValueAtLine<&str>) -> Result<Url, WorkspaceError> {
    address::parse(text.value).map_err(|error| match error {
        AddressError::Invalid => section.invalid("healthcheck", text, "https://…, http://127.0.0.1:…"),
        AddressError::Insecure => WorkspaceError::InsecureUrl(text.value.to_owned()),
    })
}

fn read_email(section: &Section<'_>) -> Result<EmailSettings, WorkspaceError> {
    let host = section.required_text("host")?;
    let encryption = match section.text("encryption")? {
        None => Encryption::StartTls,
        Some(text) => match text.value {
            "starttls" => Encryption::StartTls,
            "tls" => Encryption::Tls,
            "none" if is_this_machine(host.value) => Encryption::None,
            _ => return Err(section.invalid("encryption", &text, "\"starttls\", \"tls\", \"none\" (127.0.0.1)")),
        },
    };
    let is_address = |text: &str| text.contains('@') && !text.contains(|c: char| c.is_control() || c == ',');
    let from = section.required_text("from")?;
    if !is_address(from.value) {
        return Err(section.invalid("from", &from, "postonce@example.org"));
    }
    let to = section.texts("to")?;
    if to.is_empty() {
        return Err(section.missing("to"));
    }
    if let Some(wrong) = to.iter().enumerate().find(|(place, to)| !is_address(to.value) || *place >= RECEIVERS_MAX) {
        return Err(section.invalid("to", wrong.1, format!("kari@example.org, 1–{RECEIVERS_MAX}")));
    }
    let port = section.number("port", 1..=u64::from(u16::MAX), SUBMISSION_PORT)?;
    Ok(EmailSettings {
        host: host.value.to_owned(),
        port: u16::try_from(port).expect("the bounds are those of a port"),
        encryption,
        from: from.value.to_owned(),
        to: to.into_iter().map(|to| to.value.to_owned()).collect(),
        user: section.text("user")?.map(|user| user.value.to_owned()),
        secret: secret_name(section)?.unwrap_or_else(|| MAIL_SECRET.to_owned()),
    })
}
