//! Runs the script with which a company says which proxy leads where (proxy auto-configuration, PAC). The script is
//! somebody else's program: it gets a bounded time, a bounded memory, and nothing but the names of its functions.

use std::net::{IpAddr, ToSocketAddrs as _, UdpSocket};
use std::time::{Duration, Instant};

use reqwest::{Client, Url, redirect};
use rquickjs::function::Func;
use rquickjs::{CatchResultExt as _, Context, Function, Runtime};
use tokio::net::TcpStream;

use super::cause::innermost;

/// The functions of the script's world that are no more than JavaScript.
const FUNCTIONS: &str = include_str!("pac.js");
/// The longest time for fetching the script.
const FETCH: Duration = Duration::from_secs(10);
/// The most bytes of a script.
const SCRIPT_BYTES_MAX: usize = 1024 * 1024;
/// The longest time for running it, and the most memory.
const RUN: Duration = Duration::from_secs(5);
const MEMORY_BYTES_MAX: usize = 32 * 1024 * 1024;
const STACK_BYTES_MAX: usize = 512 * 1024;
/// The longest wait for a proxy to take a connection, where the script names another one after it.
const CONNECT: Duration = Duration::from_secs(3);
/// The most ways that are tried.
const WAYS_MAX: usize = 8;

/// Returns the proxy that the script at an address names for a server: of several, the first that takes a connection.
/// `None` is the straight way.
pub(super) async fn proxy(script: &Url, to: &Url) -> Result<Option<Url>, String> {
    let text = fetch(script).await?;
    let to = to.clone();
    let said = tokio::task::spawn_blocking(move || run(&text, &to)).await.map_err(|error| error.to_string())??;
    let ways = ways(&said)?;
    let last = ways.len() - 1;
    for (place, way) in ways.into_iter().enumerate() {
        match way {
            Some(proxy) if place < last && !takes_connections(&proxy).await => {}
            way => return Ok(way),
        }
    }
    Ok(None)
}

async fn takes_connections(proxy: &Url) -> bool {
    let (Some(host), Some(port)) = (proxy.host_str(), proxy.port_or_known_default()) else { return false };
    let connecting = TcpStream::connect((host.trim_matches(['[', ']']), port));
    tokio::time::timeout(CONNECT, connecting).await.is_ok_and(|connected| connected.is_ok())
}

