//! Names the files in which vouchers are handed over.
//!
//! Invariant: the number of a file and the digest of its bytes say together which file is meant. Numbers have no gaps,
//! and each file names the digest of the one before it.

use super::FileDigest;

/// A file of vouchers, as the ledger has it before anything of it lies anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// The number, from 1.
    pub number: u32,
    /// The number as people read it: `2026-0007`.
    pub label: String,
    /// The name under which it is delivered.
    pub file_name: String,
    /// The digest of its bytes.
    pub digest: FileDigest,
    /// The digest of the file before it; `None` for the first.
    pub predecessor: Option<FileDigest>,
    /// The ledger that numbers it.
    pub ledger_id: String,
}

/// The proof that a file was handed over: the very file, by number and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSeal {
    /// The number of the file.
    pub number: u32,
    /// The digest of its bytes.
    pub digest: FileDigest,
}

impl SealedFile {
    /// Returns the proof of its hand-over.
    pub fn seal(&self) -> FileSeal {
        FileSeal { number: self.number, digest: self.digest }
    }
}

/// The reason why no faithful row of a file can be made of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileRefusal {
    /// The encoding of the format lacks a letter.
    Letter {
        /// The letter, and its code point.
        letter: String,
        /// The encoding.
        encoding: String,
    },
    /// A content has more characters than its field.
    TooLong {
        /// The characters of the content.
        found: usize,
        /// Those of the field.
        length_max: usize,
    },
    /// Anything else, in the words of the format.
    Other {
        /// The words.
        detail: String,
    },
}
