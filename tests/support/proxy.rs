//! Stands between a client and any server: a proxy that loses, delays, repeats, holds and swallows, one request at a time.
//!
//! It reads requests of HTTP/1.1 whole and asks the server for each over a connection of its own: so it can count the requests
//! that came and those that went through, and every fault falls between two whole messages.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::lies::Lie;
use crate::patience::WAIT_MAX;

/// The thing that is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut, and the server never hears of it.
    CutBefore,
    /// The server answers, and nobody hears of that.
    CutAfter,
    /// The connection is cut, and the server hears of it so much later: as when a client gave up before its server did.
    Late(Duration),
    /// It stands still on its way to the server until the proxy lets it go; the server is waited for.
    Hold,
    /// The server answers, and the answer stands still until the proxy lets it go.
    HoldAnswer,
    /// The answer comes so much later.
    SlowAnswer(Duration),
    /// The server hears it twice, one after the other, and the second answer is given.
    Twice,
    /// The answer is changed on its way.
    Lie(Lie),
    /// The request is taken, and nothing ever comes of it. The connection stands until the proxy is gone.
    Silence,
}

/// A fault, and the requests that it befalls.
#[derive(Debug, Clone)]
struct Rule {
    text: String,
    skipped: usize,
    left: usize,
    fault: Fault,
}

/// A request as it came: its first line, its headers and its body, as text.
#[derive(Debug, Clone)]
struct Request {
    line: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    came: Vec<String>,
    passed: Vec<String>,
    /// Requests whose late effect is still to come.
    late: usize,
    /// Requests and answers that stand still now.
    held: usize,
    /// The times that those that stand still were let go. A request that met a hold before the newest one stands no more.
    releases: usize,
    closed: bool,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

/// A running proxy; its connections are cut when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Proxy {
    /// Starts a proxy in front of the server at this address; it does nothing to anybody yet.
    ///
    /// # Panics
    /// When that is no address of this machine, or no port is free.
    pub fn before(url: &str) -> Self {
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let server = host.parse().expect("an address of this machine, with its port");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared { server, state: Mutex::default(), changed: Condvar::new() });
        let proxy = Self { shared: Arc::clone(&shared), address };
        thread::spawn(move || {
            // A connection that its client broke off again is no end of the listening.
            for client in listener.incoming().filter_map(Result::ok) {
                if shared.state().closed {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.serve(client));
            }
        });
        proxy
    }

    /// Returns the address at which it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does this to the next request that holds the text anywhere, once.
    pub fn once(&self, text: &str, fault: Fault) {
        self.nth(text, 0, 1, fault);
    }

    /// Does this to so many requests that hold the text, after so many more that it lets pass.
    pub fn nth(&self, text: &str, skipped: usize, times: usize, fault: Fault) {
        self.shared.state().rules.push(Rule { text: text.to_owned(), skipped, left: times, fault });
    }

    /// Does nothing to anybody any more. What is slow or late already stays so, what stands still goes on.
    pub fn calm(&self) {
        self.shared.state().rules.clear();
        self.let_go();
    }

    /// Lets go what stands still; what comes later is held as before.
    pub fn let_go(&self) {
        self.shared.state().releases += 1;
        self.shared.changed.notify_all();
    }

    /// Tells whether a request or an answer stands still.
    pub fn is_holding(&self) -> bool {
        self.shared.state().held > 0
    }

    /// Waits until a request or an answer stands still.
    ///
    /// # Panics
    /// When none does in time.
    pub fn wait_until_held(&self) {
        let state = self.shared.state();
        let waited = self.shared.changed.wait_timeout_while(state, WAIT_MAX, |state| state.held == 0);
        assert!(waited.is_ok_and(|(_, waited)| !waited.timed_out()), "waited in vain for a request that stands still");
    }

    /// Returns how many requests that hold the text came.
    pub fn came(&self, text: &str) -> usize {
        self.shared.state().came.iter().filter(|request| request.contains(text)).count()
    }

    /// Returns how many times the server heard a request that holds the text.
    pub fn passed(&self, text: &str) -> usize {
        self.shared.state().passed.iter().filter(|request| request.contains(text)).count()
    }

    /// Tells whether every fault that was asked for has befallen somebody.
    pub fn is_spent(&self) -> bool {
        self.shared.state().rules.is_empty()
    }

    /// Waits until everything that is late has taken effect.
    pub fn settle(&self) {
        let state = self.shared.state();
        drop(self.shared.changed.wait_while(state, |state| state.late > 0));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.shared.changed.notify_all();
        // Wakes the thread that listens.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one request, and ends its connection.
    fn serve(&self, mut client: TcpStream) {
        let Some(request) = read(&client) else { return };
        let text = request.text();
        let (fault, releases) = self.befalls(&text);
        let answer = match fault {
            None => self.ask(&request),
            Some(Fault::CutBefore) => None,
            Some(Fault::CutAfter) => {
                self.ask(&request);
                None
            }
            Some(Fault::Late(delay)) => {
                let _ = client.shutdown(Shutdown::Both);
                self.wait(delay);
                self.ask(&request);
                self.state().late -= 1;
                self.changed.notify_all();
                None
            }
            Some(Fault::Hold) => {
                self.stand(releases);
                self.ask(&request)
            }
            Some(Fault::HoldAnswer) => {
                let answer = self.ask(&request);
                self.stand(releases);
                answer
            }
            Some(Fault::SlowAnswer(delay)) => {
                let answer = self.ask(&request);
                self.wait(delay);
                answer
            }
            Some(Fault::Twice) => {
                self.ask(&request);
                self.ask(&request)
            }
            Some(Fault::Lie(lie)) => self.ask(&request).and_then(|answer| changed(&answer, lie)),
            Some(Fault::Silence) => {
                let state = self.state();
                drop(self.changed.wait_while(state, |state| !state.closed));
                None
            }
        };
        if let Some(answer) = answer {
            let _ = client.write_all(&answer);
        }
        let _ = client.shutdown(Shutdown::Both);
    }

    /// Counts a request, and returns the fault that it meets, with the number of releases by then.
    fn befalls(&self, text: &str) -> (Option<Fault>, usize) {
        let mut state = self.state();
        state.came.push(text.to_owned());
        let mut found = None;
        for rule in state.rules.iter_mut().filter(|rule| text.contains(&rule.text)) {
            if rule.skipped > 0 {
                rule.skipped -= 1;
            } else if rule.left > 0 && found.is_none() {
                rule.left -= 1;
                found = Some(rule.fault);
            }
        }
        state.rules.retain(|rule| rule.left > 0);
        if matches!(found, Some(Fault::Late(_))) {
            state.late += 1;
        }
        (found, state.releases)
    }

    /// Stands still until the next release after so many, or until the proxy is gone.
    fn stand(&self, releases: usize) {
        let mut state = self.state();
        state.held += 1;
        self.changed.notify_all();
        let waits = |state: &mut State| state.releases == releases && !state.closed;
        let mut state = self.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
        state.held -= 1;
    }

    /// Waits so long, or until the proxy is gone.
    fn wait(&self, delay: Duration) {
        let state = self.state();
        drop(self.changed.wait_timeout_while(state, delay, |state| !state.closed));
    }

    /// Asks the server, and returns its whole answer; `None` when it gives none.
    fn ask(&self, request: &Request) -> Option<Vec<u8>> {
        let mut server = TcpStream::connect(self.server).ok()?;
        self.state().passed.push(request.text());
        server.write_all(&request.bytes()).ok()?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).ok()?;
        closing(answer)
    }
}

