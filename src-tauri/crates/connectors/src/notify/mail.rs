//! Sends a mail over SMTP.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::message::Message;
use crate::workspace::{EmailSettings, Encryption};

/// The longest wait for the mail server.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn send(
    settings: &EmailSettings,
    password: Option<SecretString>,
    roots: Option<&[u8]>,
    message: &Message,
) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut mail =
        lettre::Message::builder().from(settings.from.parse().map_err(|error| text(&error))?).subject(&message.subject);
    for to in &settings.to {
        mail = mail.to(to.parse().map_err(|error| text(&error))?);
    }
    let mail = mail.body(message.text.clone()).map_err(|error| text(&error))?;
    let tls = || {
        let mut parameters = TlsParameters::builder(settings.host.clone());
        // The company's own mail server has a certificate of the company's.
        if let Some(roots) = roots {
            parameters = parameters.add_root_certificate(Certificate::from_pem(roots).map_err(|error| text(&error))?);
        }
        parameters.build().map_err(|error| text(&error))
    };
    let tls = match settings.encryption {
        Encryption::StartTls => Tls::Required(tls()?),
        Encryption::Tls => Tls::Wrapper(tls()?),
        Encryption::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(password)) = (&settings.user, password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
    }
    transport.build().send(mail).await.map(drop).map_err(|error| text(&error))
}
