//! Reads addresses of servers: https, or http on this machine only.

use reqwest::Url;

/// The reason why a text is no address to send a token to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AddressError {
    /// Not an address, not http at all, or with user, query or fragment.
    Invalid,
    /// Plain http to another machine.
    Insecure,
}

pub(super) fn parse(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Invalid)?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !plain || url.host_str().is_none_or(str::is_empty) {
        return Err(AddressError::Invalid);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if crate::loopback::is_loopback(&url) => Ok(url),
        "http" => Err(AddressError::Insecure),
        _ => Err(AddressError::Invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in ["https://example.org/api", "http://127.0.0.1:4010", "http://localhost:1", "http://[::1]:4010"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in
            ["http://example.org", "http://127.0.0.1.example.org", "http://10.0.0.1", "http://localhost.evil.org"]
        {
            assert_eq!(parse(text), Err(AddressError::Insecure), "{text}");
        }
    }

    #[test]
    fn address_carries_no_secret_and_no_query() {
        for text in
            ["https://kari:pass@example.org", "https://example.org/?token=x", "ftp://example.org", "example.org", ""]
        {
            assert_eq!(parse(text), Err(AddressError::Invalid), "{text}");
        }
    }
}
