//! The bytes of a file: their kind, and a bound on how many of them one item may take.

use std::io::{self, BufRead, Chain, Cursor, Read};

use super::error::{Fault, Place, ReadError};
use crate::letters::UTF8_MARK;

/// The bytes from which the kind of a file is told.
const HEAD_MAX: u64 = 1024;

/// The bytes of one item (a tag, a text, a row) at most.
pub(super) const ITEM_MAX: usize = 1024 * 1024;

/// A file, put together again behind its first bytes.
pub(super) type Whole<'r> = Chain<Cursor<Vec<u8>>, Box<dyn BufRead + 'r>>;

/// Returns the first bytes of a file, and the file as if nothing had been read.
pub(super) fn peeked<'r>(mut input: Box<dyn BufRead + 'r>) -> Result<(Vec<u8>, Whole<'r>), ReadError> {
    let mut head = Vec::new();
    let result = (&mut input).take(HEAD_MAX).read_to_end(&mut head);
    result.map_err(|error| Fault::Io(error.to_string()).at(Place::default()))?;
    Ok((head.clone(), Cursor::new(head).chain(input)))
}

/// Says why a file of this beginning is none that is read, whatever was asked for.
pub(super) fn fault_of(head: &[u8]) -> Option<Fault> {
    const COMPRESSED: [&[u8]; 6] =
        [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0"];
    if head.is_empty() || head == UTF8_MARK {
        Some(Fault::Empty)
    } else if COMPRESSED.iter().any(|magic| head.starts_with(magic)) {
        Some(Fault::Compressed)
    } else {
        None
    }
}

/// A reader that gives up when one item takes more than [`ITEM_MAX`] bytes. Whoever reads says when an item begins.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, left: ITEM_MAX }
    }

    pub(super) fn begin_item(&mut self) {
        self.left = ITEM_MAX;
    }

    /// Says whether an error that has come up is due to the bound.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("an item is too long"));
        }
        let bytes = self.inner.fill_buf()?;
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let amount = bytes.len().min(into.len());
        into[..amount].copy_from_slice(&bytes[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}
