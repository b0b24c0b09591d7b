//! Finds the way from this machine to a server: straight, or through the proxy that workspace, machine or company name.
//!
//! Invariants:
//! - this machine itself (loopback) is never reached through a proxy;
//! - a password of a proxy is in no error, and in no word of `status`;
//! - a way is found before a request is handed over: where there is none, nothing has left this machine.

mod cause;
mod choice;
mod desktop;
mod pac;
mod system;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postonce_engine::error::Problem;
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

pub(crate) use cause::innermost;

use crate::loopback::is_loopback;
use crate::secrets::{SecretError, Secrets};
use crate::workspace::{NetworkSettings, ProxyChoice, Workspace};
use choice::Choice;

/// The longest time for finding a way: to fetch a company's script and to run it.
const FINDING: Duration = Duration::from_secs(20);
/// The most bytes of a file of root certificates.
const CA_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The reason why there is no way to a server. Nothing has left this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WayError {
    /// The file of root certificates cannot be read.
    #[error("{path}: {detail}")]
    Roots {
        /// The file.
        path: String,
        /// The reason.
        detail: String,
    },
    /// The script that names the proxy cannot be had, or says nothing that is understood.
    #[error("{address}: {detail}")]
    Script {
        /// The script's address.
        address: String,
        /// The reason.
        detail: String,
    },
    /// The proxy wants a user and a password, or others.
    #[error("{proxy} wants to be signed in to")]
    Denied {
        /// The proxy's address.
        proxy: String,
    },
    /// The certificate of the other side is vouched for by nobody whom this machine trusts.
    #[error("{url}: {detail}")]
    Untrusted {
        /// The server's address.
        url: String,
        /// The reason.
        detail: String,
    },
}

impl From<WayError> for Problem {
    fn from(error: WayError) -> Self {
        match error {
            WayError::Roots { path, detail } => Self::ca_file_unreadable(path, detail),
            WayError::Script { address, detail } => Self::proxy_script_failed(address, detail),
            WayError::Denied { proxy } => Self::proxy_denied(proxy),
            WayError::Untrusted { url, detail } => Self::certificate_untrusted(url, detail),
        }
    }
}

/// A way to a server, as `status` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The proxy's address, without its user; `None` if the way is straight.
    pub proxy: Option<String>,
    /// The setting that chose it: `loopback`, `none`, `system`, `address`, `pac`.
    pub chosen_by: &'static str,
}

/// The ways out of this machine, as a workspace has them.
#[derive(Debug, Clone)]
pub(crate) struct Ways {
    settings: NetworkSettings,
    password: Option<SecretString>,
}

/// A proxy, and the words with which it is signed in to.
struct Hop {
    proxy: Url,
    authorization: Option<HeaderValue>,
}

impl Ways {
    /// Returns the ways that a machine without settings has.
    pub(crate) fn of_the_system() -> Self {
        Self { settings: NetworkSettings::default(), password: None }
    }

    /// Returns the ways of a workspace.
    ///
    /// # Errors
    /// Fails when the proxy's password is named and cannot be had.
    pub(crate) fn of(workspace: &Workspace, secrets: &Secrets) -> Result<Self, SecretError> {
        let settings = workspace.network().clone();
        let password = settings.user.as_ref().map(|_| secrets.get(&settings.secret)).transpose()?;
        Ok(Self { settings, password })
    }

    /// Returns the ways of a workspace for messages to whoever looks after the syncs: they leave the machine also where
    /// practice does not.
    ///
    /// # Errors
    /// Fails as [`Ways::of`] does.
    pub(crate) fn for_messages(workspace: &Workspace) -> Result<Self, SecretError> {
        let settings = workspace.network().clone();
        let secret = |_: &String| Secrets::of(workspace).for_messages(&settings.secret);
        let password = settings.user.as_ref().map(secret).transpose()?;
        Ok(Self { settings, password })
    }

    /// Returns the certificates that are trusted beside the system's.
    ///
    /// # Errors
    /// [`WayError::Roots`] if the file cannot be read.
    pub(crate) fn roots(&self) -> Result<Vec<Certificate>, WayError> {
        let Some(path) = &self.settings.ca_file else { return Ok(Vec::new()) };
        let failed = |detail: String| WayError::Roots { path: path.display().to_string(), detail };
        let text = read_roots(path).map_err(failed)?;
        let found = Certificate::from_pem_bundle(&text).map_err(|_| failed("PEM?".to_owned()))?;
        if found.is_empty() { Err(failed("-----BEGIN CERTIFICATE-----?".to_owned())) } else { Ok(found) }
    }

