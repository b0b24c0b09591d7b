//! Runs the real engine, ledger and recovery in a made-up world: virtual time, a network that loses and repeats,
//! machines that sleep and die, clocks that jump, ledgers that vanish. Everything follows from one number, the seed.
//!
//! The checker counts in the books of the simulated accounting system, never in the ledger.

mod books;
mod checker;
mod connector;
mod dice;
mod director;
mod machine;
mod network;
mod options;
mod person;
mod planted;
mod platform;
mod process;
mod rows;
mod timeline;
mod trace;
mod world;

use std::path::Path;

use postonce_engine::domain::Protection;

pub use books::{Broken, LockKind};
pub use planted::Planted;
pub use world::Figures;

/// One world to live through.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// The seed, from which everything follows.
    pub seed: u64,
    /// The protection of the accounting system; drawn from the seed when `None`.
    pub protection: Option<Protection>,
    /// The lock of the accounting system; drawn from the seed when `None`.
    pub lock: Option<LockKind>,
    /// True: a world at the edges, in which the source, what stands between, and the accounting system itself are not
    /// what they seem.
    pub edges: bool,
    /// The bug that is planted, to see whether it is found.
    pub planted: Planted,
    /// True: everything that happens is printed.
    pub aloud: bool,
}

impl Ask {
    /// Asks for this seed, whatever it brings, in silence.
    pub fn seed(seed: u64) -> Self {
        Self { seed, protection: None, lock: None, edges: false, planted: Planted::Nothing, aloud: false }
    }
}

/// The result of a world.
#[derive(Debug, Clone)]
pub struct WorldResult {
    /// The seed.
    pub seed: u64,
    /// The protection of its accounting system.
    pub protection: Protection,
    /// The lock of its accounting system.
    pub lock: LockKind,
    /// The promises that were broken, in the order in which that was noticed.
    pub broken: Vec<Broken>,
    /// The number of events of each kind.
    pub figures: Figures,
    /// The hash of everything that happened: equal for two runs of the same seed.
    pub trace: u64,
}

/// Lives through one world.
///
/// # Panics
/// Panics when the real machine has no temporary folder, or no memory for a runtime.
pub fn live(ask: Ask) -> WorldResult {
    let shared_memory = Path::new("/dev/shm");
    let folder = match tempfile::Builder::new().prefix("postonce-").tempdir_in(shared_memory) {
        Ok(folder) => folder,
        Err(_) => tempfile::tempdir().expect("the machine has a temporary folder"),
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime without threads can be made");
    runtime.block_on(director::direct(ask, folder.path()))
}
