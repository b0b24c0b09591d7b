//! The real engine, ledger and recovery in a made-up world: virtual time, a network that loses and repeats, machines that
//! sleep and die, clocks that jump, ledgers that vanish. Everything follows from one number, the seed.
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
    /// From which everything follows.
    pub seed: u64,
    /// How the accounting system protects; drawn from the seed where `None`.
    pub protection: Option<Protection>,
    /// Whether it has a lock; drawn from the seed where `None`.
    pub lock: Option<LockKind>,
    /// A bug, to see whether it is found.
    pub planted: Planted,
    /// Whether everything that happens is printed.
    pub aloud: bool,
}

impl Ask {
    /// This seed, whatever it brings, in silence.
    pub fn seed(seed: u64) -> Self {
        Self { seed, protection: None, lock: None, planted: Planted::Nothing, aloud: false }
    }
}

/// What came of a world.
#[derive(Debug, Clone)]
pub struct Lived {
    /// The seed.
    pub seed: u64,
    /// How its accounting system protected.
    pub protection: Protection,
    /// Whether it had a lock.
    pub lock: LockKind,
    /// The promises that were broken, in the order in which it was noticed.
    pub broken: Vec<Broken>,
    /// What happened how often.
    pub figures: Figures,
    /// Of everything that happened: equal for two runs of the same seed.
    pub trace: u64,
}

/// Lives through one world.
///
/// # Panics
/// When the machine that it really runs on has no temporary folder, or no memory for a runtime.
pub fn live(ask: Ask) -> Lived {
    let shared_memory = Path::new("/dev/shm");
    let folder = match tempfile::Builder::new().prefix("postonce-").tempdir_in(shared_memory) {
        Ok(folder) => folder,
        Err(_) => tempfile::tempdir().expect("the machine has a temporary folder"),
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime without threads can be made");
    runtime.block_on(director::direct(ask, folder.path()))
}
