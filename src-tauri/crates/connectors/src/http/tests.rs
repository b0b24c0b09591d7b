use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const TOKEN: &str = "very-secret-token";
const TIGHT: Limits =
    Limits { connect: Duration::from_secs(2), overall: Duration::from_millis(300), body_bytes_max: 64 * 1024 };

fn http(address: &str, limits: Limits) -> Http {
    let url = Url::parse(address).expect("an address");
    Http::new(Side::Accounting, &url, &TOKEN.into(), limits).expect("a client")
}

async fn get(http: &Http) -> Result<HttpAnswer, Failure> {
    http.send(http.request(Method::GET, "v1/me", None).expect("a request")).await
}

/// Starts a server that takes one connection, reads the first bytes, and lets `act` use the stream.
fn server(act: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]).expect("a request");
        act(stream);
    });
    address
}

#[tokio::test]
async fn request_carries_the_token_and_says_who_asks() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/base/v1/me"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(header("user-agent", USER_AGENT))
        .respond_with(ResponseTemplate::new(200).set_body_json(1))
        .mount(&server)
        .await;
    let seen = get(&http(&format!("{}/base", server.uri()), Limits::STANDARD)).await.expect("an answer");
    assert_eq!((seen.status, seen.content_type.as_str(), seen.body.as_slice()), (200, "application/json", &b"1"[..]));
}

#[tokio::test]
async fn port_where_nobody_listens_was_never_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    assert!(matches!(get(&http(&address, TIGHT)).await, Err(Failure::NeverConnected(_))));
}

#[tokio::test]
async fn name_that_does_not_resolve_was_never_connected() {
    // `.invalid` never resolves (RFC 6761).
    let seen = get(&http("https://postonce.invalid", Limits { overall: Duration::from_secs(20), ..TIGHT })).await;
    assert!(matches!(seen, Err(Failure::NeverConnected(_))), "{seen:?}");
}

#[tokio::test]
async fn connection_cut_behind_the_request_is_no_answer() {
    let address = server(drop);
    assert!(matches!(get(&http(&address, TIGHT)).await, Err(Failure::NoAnswer(_))));
}

#[tokio::test]
async fn server_that_is_silent_is_given_up() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let address = server(move |_stream| {
        let _ = held.recv();
    });
    assert_eq!(get(&http(&address, TIGHT)).await, Err(Failure::NoAnswer("> 0 s".into())));
    drop(release);
}

#[tokio::test]
async fn answer_that_is_cut_short_differs_from_a_whole_one() {
    let address = server(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"results\":").expect("an open stream");
    });
    assert!(matches!(get(&http(&address, TIGHT)).await, Err(Failure::CutShort { status: 200, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_answer_is_read_to_the_bound_only() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let address = server(move |mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("an open stream");
        let mut sent = 0_usize;
        // Sends 300 MB, unless the client stops reading.
        while sent < 300_000_000 && stream.write_all(&[b' '; 64 * 1024]).is_ok() {
            sent += 64 * 1024;
        }
        sender.send(sent).expect("the test waits");
    });
    let limits = Limits { overall: Duration::from_secs(20), ..TIGHT };
    assert_eq!(get(&http(&address, limits)).await, Err(Failure::TooLong { status: 200, bytes_max: 64 * 1024 }));
    assert!(receiver.recv().expect("the server ends") < 100_000_000);
}

#[tokio::test]
async fn redirect_is_seen_and_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(307).insert_header("Location", "https://evil.example.org/x?y");
    Mock::given(path("/v1/me")).respond_with(elsewhere).mount(&server).await;
    let seen = get(&http(&server.uri(), TIGHT)).await.expect("an answer");
    assert_eq!((seen.status, seen.redirect_host.as_deref()), (307, Some("evil.example.org")));
}

#[tokio::test]
async fn request_is_sent_once_even_where_a_kept_connection_is_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let count = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]).expect("a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("an open stream");
        let second = stream.read(&mut [0; 4096]).expect("the second request, on the kept connection");
        drop(stream);
        listener.set_nonblocking(true).expect("a listener");
        (second, listener)
    });
    let http = http(&address, TIGHT);
    get(&http).await.expect("the first answer");
    assert!(matches!(get(&http).await, Err(Failure::NoAnswer(_))));
    let (second, listener) = count.join().expect("the server ends");
    assert!(second > 0);
    assert!(listener.accept().is_err(), "it came once more, over a new connection");
}

#[tokio::test]
async fn token_is_shown_by_neither_client_nor_error() {
    let address = server(drop);
    let http = http(&address, TIGHT);
    let mut request = http.request(Method::GET, "v1/me", None).expect("a request");
    http.secret_header(&mut request, "lock-token", "lease-secret").expect("a header");
    let shown = format!("{request:?}");
    let failure = http.send(request).await;
    let shown = format!("{shown}{http:?}{failure:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains("lease-secret"), "{shown}");
}

#[test]
fn token_that_no_header_takes_is_reported_without_showing_it() {
    let url = Url::parse("http://127.0.0.1:1").expect("an address");
    let error = Http::new(Side::Platform, &url, &"two\nlines".into(), TIGHT).expect_err("no header takes it");
    assert!(!format!("{error:?}").contains("lines"));
    let problem = postonce_engine::error::Problem::from(error);
    assert_eq!(problem.code, postonce_engine::error::ErrorCode::PlatformUnauthorized);
}