impl Request {
    fn text(&self) -> String {
        format!("{}\n{}\n{}", self.line, self.headers.join("\n"), String::from_utf8_lossy(&self.body))
    }

    /// Returns the request as it goes to the server: with the wish to close the connection behind the answer.
    fn bytes(&self) -> Vec<u8> {
        let kept = self.headers.iter().filter(|header| !is_header(header, "connection"));
        let head: String = kept.map(|header| format!("{header}\r\n")).collect();
        let mut bytes = format!("{}\r\n{head}Connection: close\r\n\r\n", self.line).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Reads a whole request; `None` when the connection ends before that.
fn read(client: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(client);
    let mut next = || {
        let mut line = String::new();
        let length = reader.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    };
    let line = next()?;
    let mut headers = Vec::new();
    loop {
        let header = next()?;
        if header.is_empty() {
            break;
        }
        headers.push(header);
    }
    let length = headers.iter().find(|header| is_header(header, "content-length"));
    let length = length.and_then(|header| header.split_once(':')?.1.trim().parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line, headers, body })
}

/// Returns the same answer with the word that the connection ends with it: nobody is to keep one that will be closed. A server
/// that died in the middle of its head has not answered.
fn closing(answer: Vec<u8>) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut new = lines.next()?.to_owned();
    for header in lines.filter(|header| !is_header(header, "connection") && !is_header(header, "keep-alive")) {
        new.push_str("\r\n");
        new.push_str(header);
    }
    new.push_str("\r\nConnection: close\r\n\r\n");
    let mut bytes = new.into_bytes();
    bytes.extend_from_slice(&answer[end + 4..]);
    Some(bytes)
}

