//! Runs a sandbox: its start, its address, its stop.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, RwLock};

use chrono::NaiveDate;
use tokio::net::TcpListener;

use crate::app::{App, Running};
use crate::clock::{Clock, parse_date};
use crate::connections::{Tasks, serve};
use crate::error::SandboxError;
use crate::faults::Faults;
use crate::options::Options;
use crate::platform::Platform;
use crate::router::router;
use crate::store::{CLOCK_SHIFT_SECONDS, CLOSED_THROUGH, PRACTICE_NEWEST, Store, read_setting, write_setting};

/// A running sandbox. Dropping it ends it at once; [`Sandbox::stop`] lets it finish what is under way.
pub struct Sandbox {
    address: SocketAddr,
    app: Arc<App>,
}

/// Starts a sandbox and returns once it answers.
///
/// # Errors
/// [`SandboxError`] when the port is taken, or the store, the fault switches or the records cannot be used.
pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
    let faults = Faults::open(options.faults.as_deref())?;
    let listener = listen(options.address).await?;
    let address = listener.local_addr().map_err(|source| SandboxError::Listen { address: options.address, source })?;
    let store = Store::open(options.store.as_deref())?;
    let clock = Clock::default();
    let kept = KeptSettings::read(&store, options.practice_newest, clock.now().date()).await;
    let platform = Platform::open(&options, kept.practice_newest)?;
    clock.shift_to(kept.clock_shift_seconds);
    let app = Arc::new(App {
        organisation: options.organisation,
        store,
        clock,
        faults,
        platform,
        tasks: Tasks::default(),
        closed_through: RwLock::new(kept.closed_through),
        dimensions: RwLock::default(),
        being_edited: RwLock::default(),
        receipts: RwLock::default(),
        running: Running::default(),
        requests: AtomicU64::new(0),
        voucher_requests: AtomicU64::new(0),
        draft_requests: AtomicU64::new(0),
    });
    app.tasks.spawn(serve(listener, router(Arc::clone(&app)), app.tasks.clone()));
    tracing::info!(%address, "the sandbox answers");
    Ok(Sandbox { address, app })
}

impl Sandbox {
    /// Returns the address it listens on, with the port it really has.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base address of every call, such as `http://127.0.0.1:4010`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests, lets those under way finish for at most three seconds, and closes the store.
    pub async fn stop(self) {
        self.app.tasks.stop().await;
        let app = Arc::clone(&self.app);
        if tokio::task::spawn_blocking(move || app.store.close()).await.is_err() {
            tracing::error!("the sandbox's store could not be closed");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.app.tasks.kill();
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, SandboxError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => SandboxError::PortTaken { address },
        _ => SandboxError::Listen { address, source },
    })
}

/// The settings that an earlier run left in the store.
struct KeptSettings {
    clock_shift_seconds: i64,
    closed_through: Option<NaiveDate>,
    practice_newest: NaiveDate,
}

impl KeptSettings {
    /// Reads the settings. The generated records must be the same after a restart on another day, so their newest day
    /// is kept.
    async fn read(store: &Store, wished_newest: Option<NaiveDate>, today: NaiveDate) -> Self {
        let read = store.write(move |tx| {
            let kept_newest = read_setting(tx, PRACTICE_NEWEST)?.as_deref().and_then(parse_date);
            let practice_newest = wished_newest.or(kept_newest).unwrap_or(today);
            write_setting(tx, PRACTICE_NEWEST, Some(&practice_newest.to_string()))?;
            let shift = read_setting(tx, CLOCK_SHIFT_SECONDS)?;
            let closed = read_setting(tx, CLOSED_THROUGH)?;
            Ok(Self {
                clock_shift_seconds: shift.and_then(|seconds| seconds.parse().ok()).unwrap_or(0),
                closed_through: closed.as_deref().and_then(parse_date),
                practice_newest,
            })
        });
        // A store that was opened a moment ago and fails now will report it again, at every call.
        let practice_newest = wished_newest.unwrap_or(today);
        read.await.unwrap_or(Self { clock_shift_seconds: 0, closed_through: None, practice_newest })
    }
}
