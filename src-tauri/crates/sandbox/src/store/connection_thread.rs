//! Runs a thread with a connection and a queue: a caller hands in a job and awaits its answer.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread that owns a connection.
pub(super) struct ConnectionThread {
    jobs: Sender<Option<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl ConnectionThread {
    /// Starts the thread. `keep` is dropped after the connection is closed.
    pub(super) fn new<K: Send + 'static>(name: &str, connection: Connection, keep: K) -> Self {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                work(connection, &queue);
                drop(keep);
            })
            .expect("the machine can start two threads when a sandbox starts");
        Self { jobs, thread: Mutex::new(Some(thread)) }
    }

    /// Returns the answer of `job`, or `None` when the thread has ended.
    pub(super) async fn ask<T, F>(&self, job: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // A dropped request has nobody who waits any more; its job is done all the same.
            drop(answer.send(job(connection)));
        });
        self.jobs.send(Some(job)).ok()?;
        answered.await.ok()
    }

    /// Does the queued jobs, closes the connection and ends the thread. It blocks.
    pub(super) fn close(&self) {
        drop(self.jobs.send(None));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("a thread of the sandbox's store had panicked");
        }
    }
}

fn work(mut connection: Connection, queue: &Receiver<Option<Job>>) {
    while let Ok(Some(job)) = queue.recv() {
        job(&mut connection);
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "the sandbox's store did not close cleanly");
    }
}
