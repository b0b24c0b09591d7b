//! Holds the choices that a sandbox takes at its start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use chrono::NaiveDate;

/// The choices that a sandbox takes at its start. The default is a free port, a temporary store, no faults and 200
/// records.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one, which [`Sandbox::address`](crate::Sandbox::address) then
    /// names.
    pub address: SocketAddr,
    /// The SQLite file that keeps everything; it is made when it is missing. `None`: a temporary one, gone at the stop.
    pub store: Option<PathBuf>,
    /// A TOML file of fault switches, read once at the start.
    pub faults: Option<PathBuf>,
    /// The platform's records, as `.json` (the protocol's shape) or `.csv` (the practice shape). `None`: generated.
    pub records: Option<PathBuf>,
    /// The organisation whose books these are.
    pub organisation: Organisation,
    /// The seed of the generated records; the same seed gives the same records.
    pub practice_seed: u64,
    /// The number of records to generate.
    pub practice_count: usize,
    /// The day the generated records lead up to. `None`: the day on which the store was made.
    pub practice_newest: Option<NaiveDate>,
}

/// The organisation whose books the sandbox keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The scope of the lock and of the references.
    pub id: String,
    /// The name, as shown to people.
    pub name: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            store: None,
            faults: None,
            records: None,
            organisation: Organisation::default(),
            practice_seed: 1,
            practice_count: 200,
            practice_newest: None,
        }
    }
}

impl Default for Organisation {
    fn default() -> Self {
        Self { id: "practice".to_owned(), name: "Øvingsorganisasjonen".to_owned() }
    }
}
