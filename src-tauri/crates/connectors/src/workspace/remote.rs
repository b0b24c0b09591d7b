//! Reads a server's address and the name of its secret, for a source and for an accounting system alike.

use super::address::{self, AddressError};
use super::toml_file::{Section, ValueAtLine};
use super::{Remote, WorkspaceError};

/// The longest name of a secret, in characters.
const SECRET_NAME_CHARS_MAX: usize = 64;

pub(super) fn remote(section: &Section<'_>, is_practice: bool) -> Result<Remote, WorkspaceError> {
    let url = section.required_text("url")?;
    // A password in the address is not repeated in the error.
    let shown = ValueAtLine { value: url.value.rsplit_once('@').map_or(url.value, |(_, host)| host), line: url.line };
    let address = address::parse(url.value).map_err(|error| match error {
        AddressError::Invalid => section.invalid("url", &shown, "https://…, http://127.0.0.1:…"),
        AddressError::Insecure => WorkspaceError::InsecureUrl(shown.value.to_owned()),
    })?;
    if is_practice && !crate::loopback::is_loopback(&address) {
        return Err(section.invalid("url", &shown, "http://127.0.0.1:…"));
    }
    let secret = secret_name(section)?.ok_or_else(|| section.missing("secret"))?;
    Ok(Remote { url: address, secret })
}

/// Reads the name of a secret, if the section has one.
pub(super) fn secret_name(section: &Section<'_>) -> Result<Option<String>, WorkspaceError> {
    if section.text("secret")?.is_none() {
        return Ok(None);
    }
    let secret = section.required_text("secret")?;
    let fits = secret.value.len() <= SECRET_NAME_CHARS_MAX
        && secret.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        return Err(section.invalid("secret", &secret, format!("a-z 0-9 -, 1–{SECRET_NAME_CHARS_MAX}")));
    }
    Ok(Some(secret.value.to_owned()))
}
