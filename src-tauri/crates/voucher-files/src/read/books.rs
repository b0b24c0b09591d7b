//! Opens a file by its kind, and gives its vouchers one after the other.

use std::io::BufRead;

use super::error::{Fault, Place, ReadError};
use super::found::{FileEnd, FileHead, FoundVoucher, Source};
use super::{datev, input, saft, sie, table};
use crate::format::template::Template;

/// The books of a file, voucher by voucher. Nothing follows an error.
pub struct Books<'r> {
    kind: FileKind,
    source: Box<dyn Source + 'r>,
    vouchers: u64,
    lines: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    Failed,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// SAF-T Financial, which each Norwegian system must hand out.
    Saft,
    /// SIE, type 4.
    Sie,
    /// DATEV's batch of postings.
    Datev,
    /// A table as described.
    Table,
}

impl FileKind {
    /// Returns the kind of a file with this beginning; `None` for none that can be told. A table cannot.
    pub fn of(head: &[u8]) -> Option<Self> {
        let text = head.strip_prefix(crate::letters::UTF8_MARK).unwrap_or(head).trim_ascii_start();
        let is_wide_xml =
            [&b"\xff\xfe<\0"[..], b"\xfe\xff\0<", b"<\0", b"\0<"].iter().any(|mark| head.starts_with(mark));
        let is_datev = [&b"\"EXTF\""[..], b"EXTF;", b"\"DTVF\"", b"DTVF;"].iter().any(|mark| text.starts_with(mark));
        if text.starts_with(b"<") || is_wide_xml {
            Some(Self::Saft)
        } else if text.starts_with(b"#") {
            Some(Self::Sie)
        } else if is_datev {
            Some(Self::Datev)
        } else {
            None
        }
    }
}

/// The way to read a file.
#[derive(Debug, Clone, Copy)]
pub enum ReadAs<'t> {
    /// By its first bytes: SAF-T, SIE or DATEV.
    Detected,
    /// As a table.
    Table(&'t Template),
}

impl<'r> Books<'r> {
    /// Opens a file and reads its head.
    ///
    /// # Errors
    /// If it is of another kind, compressed, cut off, or its head cannot be read.
    pub fn open(input: Box<dyn BufRead + 'r>, read_as: ReadAs<'r>) -> Result<Self, ReadError> {
        let (head, whole) = input::peeked(input)?;
        if let Some(fault) = input::fault_of(&head) {
            return Err(fault.at(Place::default()));
        }
        let (kind, source): (FileKind, Box<dyn Source + 'r>) = match read_as {
            ReadAs::Table(template) => (FileKind::Table, Box::new(table::TableSource::open(whole, template)?)),
            ReadAs::Detected => match FileKind::of(&head) {
                Some(FileKind::Saft) => (FileKind::Saft, Box::new(saft::SaftSource::open(&head, whole)?)),
                Some(FileKind::Sie) => (FileKind::Sie, Box::new(sie::SieSource::open(whole)?)),
                Some(FileKind::Datev) => (FileKind::Datev, Box::new(datev::DatevSource::open(whole)?)),
                Some(FileKind::Table) | None => {
                    return Err(Fault::WrongKind { expected: "SAF-T, SIE or DATEV file" }.at(Place::default()));
                }
            },
        };
        Ok(Self { kind, source, vouchers: 0, lines: 0, state: State::Reading })
    }

    /// Returns the kind of the file.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Returns what the file says about itself. It is complete from the beginning.
    pub fn head(&self) -> &FileHead {
        self.source.head()
    }

    /// Returns the end, once the file has been read to it; `None` before, and after an error.
    pub fn end(&self) -> Option<FileEnd> {
        let counted = FileEnd { vouchers: self.vouchers, lines: self.lines, ..self.source.end() };
        (self.state == State::Ended).then_some(counted)
    }
}

impl Iterator for Books<'_> {
    type Item = Result<FoundVoucher, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state != State::Reading {
            return None;
        }
        match self.source.next_voucher() {
            Ok(Some(voucher)) => {
                self.vouchers += 1;
                self.lines += voucher.lines.len() as u64;
                Some(Ok(voucher))
            }
            Ok(None) => {
                self.state = State::Ended;
                None
            }
            Err(error) => {
                self.state = State::Failed;
                Some(Err(error))
            }
        }
    }
}
