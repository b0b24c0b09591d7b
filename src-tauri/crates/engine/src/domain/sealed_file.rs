//! Names the files in which vouchers are handed over.
//!
//! Invariant: the number of a file and the digest of its bytes say together which file is meant. Numbers have no gaps,
//! and each file names the digest of the one before it.

use std::fmt;

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// Returns the digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Wraps a digest as the ledger keeps it; returns `None` for another number of bytes than 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads 64 hexadecimal digits; returns `None` for anything else.
    pub fn from_hex(digits: &str) -> Option<Self> {
        hex::decode(digits).ok().and_then(|bytes| Self::from_bytes(&bytes))
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

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
