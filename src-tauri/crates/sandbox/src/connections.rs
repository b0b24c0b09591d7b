//! Serves the connections by hand: only the connection itself can give the answer "cut".

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::faults::Sever;

/// The time a connection may wait for its next request. It is longer than that of the clients, so that they close
/// first.
const IDLE_MAX: Duration = Duration::from_secs(150);
/// The pause after the machine refused a connection, for example because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The time in which work under way may finish when the sandbox stops.
const STOP_MAX: Duration = Duration::from_secs(3);

/// Holds everything that runs for a sandbox, so that a stop can wait for it and end the rest.
#[derive(Clone, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    /// Set: no new connections and requests.
    stopping: CancellationToken,
    /// Set: nothing more at all.
    killed: CancellationToken,
}

impl Tasks {
    /// Runs a future to its own end or to that of the sandbox, whichever comes first.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<Option<T>> {
        let killed = self.killed.clone();
        self.tracker.spawn(async move { killed.run_until_cancelled(future).await })
    }

    /// Lets the work under way finish, for a limited time; then ends it.
    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        self.tracker.close();
        let finished = tokio::time::timeout(STOP_MAX, self.tracker.wait()).await;
        self.killed.cancel();
        if finished.is_err() {
            self.tracker.wait().await;
        }
    }

    /// Ends everything at the next chance, without waiting for it.
    pub(crate) fn kill(&self) {
        self.stopping.cancel();
        self.killed.cancel();
    }
}

/// Marks a request; it is set when the client no longer waits for the answer.
#[derive(Clone)]
pub(crate) struct HungUp(pub(crate) CancellationToken);

/// Serves until the tasks are stopped.
pub(crate) async fn serve(listener: TcpListener, router: Router, tasks: Tasks) {
    while let Some(accepted) = tasks.stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, router.clone(), tasks.clone());
                drop(tasks.spawn(connection));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, tasks: Tasks) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let router = TowerToHyperService::new(router);
    let requests = tasks.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let hung_up = CancellationToken::new();
        request.extensions_mut().insert(HungUp(hung_up.clone()));
        let client_waits = hung_up.drop_guard();
        // The request has a task of its own: a client that gives up does not undo it.
        let answer = requests.spawn(router.call(request));
        async move {
            let answer = answer.await;
            drop(client_waits);
            answer_or_cut(answer.ok().flatten())
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let outcome = tokio::select! {
        outcome = &mut serving => outcome,
        () = tasks.stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

/// Returns the answer, or an error, at which hyper closes the connection without an answer.
fn answer_or_cut(answer: Option<Result<Response, Infallible>>) -> Result<Response, Cut> {
    let Some(Ok(response)) = answer else { return Err(Cut) };
    if response.extensions().get::<Sever>().is_some() { Err(Cut) } else { Ok(response) }
}

#[derive(Debug, thiserror::Error)]
#[error("cut by the sandbox")]
struct Cut;
