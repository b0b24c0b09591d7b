//! Stands for a company's network: a proxy that wants to be signed in to, looks into what passes with a root certificate of
//! its own, and leads every name to one server of this machine; and a web server for the script that names the proxy.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The host of the accounting system, which no name server knows: only the proxy leads there.
pub const HOST: &str = "books.example.test";

/// Writes a certificate for `localhost` and 127.0.0.1 into the folder (`certificate.pem`, `key.pem`), and the root that
/// vouches for it (`company.pem`).
pub fn certify(folder: &Path) {
    let issuer = KeyPair::generate().expect("a key");
    let root = CertifiedIssuer::self_signed(root(), issuer).expect("a root");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let leaf = CertificateParams::new(names).expect("names").signed_by(&key, &root).expect("a leaf");
    let files = [("company.pem", root.pem()), ("certificate.pem", leaf.pem()), ("key.pem", key.serialize_pem())];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a temporary folder is writable");
    }
}

fn root() -> CertificateParams {
    let mut root = CertificateParams::new(Vec::new()).expect("no names");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root
}

/// A proxy on this machine.
pub struct CompanyProxy {
    port: u16,
    /// The file with its root certificate.
    roots: PathBuf,
    seen: Arc<Mutex<Vec<String>>>,
}

impl CompanyProxy {
    /// Starts a proxy that leads every name to the server at this address (`http://127.0.0.1:4010`), and keeps its root
    /// certificate in the folder. With a user and password (`kari:hemmelig`) it wants to be signed in to.
    pub fn start(server: &str, folder: &Path, user: Option<&str>) -> Self {
        let issuer = KeyPair::generate().expect("a key");
        let root = CertifiedIssuer::self_signed(root(), issuer).expect("a root");
        let roots = folder.join("company.pem");
        std::fs::write(&roots, root.pem()).expect("a temporary folder is writable");
        let key = KeyPair::generate().expect("a key");
        let leaf =
            CertificateParams::new(vec![HOST.to_owned()]).expect("a name").signed_by(&key, &root).expect("a leaf");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let tls = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key);
        let (tls, listener) = (Arc::new(tls.expect("a pair")), TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let (port, seen) = (listener.local_addr().expect("it is bound").port(), Arc::default());
        let proxy = Self { port, roots, seen };
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let (user, seen) = (user.map(str::to_owned), Arc::clone(&proxy.seen));
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let (server, user, seen, tls) = (server.clone(), user.clone(), Arc::clone(&seen), Arc::clone(&tls));
                thread::spawn(move || pass(caller, &server, user.as_deref(), &seen, tls));
            }
        });
        proxy
    }

    /// Returns its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the file with its root certificate.
    pub fn roots(&self) -> &Path {
        &self.roots
    }

    /// Returns the first lines of what was asked of it, in order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn pass(
    mut caller: TcpStream,
    server: &str,
    user: Option<&str>,
    seen: &Mutex<Vec<String>>,
    tls: Arc<ServerConfig>,
) -> io::Result<()> {
    let (line, headers) = head(&mut BufReader::new(caller.try_clone()?))?;
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    let signed_in = user.is_none_or(|user| {
        let wanted = format!("proxy-authorization: basic {}", STANDARD.encode(user));
        headers.iter().any(|header| header.eq_ignore_ascii_case(&wanted))
    });
    if !signed_in {
        let answer =
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
        return caller.write_all(answer.as_bytes());
    }
    caller.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let session = ServerConnection::new(tls).map_err(io::Error::other)?;
    let mut inside = StreamOwned::new(session, caller);
    // One request after the other, as the client sends them, each over a connection of its own to the server.
    loop {
        let (request, length) = message(&mut BufReader::with_capacity(1, &mut inside))?;
        let mut behind = TcpStream::connect(server)?;
        let text = String::from_utf8_lossy(&request[..length]).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        behind.write_all(text.as_bytes())?;
        behind.write_all(&request[length..])?;
        let mut answer = Vec::new();
        behind.read_to_end(&mut answer)?;
        inside.write_all(&answer)?;
        inside.flush()?;
        if String::from_utf8_lossy(&answer).to_ascii_lowercase().contains("\r\nconnection: close") {
            inside.conn.send_close_notify();
            return inside.flush();
        }
    }
}

/// Reads a first line and the headers behind it.
fn head(reader: &mut impl io::BufRead) -> io::Result<(String, Vec<String>)> {
    let (mut line, mut headers) = (String::new(), Vec::new());
    reader.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            return Ok((line.trim().to_owned(), headers));
        }
        headers.push(header.trim().to_owned());
    }
}

/// Reads a whole request; returns it with the length of its head.
fn message(reader: &mut impl io::BufRead) -> io::Result<(Vec<u8>, usize)> {
    let (line, headers) = head(reader)?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let length = headers.iter().find_map(|header| {
        header.to_ascii_lowercase().strip_prefix("content-length:").and_then(|length| length.trim().parse::<u64>().ok())
    });
    let mut request = format!("{line}\r\n{}\r\n\r\n", headers.join("\r\n")).into_bytes();
    let head_length = request.len();
    reader.take(length.unwrap_or(0)).read_to_end(&mut request)?;
    Ok((request, head_length))
}

/// Starts a web server that gives everybody this text, and returns its address.
pub fn web_page(text: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len());
    thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let asked = caller.try_clone().and_then(|caller| head(&mut BufReader::new(caller)));
            let _ = asked.and_then(|_| caller.write_all(answer.as_bytes()));
        }
    });
    address
}
