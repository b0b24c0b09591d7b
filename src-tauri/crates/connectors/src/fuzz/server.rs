//! Runs a server that answers every request with the bytes it was handed last.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use reqwest::Url;

/// Listens on this machine until the process ends.
pub(crate) struct CannedServer {
    pub(crate) url: Url,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl CannedServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &answer));
            }
        });
        Self { url: format!("http://{address}").parse().expect("an address"), answer }
    }

    /// Sets the answer that every request gets from now on.
    pub(crate) fn answer(&self, status: u16, more_head: &str, content_type: &str, body: &[u8]) {
        let mut whole = format!("HTTP/1.1 {status} x\r\ncontent-type: {content_type}\r\n{more_head}").into_bytes();
        // These statuses have no body, so the one handed over is dropped.
        let body = if matches!(status, 204 | 304) { &[] } else { body };
        if status != 204 {
            whole.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(body);
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = whole;
    }
}

/// Reads requests, one after another, and answers each; ends with the connection.
fn serve(stream: TcpStream, answer: &Mutex<Vec<u8>>) {
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(1..) if line == "\r\n" => break,
                Ok(1..) => {}
                _ => return,
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let bytes = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if writer.write_all(&bytes).is_err() {
            return;
        }
    }
}
