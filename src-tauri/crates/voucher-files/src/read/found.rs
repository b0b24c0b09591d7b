//! The vouchers of a book, and what the file says about itself.

use std::io::BufRead;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::error::{Fault, Place, ReadError};
use super::{datev, input, saft, sie, table};
use crate::format::template::Template;

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

/// The facts that a file states about itself at its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileHead {
    /// The name of the company.
    pub company_name: Option<String>,
    /// Its number in the register; in DATEV the numbers of adviser and client.
    pub organisation_number: Option<String>,
    /// The dates or periods that were selected.
    pub selection: Option<Selection>,
    /// Criteria that narrow the selection further, as they stand there.
    pub narrowed_by: Vec<String>,
    /// The day on which the file was made. No more is known of the time.
    pub made_on: Option<NaiveDate>,
    /// The program that made it.
    pub program: Option<String>,
    /// The version of that program.
    pub program_version: Option<String>,
    /// The version of the format.
    pub format_version: Option<String>,
    /// The currency of the amounts.
    pub currency: Option<String>,
}

/// The part of the books that a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// From one day to another, both within.
    Dates {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
    /// From one period to another, each as year and number, both within. A period is a month of the calendar, unless the
    /// vouchers show that it is not ([`FileEnd::periods_are_months`]).
    Periods {
        /// The first period.
        from: (i32, u32),
        /// The last period; above 12 for those of the year's closing.
        to: (i32, u32),
    },
}

impl Selection {
    /// Says whether a voucher of this date lies within.
    pub fn has(&self, date: NaiveDate) -> bool {
        match *self {
            Self::Dates { from, to } => (from..=to).contains(&date),
            Self::Periods { from, to } => (from..=to).contains(&(date.year(), date.month())),
        }
    }
}

/// A voucher that stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundVoucher {
    /// The journal or series, if the file has such.
    pub series: Option<String>,
    /// The voucher number. It is empty where a table has no column for it.
    pub number: String,
    /// The date.
    pub date: NaiveDate,
    /// The texts of the voucher as a whole.
    pub texts: Vec<String>,
    /// The ids that the system gave it besides its number.
    pub source_ids: Vec<String>,
    /// The lines, in the order of the file.
    pub lines: Vec<FoundLine>,
    /// The standing of the voucher.
    pub standing: Standing,
}

/// A line of a voucher in the books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundLine {
    /// The account.
    pub account: String,
    /// The amount in the book's currency, debit positive.
    pub amount: Decimal,
    /// The number or name of customer or supplier.
    pub party: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Other fields of the line in which a reference may stand.
    pub references: Vec<String>,
}

/// The standing of a voucher in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is posted.
    Posted,
    /// It may still be changed.
    Open,
    /// The file does not say.
    Unstated,
}

/// The facts that are known when a file has been read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEnd {
    /// The vouchers that were read.
    pub vouchers: u64,
    /// The lines that were read.
    pub lines: u64,
    /// True if the format shows that nothing is cut off behind the last voucher.
    pub is_shown: bool,
    /// False if the file states sums and its vouchers have others: it is then not all of the books.
    pub sums_agree: bool,
    /// False if a voucher stands in a period that is not the month of its date.
    pub periods_are_months: bool,
}

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

/// A reader of one kind of file.
pub(super) trait Source {
    /// Returns the head, as far as it is known.
    fn head(&self) -> &FileHead;

    /// Returns the next voucher; `None` at the end of a whole file.
    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError>;

    /// Returns what the end of the file says of it, without the counts.
    fn end(&self) -> FileEnd;
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