/// Returns the answer with another body.
fn changed(answer: &[u8], lie: Lie) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let body = lie.applied_to(&answer[end + 4..]);
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let kept = head.split("\r\n").filter(|line| !is_header(line, "content-length"));
    let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
    let mut bytes = format!("{kept}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(&body);
    Some(bytes)
}

fn is_header(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(found, _)| found.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::patience::wait_until;

    /// Starts a server that passes on what it hears, and answers each request with `heard`.
    fn server() -> (String, Receiver<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let (sender, heard) = channel();
        thread::spawn(move || {
            for mut client in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&client) else { continue };
                let _ = sender.send(String::from_utf8_lossy(&request.body).into_owned());
                let _ =
                    client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nheard");
            }
        });
        (url, heard)
    }

    fn begin(proxy: &Proxy, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(proxy.address).expect("it listens");
        let length = body.len();
        write!(stream, "POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n\r\n{body}").expect("it reads");
        stream
    }

    fn say(proxy: &Proxy, body: &str) -> io::Result<String> {
        let mut answer = String::new();
        begin(proxy, body).read_to_string(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn both_sides_hear_each_other_without_a_fault() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        let answer = say(&proxy, "hello").expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\nheard"), "{answer}");
        assert!(answer.contains("Connection: close") && !answer.contains("keep-alive"), "{answer}");
        assert_eq!(heard.recv().as_deref(), Ok("hello"));
        assert_eq!((proxy.came("hello"), proxy.passed("hello"), proxy.passed("other")), (1, 1, 0));
    }

    #[test]
    fn a_request_cut_before_is_never_heard_one_cut_after_is() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        proxy.once("first", Fault::CutBefore);
        proxy.once("second", Fault::CutAfter);
        assert_eq!(say(&proxy, "first").unwrap_or_default(), "");
        assert_eq!(say(&proxy, "second").unwrap_or_default(), "");
        assert_eq!(heard.recv().as_deref(), Ok("second"), "the first was not heard");
        assert!(proxy.is_spent());
        assert_eq!((proxy.came("first"), proxy.passed("first"), proxy.passed("second")), (1, 0, 1));
    }

    #[test]
    fn a_late_request_is_heard_after_its_client_gave_up() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        proxy.once("late", Fault::Late(Duration::from_millis(50)));
        assert_eq!(say(&proxy, "late").unwrap_or_default(), "");
        proxy.settle();
        assert_eq!(heard.recv().as_deref(), Ok("late"));
    }

    #[test]
    fn a_repeated_request_is_heard_twice_and_only_the_nth() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        proxy.nth("again", 1, 1, Fault::Twice);
        for _ in 0..3 {
            assert!(say(&proxy, "again").expect("an answer").ends_with("heard"));
        }
        assert_eq!((proxy.came("again"), proxy.passed("again")), (3, 4));
        assert_eq!(heard.iter().take(4).collect::<Vec<_>>(), ["again"; 4]);
    }

    #[test]
    fn a_slow_answer_comes_whole_and_silence_ends_with_the_proxy() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        proxy.once("slow", Fault::SlowAnswer(Duration::from_millis(20)));
        assert!(say(&proxy, "slow").expect("an answer").ends_with("heard"));
        proxy.once("silent", Fault::Silence);
        let mut silent = begin(&proxy, "silent");
        wait_until("the request", || proxy.came("silent") == 1);
        drop(proxy);
        let mut answer = String::new();
        let _ = silent.read_to_string(&mut answer);
        assert_eq!((answer.as_str(), heard.try_iter().count()), ("", 1), "and the server heard the slow one alone");
    }

    #[test]
    fn a_held_request_or_answer_stands_still_until_it_is_let_go() {
        let (url, heard) = server();
        let proxy = Proxy::before(&url);
        let mut answer = String::new();
        for (text, fault, passed) in [("request", Fault::Hold, 0), ("answer", Fault::HoldAnswer, 1)] {
            proxy.nth(text, 0, 2, fault);
            for _ in 0..2 {
                let mut held = begin(&proxy, text);
                proxy.wait_until_held();
                assert_eq!(proxy.passed(text), passed, "{text}");
                proxy.let_go();
                answer.clear();
                held.read_to_string(&mut answer).expect("an answer");
                assert!(answer.ends_with("heard") && !proxy.is_holding(), "{answer}");
                proxy.shared.state().passed.clear();
            }
        }
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["request", "request", "answer", "answer"]);
    }

    #[test]
    fn a_server_that_is_not_there_gives_no_answer() {
        let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", nobody.local_addr().expect("it listens"));
        drop(nobody);
        assert_eq!(say(&Proxy::before(&url), "hello").unwrap_or_default(), "");
    }
}
