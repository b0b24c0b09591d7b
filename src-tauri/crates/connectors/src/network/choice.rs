//! Holds the machine's word on the way to a server.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;
use reqwest::header::HeaderValue;

/// The machine's word on the way to a server.
#[derive(Debug)]
pub(super) enum Choice {
    /// No proxy.
    Straight,
    /// This proxy, with the words that the environment has for it.
    Proxy(Url, Option<HeaderValue>),
    /// The proxy that this script names.
    Script(Url),
}

/// Returns what a matcher says of an address.
pub(super) fn by(matcher: &Matcher, to: &Url) -> Choice {
    let found = to.as_str().parse::<http::Uri>().ok().and_then(|uri| matcher.intercept(&uri));
    let Some(found) = found else { return Choice::Straight };
    // Another scheme than those of HTTP is none that the client speaks: it says so when it is built.
    match Url::parse(&found.uri().to_string()) {
        Ok(proxy) => Choice::Proxy(proxy, found.basic_auth().cloned()),
        Err(_) => Choice::Straight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn proxy_of_the_machine_has_its_user_beside_its_address() {
        let matcher = Matcher::builder().https("http://kari:hemmelig@proxy.test:3128").no(".internal.test").build();
        let Choice::Proxy(proxy, Some(words)) = by(&matcher, &to("https://books.test/api")) else {
            panic!("there is a proxy")
        };
        assert_eq!((proxy.as_str(), words.is_sensitive()), ("http://proxy.test:3128/", true));
        assert!(matches!(by(&matcher, &to("https://books.internal.test/")), Choice::Straight));
    }
}
