//! Delivers a message on each way that the workspace names.

use std::process::Stdio;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use postonce_engine::ports::{Clock as _, IdSource as _};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Request, Url, redirect, retry};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::message::{Figures, Message};
use super::{Undelivered, mail, metrics};
use crate::machine::{SystemClock, UuidIds};
use crate::network::Ways;
use crate::secrets::Secrets;
use crate::workspace::{Remote, Workspace};

/// The longest time for one call.
const CALL: Duration = Duration::from_secs(10);
/// The waits before a call is tried again: four calls at most.
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];
/// The longest time that a program may take.
const PROGRAM: Duration = Duration::from_secs(30);

/// The ways, by their keys in the workspace.
const COMMAND: &str = "notify.command";
const WEBHOOK: &str = "notify.webhook";
const EMAIL: &str = "notify.email";

/// The ways of a workspace.
pub(super) struct Outlets<'w> {
    workspace: &'w Workspace,
}

impl<'w> Outlets<'w> {
    pub(super) fn of(workspace: &'w Workspace) -> Self {
        Self { workspace }
    }

    /// Calls the health check and writes the figures, whatever the news is.
    pub(super) async fn pulse(&self, figures: &Figures) -> Vec<Undelivered> {
        let settings = self.workspace.notify();
        let mut undelivered = Vec::new();
        if let Some(path) = &settings.metrics {
            let written = metrics::write(path, self.workspace.organisation().as_str(), figures);
            undelivered
                .extend(written.err().map(|error| Undelivered { outlet: "notify.metrics", detail: error.to_string() }));
        }
        if let Some(url) = &settings.healthcheck {
            let url = if figures.completed { url.clone() } else { failed(url) };
            let ways = self.ways().await;
            let called = match &ways {
                Ok(ways) => call(ways, &url, |url| Request::new(Method::GET, url)).await,
                Err(detail) => Err(detail.clone()),
            };
            undelivered.extend(called.err().map(|detail| Undelivered { outlet: "notify.healthcheck", detail }));
        }
        undelivered
    }

    /// Returns the ways of the workspace, by their keys.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let settings = self.workspace.notify();
        let named = [
            (COMMAND, !settings.command.is_empty()),
            (WEBHOOK, settings.webhook.is_some()),
            (EMAIL, settings.email.is_some()),
        ];
        named.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name).collect()
    }

    /// Tells it on one way.
    pub(super) async fn deliver(&self, outlet: &str, message: &Message) -> Result<(), String> {
        let settings = self.workspace.notify();
        match (outlet, &settings.webhook, &settings.email) {
            (WEBHOOK, Some(webhook), _) => self.post(webhook, message).await,
            (EMAIL, _, Some(email)) => {
                let password = match &email.user {
                    Some(_) => Some(self.secret(&email.secret).await?),
                    None => None,
                };
                let roots = self.ways().await?.roots_as_written().map_err(|error| error.to_string())?;
                mail::send(email, password, roots.as_deref(), message).await
            }
            _ => run(&settings.command, message.event.name(), &message.json).await,
        }
    }

    async fn post(&self, webhook: &Remote, message: &Message) -> Result<(), String> {
        let key = self.secret(&webhook.secret).await?;
        let delivery = UuidIds.fresh();
        let second = SystemClock::start().now().timestamp();
        let signature = sign(&key, second, &message.json)?;
        let header = |text: &str| HeaderValue::from_str(text).map_err(|error| error.to_string());
        let (signature, delivery) = (header(&signature)?, header(&delivery)?);
        call(&self.ways().await?, &webhook.url, |url| {
            let mut request = Request::new(Method::POST, url);
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert("postonce-event", HeaderValue::from_static(message.event.name()));
            // The same for each try, so that a receiver counts it once.
            headers.insert("postonce-delivery", delivery.clone());
            headers.insert("postonce-signature", signature.clone());
            *request.body_mut() = Some(message.json.clone().into());
            request
        })
        .await
    }

    /// Finds the ways out of this machine. The keyring may keep its caller waiting.
    async fn ways(&self) -> Result<Ways, String> {
        let workspace = self.workspace.clone();
        let found = tokio::task::spawn_blocking(move || Ways::for_messages(&workspace)).await;
        found.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    /// Fetches a secret. The keyring may keep its caller waiting.
    async fn secret(&self, name: &str) -> Result<SecretString, String> {
        let (workspace, name) = (self.workspace.clone(), name.to_owned());
        let fetched = tokio::task::spawn_blocking(move || Secrets::of(&workspace).for_messages(&name)).await;
        fetched.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }
}

/// Returns `t=<second>,v1=<HMAC-SHA256 of "<second>.<body>", in hexadecimal digits>`.
fn sign(key: &SecretString, second: i64, body: &str) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).map_err(|error| error.to_string())?;
    mac.update(format!("{second}.{body}").as_bytes());
    Ok(format!("t={second},v1={}", hex::encode(mac.finalize().into_bytes())))
}

fn failed(url: &Url) -> Url {
    let mut failed = url.clone();
    failed.set_path(&format!("{}/fail", url.path().trim_end_matches('/')));
    failed
}

/// Calls an address until it takes it: what passes by itself is tried again, a few times.
async fn call(ways: &Ways, url: &Url, request: impl Fn(Url) -> Request) -> Result<(), String> {
    let builder = Client::builder().timeout(CALL).redirect(redirect::Policy::none()).retry(retry::never()).http1_only();
    let (client, _) = ways.client(url, builder).await.map_err(|error| match error {
        Ok(no_way) => no_way.to_string(),
        Err(no_client) => no_client.to_string(),
    })?;
    let mut waits = WAITS.into_iter();
    loop {
        let detail = match client.execute(request(url.clone())).await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => {
                let status = answer.status();
                let passes_by = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
                let detail = format!("HTTP {}", status.as_u16());
                if !passes_by {
                    return Err(detail);
                }
                detail
            }
            // The address may hold what nobody else is to know.
            Err(error) => error.without_url().to_string(),
        };
        let Some(wait) = waits.next() else { return Err(detail) };
        tokio::time::sleep(wait).await;
    }
}

/// Runs a program with the message on its standard input, and ends one that takes too long.
async fn run(words: &[String], event: &str, json: &str) -> Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("no program")?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("POSTONCE_EVENT", event)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let done = async {
        if let Some(mut input) = child.stdin.take() {
            // It may not care for the message.
            let _ = input.write_all(format!("{json}\n").as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(PROGRAM, done).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(status.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("> {} s", PROGRAM.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_that_of_the_second_and_the_body() {
        let signed = sign(&"key".into(), 1_700_000_000, r#"{"event":"test"}"#).expect("any key");
        // printf '1700000000.{"event":"test"}' | openssl dgst -sha256 -hmac key
        assert_eq!(signed, "t=1700000000,v1=33c46725e233c2978a8cc476edeb2c4d18233a795146a8b7c59c87714957a066");
    }

    #[test]
    fn failed_sync_has_an_address_of_its_own() {
        let url = |text: &str| Url::parse(text).expect("an address");
        assert_eq!(failed(&url("https://hc.example.org/ping/1")), url("https://hc.example.org/ping/1/fail"));
    }
}