async fn fetch(script: &Url) -> Result<String, String> {
    let bytes = if script.scheme() == "file" {
        let path = script.to_file_path().map_err(|()| "file:///…".to_owned())?;
        tokio::fs::read(path).await.map_err(|error| error.to_string())?
    } else {
        let builder = Client::builder().no_proxy().timeout(FETCH).redirect(redirect::Policy::limited(3)).http1_only();
        let builder = if script.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let client = builder.build().map_err(|error| error.to_string())?;
        let plain = |error: reqwest::Error| innermost(&error);
        let mut answer = client.get(script.clone()).send().await.map_err(plain)?;
        if !answer.status().is_success() {
            return Err(format!("HTTP {}", answer.status().as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(plain)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > SCRIPT_BYTES_MAX {
                break;
            }
        }
        bytes
    };
    if bytes.len() > SCRIPT_BYTES_MAX {
        return Err(format!("> {} KiB", SCRIPT_BYTES_MAX / 1024));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Runs the script for one address, and returns its words: `PROXY a:8080; DIRECT`.
#[expect(clippy::disallowed_methods, reason = "a script that runs too long is stopped by real time")]
fn run(script: &str, to: &Url) -> Result<String, String> {
    let until = Instant::now() + RUN;
    let internal = |error: rquickjs::Error| error.to_string();
    let runtime = Runtime::new().map_err(internal)?;
    runtime.set_memory_limit(MEMORY_BYTES_MAX);
    runtime.set_max_stack_size(STACK_BYTES_MAX);
    runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() > until)));
    let context = Context::full(&runtime).map_err(internal)?;
    let host = to.host_str().unwrap_or_default().to_owned();
    // A script sees the server and no more: paths and queries are nobody's business on the way.
    let address = format!("{}://{host}/", to.scheme());
    context.with(|scope| {
        let ran = (|| {
            scope.globals().set("dnsResolve", Func::from(|host: String| resolve(&host)))?;
            scope.globals().set("myIpAddress", Func::from(my_address))?;
            scope.eval::<(), _>(FUNCTIONS)?;
            scope.eval::<(), _>(script)?;
            scope.globals().get::<_, Function<'_>>("FindProxyForURL")?.call::<_, String>((address, host))
        })();
        ran.catch(&scope).map_err(|error| crate::text::bounded(&error.to_string(), crate::text::GLIMPSE_CHARS_MAX))
    })
}

/// Returns the first IPv4 address of a name, as the functions of 1996 know it.
fn resolve(host: &str) -> Option<String> {
    let found = (host, 0).to_socket_addrs().ok()?;
    found.map(|address| address.ip()).find(IpAddr::is_ipv4).map(|address| address.to_string())
}

/// Returns the address with which this machine goes outside. Nothing is sent: to connect a datagram's socket chooses the
/// way alone.
fn my_address() -> String {
    let outside = || {
        let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
        socket.connect(("192.0.2.1", 9)).ok()?;
        socket.local_addr().ok()
    };
    outside().map_or_else(|| "127.0.0.1".to_owned(), |address| address.ip().to_string())
}

/// Reads the script's words. `None` is the straight way; a kind that is not spoken here is passed over.
fn ways(said: &str) -> Result<Vec<Option<Url>>, String> {
    let way = |part: &str| {
        let (kind, place) = part.trim().split_once(char::is_whitespace).unwrap_or((part.trim(), ""));
        match kind.to_ascii_uppercase().as_str() {
            "DIRECT" => Some(None),
            "PROXY" | "HTTP" => Url::parse(&format!("http://{}", place.trim())).ok().map(Some),
            "HTTPS" => Url::parse(&format!("https://{}", place.trim())).ok().map(Some),
            _ => None,
        }
    };
    let found: Vec<Option<Url>> = said.split(';').filter_map(way).take(WAYS_MAX).collect();
    match (found.is_empty(), said.trim().is_empty()) {
        // The empty word is the straight way, too.
        (true, true) => Ok(vec![None]),
        (true, false) => Err(crate::text::bounded(said, crate::text::GLIMPSE_CHARS_MAX)),
        (false, _) => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(script: &str) -> Result<String, String> {
        run(script, &Url::parse("https://books.example.test/api?token=1").expect("an address"))
    }

    #[test]
    fn script_names_the_proxy_by_the_host() {
        let script = r#"function FindProxyForURL(url, host) {
            if (isPlainHostName(host) || dnsDomainIs(host, ".internal.test")) return "DIRECT";
            if (shExpMatch(host, "*.example.test")) return "PROXY proxy.test:3128; DIRECT";
            return "PROXY other.test:1";
        }"#;
        let found = ways(&said(script).expect("it runs")).expect("ways");
        assert_eq!(found, [Some(Url::parse("http://proxy.test:3128").expect("an address")), None]);
    }

    #[test]
    fn functions_are_those_of_a_browser() {
        for (expression, expected) in [
            ("isInNet('10.1.2.3', '10.0.0.0', '255.0.0.0')", true),
            ("isInNet('11.1.2.3', '10.0.0.0', '255.0.0.0')", false),
            ("isInNet('no name at all', '10.0.0.0', '255.0.0.0')", false),
            ("localHostOrDomainIs('www', 'www.example.test')", true),
            ("localHostOrDomainIs('www.other.test', 'www.example.test')", false),
            ("dnsDomainLevels('a.b.c') === 2", true),
            ("shExpMatch('a.b', 'a?b') && !shExpMatch('aXbc', 'a?b')", true),
            ("isResolvable('localhost') && !isResolvable('postonce.invalid')", true),
            ("weekdayRange('SUN', 'SAT')", true),
            ("timeRange(0, 0, 0, 23, 59, 59)", true),
            ("timeRange(0, 23) && timeRange(0, 0, 23, 59, 'GMT')", true),
            ("dateRange('JAN', 'DEC') && dateRange(1, 31, 'GMT')", true),
            ("dateRange(2000, 2001)", false),
            ("dateRange(1, 'JAN', 2000, 31, 'DEC', 2999)", true),
            ("/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(myIpAddress())", true),
        ] {
            let script = format!("function FindProxyForURL(url, host) {{ return String({expression}); }}");
            assert_eq!(said(&script), Ok(expected.to_string()), "{expression}");
        }
    }

    #[test]
    fn script_sees_the_server_and_not_the_path() {
        let said = said("function FindProxyForURL(url, host) { return url; }");
        assert_eq!(said, Ok("https://books.example.test/".to_owned()));
    }

    #[test]
    fn script_that_never_ends_or_grows_is_ended() {
        for script in [
            "function FindProxyForURL() { for (;;) {} }",
            "function FindProxyForURL() { let a = []; for (;;) a.push('x'.repeat(1000000)); }",
            "function FindProxyForURL() { return FindProxyForURL(); }",
            "this is no script",
            "var nothing = 1;",
        ] {
            assert!(said(script).is_err(), "{script}");
        }
    }

    #[test]
    fn kinds_that_nobody_speaks_are_passed_over() {
        assert_eq!(ways("SOCKS a:1; HTTPS b:2").map(|ways| ways.len()), Ok(1));
        assert_eq!(ways(" "), Ok(vec![None]));
        assert!(ways("SOCKS a:1").is_err());
    }
}