    /// Returns the file with certificates that are trusted beside the system's, as it stands.
    ///
    /// # Errors
    /// [`WayError::Roots`] if the file cannot be read.
    pub(crate) fn roots_as_written(&self) -> Result<Option<Vec<u8>>, WayError> {
        let Some(path) = &self.settings.ca_file else { return Ok(None) };
        let read = read_roots(path);
        read.map(Some).map_err(|detail| WayError::Roots { path: path.display().to_string(), detail })
    }

    /// Makes a client for the server at this address: through the proxy that leads there, and with the company's roots.
    /// Returns the proxy's address as well. `Err(Ok)` says that there is no way, `Err(Err)` that there is no client.
    pub(crate) async fn client(
        &self,
        to: &Url,
        builder: ClientBuilder,
    ) -> Result<(Client, Option<String>), Result<WayError, reqwest::Error>> {
        let mut builder = builder.no_proxy();
        if to.scheme() == "http" {
            // Without TLS no certificates are needed, so that practice works on a machine that has none.
            builder = builder.tls_certs_only([]);
        } else {
            builder = builder.tls_certs_merge(self.roots().map_err(Ok)?);
        }
        let hop = self.hop(to).await.map_err(Ok)?;
        let shown = hop.as_ref().map(|hop| shown(&hop.proxy));
        if let Some(Hop { proxy, authorization }) = hop {
            let mut way = Proxy::all(proxy).map_err(Err)?;
            if let Some(authorization) = authorization {
                way = way.custom_http_auth(authorization);
            }
            builder = builder.proxy(way);
        }
        Ok((builder.build().map_err(Err)?, shown))
    }

    async fn hop(&self, to: &Url) -> Result<Option<Hop>, WayError> {
        if is_loopback(to) {
            return Ok(None);
        }
        let own = || self.authorization();
        match &self.settings.proxy {
            ProxyChoice::Direct => Ok(None),
            ProxyChoice::Address(proxy) => Ok(Some(Hop { proxy: proxy.clone(), authorization: own() })),
            ProxyChoice::Pac(script) => {
                Ok(by_script(script, to).await?.map(|proxy| Hop { proxy, authorization: own() }))
            }
            ProxyChoice::System => match system::choice(to).await {
                Choice::Straight => Ok(None),
                Choice::Proxy(proxy, authorization) => {
                    Ok(Some(Hop { proxy, authorization: authorization.or_else(own) }))
                }
                Choice::Script(script) => {
                    Ok(by_script(&script, to).await?.map(|proxy| Hop { proxy, authorization: own() }))
                }
            },
        }
    }

    /// Returns the words of `Proxy-Authorization`, of the user whom the settings name.
    fn authorization(&self) -> Option<HeaderValue> {
        let (user, password) = (self.settings.user.as_ref()?, self.password.as_ref()?);
        let pair = STANDARD.encode(format!("{user}:{}", password.expose_secret()));
        let mut value = HeaderValue::from_str(&format!("Basic {pair}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn read_roots(path: &std::path::Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(CA_BYTES_MAX).read_to_end(&mut text));
    read.map(|_| text).map_err(|error| error.to_string())
}

async fn by_script(script: &Url, to: &Url) -> Result<Option<Url>, WayError> {
    let failed = |detail: String| WayError::Script { address: script.to_string(), detail };
    match tokio::time::timeout(FINDING, pac::proxy(script, to)).await {
        Ok(found) => found.map_err(failed),
        Err(_) => Err(failed(format!("> {} s", FINDING.as_secs()))),
    }
}

/// Returns the address of a proxy without its user.
fn shown(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    let port = proxy.port_or_known_default().unwrap_or_default();
    format!("{}://{host}:{port}", proxy.scheme())
}

/// Finds the way to a server as the workspace has it, without a password. Nothing is sent to the server.
///
/// # Errors
/// Fails when a script names the proxy and cannot be had.
pub async fn route(workspace: &Workspace, to: &Url) -> Result<Route, Problem> {
    let ways = Ways { settings: workspace.network().clone(), password: None };
    let chosen_by = match &ways.settings.proxy {
        _ if is_loopback(to) => "loopback",
        ProxyChoice::Direct => "none",
        ProxyChoice::System => "system",
        ProxyChoice::Address(_) => "address",
        ProxyChoice::Pac(_) => "pac",
    };
    let hop = ways.hop(to).await?;
    Ok(Route { proxy: hop.map(|hop| shown(&hop.proxy)), chosen_by })
}

/// Returns the file of root certificates beside the system's, for `status`.
pub fn ca_file(workspace: &Workspace) -> Option<PathBuf> {
    workspace.network().ca_file.clone()
}
