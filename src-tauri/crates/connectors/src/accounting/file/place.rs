//! The place into which files are delivered: a folder, on this machine or a server, with few operations.
//!
//! Invariant: [`Place::move_new`] never replaces what stands under the new name, and a file that was moved is no longer
//! under the old one. On that rests that a file is delivered once: what still lies under its old name was never
//! delivered, and what does not was.

use async_trait::async_trait;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;

/// A place for files. Names are relative to it, with `/` between folders.
#[async_trait]
pub(super) trait Place: Send + Sync {
    /// Returns the address, for people.
    fn address(&self) -> &str;

    /// Says whether the place is there.
    async fn is_there(&self) -> Result<bool, PlaceError>;

    /// Returns the names in a folder, sorted; none if the folder is not there.
    async fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError>;

    /// Returns the bytes of a file; `None` if there is none.
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, PlaceError>;

    /// Makes a folder, if it is not there.
    async fn make_folder(&self, name: &str) -> Result<(), PlaceError>;

    /// Makes a file with these bytes, or replaces the one that is there; on the disk when this returns.
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError>;

    /// Makes a file with these bytes, or replaces the one that is there, in one step: it is never half there.
    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError>;

    /// Writes these bytes into a file that is there; returns `false`, and makes none, if there is none.
    async fn write_into(&self, name: &str, bytes: Vec<u8>) -> Result<bool, PlaceError>;

    /// Moves a file, or a folder with what is in it, to a name under which nothing stands; on the disk when this
    /// returns.
    async fn move_new(&self, from: &str, to: &str) -> Result<Moved, PlaceError>;

    /// Removes a file; returns `false` if there is none.
    async fn remove(&self, name: &str) -> Result<bool, PlaceError>;

    /// Removes a folder if it is empty, and says nothing of it otherwise.
    async fn remove_empty(&self, name: &str) -> Result<(), PlaceError>;

    /// Lets a delivered file be read by those who may read the place.
    async fn open_like_place(&self, _name: &str) -> Result<(), PlaceError> {
        Ok(())
    }
}

/// The result of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It stands under the new name, and no longer under the old one.
    Done,
    /// Something else stands under the new name.
    Taken,
    /// There is nothing under the old name.
    Missing,
}

/// The reason why a place did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlaceError {
    /// It is not there, or could not be reached. Nothing was done.
    Away(Problem),
    /// It says no, or is full. Nothing was done.
    No(Problem),
    /// Nothing is known of what was done.
    Unknown(Problem),
}

impl PlaceError {
    /// Returns the conclusion for a call that changed nothing before.
    pub(super) fn before(self) -> CallError {
        match self {
            Self::Away(problem) => CallError::NotSent(problem),
            Self::No(problem) | Self::Unknown(problem) => refused(problem),
        }
    }

    /// Returns the conclusion for a call that may have delivered something.
    pub(super) fn after(self) -> CallError {
        match self {
            Self::Away(problem) | Self::No(problem) | Self::Unknown(problem) => CallError::Unknown(problem),
        }
    }
}

/// Returns a refusal in the place's own words: nothing was delivered.
pub(super) fn refused(problem: Problem) -> CallError {
    let detail = problem.params.get("detail").cloned().unwrap_or_default();
    let refusal = postonce_engine::domain::Refusal::new(problem.code.as_str(), detail);
    CallError::Refused { problem, refusal, too_large: false }
}
