//! Lists the reasons why a sandbox could not start.

use std::net::SocketAddr;
use std::path::PathBuf;

/// The reason why a sandbox could not start. Each sentence names the problem, its place and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// Another program listens at this address.
    #[error("port {} on {} is taken by another program; stop that one, or choose another port (0 takes a free one)", .address.port(), .address.ip())]
    PortTaken {
        /// The requested address.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}; choose another address")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
    /// Another sandbox has the store open.
    #[error("the store {} is open in another sandbox; stop that one, or name another store", .path.display())]
    StoreInUse {
        /// The store.
        path: PathBuf,
    },
    /// The store's file or folder cannot be reached.
    #[error("the store {} cannot be opened: {source}; check the path and its permissions", .path.display())]
    StoreFile {
        /// The store.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
    /// The file exists and is not a sandbox's store.
    #[error("the store {} cannot be read as a sandbox's store: {source}; name another file, or move this one away", .path.display())]
    StoreUnreadable {
        /// The store.
        path: PathBuf,
        /// SQLite's word.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store was written by a newer release.
    #[error("the store {} has format {found}, and this program knows formats up to {known}; use the newer program, or name another store", .path.display())]
    StoreNewer {
        /// The store.
        path: PathBuf,
        /// The format of the store.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// The fault switches cannot be used.
    #[error("the fault switches in {}, line {line}: {reason}; correct that line, or start without the file", .path.display())]
    Faults {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The problem at that line.
        reason: String,
    },
    /// The records cannot be used.
    #[error("the records in {}, {place}: {reason}; correct them, or start without the file for generated records", .path.display())]
    Records {
        /// The file.
        path: PathBuf,
        /// The line or record, in words.
        place: String,
        /// The problem at that place.
        reason: String,
    },
    /// A named file cannot be read.
    #[error("{} cannot be read: {source}; check the path and its permissions", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
}
