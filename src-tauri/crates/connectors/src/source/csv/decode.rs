//! Decodes a file's bytes into lines, strictly: bytes that are not of the encoding end the reading, and so does a file
//! whose bytes are plainly of another one.
//!
//! `\n`, `\r\n` and a lone `\r` end a line, in quoted cells as well, so that lines are counted as an editor counts them.

use std::io::{self, BufRead as _, BufReader, Read};

use super::super::table::{Charset, Decoder};
use super::letters::Letters;
use super::utf8::Utf8Check;

/// The largest row, in bytes; behind it, a quote is surely open.
pub(super) const ROW_BYTES_MAX: usize = 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// The reason why decoding ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeError {
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    #[error("line {line} is not of the encoding")]
    Malformed { line: u64 },
    #[error("the file is of UTF-8, as line {line} shows")]
    IsUtf8 { line: u64 },
    #[error("the file is of {likely}, as line {line} shows")]
    IsOf { likely: &'static str, line: u64 },
    #[error("a line is longer than {ROW_BYTES_MAX} bytes")]
    LineTooLong,
}

/// The end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// It ends as a line does.
    Whole,
    /// The file ends within it.
    OfFile,
}

pub(super) struct DecodedLines<R> {
    raw: BufReader<R>,
    decoder: Decoder,
    /// Decoded text, handed out up to `taken`.
    text: String,
    taken: usize,
    /// Whether the last line ended with `\r`, whose `\n` may still come.
    after_cr: bool,
    is_over: bool,
    /// The number of lines that were handed out.
    line: u64,
    /// The check for UTF-8, where the file is said to be of an encoding in which UTF-8 could be read as well.
    utf8: Option<Utf8Check>,
    /// The letters, where the file is said to be of an encoding in which others could be read as well.
    letters: Letters,
    charset: Charset,
    /// The first line with a character beyond ASCII.
    foreign_line: Option<u64>,
}

impl<R: Read> DecodedLines<R> {
    pub(super) fn new(raw: R, charset: Charset) -> io::Result<Self> {
        let mut raw = BufReader::with_capacity(CHUNK_BYTES, raw);
        let beginning = raw.fill_buf()?;
        let decoder = charset.decoder(beginning);
        let has_mark = encoding_rs::Encoding::for_bom(beginning).is_some();
        Ok(Self {
            raw,
            decoder,
            text: String::new(),
            taken: 0,
            after_cr: false,
            is_over: false,
            line: 0,
            utf8: (charset.is_single_byte() && !has_mark).then(Utf8Check::default),
            letters: Letters::default(),
            charset,
            foreign_line: None,
        })
    }

    /// Returns the first bytes of the file, before the first line is read.
    pub(super) fn beginning(&mut self) -> io::Result<&[u8]> {
        self.raw.fill_buf()
    }

    /// Puts the next line behind `out`, without its end; `None` behind the last.
    pub(super) fn next(&mut self, out: &mut String) -> Result<Option<LineEnd>, DecodeError> {
        let before = out.len();
        let mut is_begun = false;
        loop {
            if self.taken == self.text.len() {
                if self.is_over {
                    self.note_foreign(&out[before..], self.line + 1);
                    self.check_end()?;
                    return Ok(is_begun.then_some(LineEnd::OfFile));
                }
                self.refill()?;
                continue;
            }
            if std::mem::take(&mut self.after_cr) && self.text.as_bytes()[self.taken] == b'\n' {
                self.taken += 1;
                continue;
            }
            let rest = &self.text[self.taken..];
            let end = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r'));
            out.push_str(&rest[..end.unwrap_or(rest.len())]);
            is_begun |= !rest.is_empty();
            if out.len() - before > ROW_BYTES_MAX {
                return Err(DecodeError::LineTooLong);
            }
            match end {
                None => self.taken = self.text.len(),
                Some(end) => {
                    self.after_cr = rest.as_bytes()[end] == b'\r';
                    self.taken += end + 1;
                    self.line += 1;
                    self.note_foreign(&out[before..], self.line);
                    return Ok(Some(LineEnd::Whole));
                }
            }
        }
    }

    fn note_foreign(&mut self, text: &str, line: u64) {
        if self.foreign_line.is_none() && !text.is_ascii() {
            self.foreign_line = Some(line);
        }
    }

    /// Decodes the next chunk into `text`, all of which was handed out.
    fn refill(&mut self) -> Result<(), DecodeError> {
        self.text.clear();
        self.taken = 0;
        let chunk = self.raw.fill_buf()?;
        let last = chunk.is_empty();
        let Ok(read) = self.decoder.decode(chunk, &mut self.text, last) else {
            let ends = self.text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u64;
            return Err(DecodeError::Malformed { line: self.line + ends + 1 });
        };
        if let Some(utf8) = &mut self.utf8 {
            utf8.feed(&chunk[..read]);
            self.letters.feed(&chunk[..read]);
        }
        self.raw.consume(read);
        self.is_over = last;
        Ok(())
    }

    /// Checks, at the end, whether every character beyond ASCII was one of UTF-8: in any other encoding, that does not
    /// happen by chance. Nor do words of letters in one encoding, and of signs in the one that the file is said to be.
    fn check_end(&self) -> Result<(), DecodeError> {
        let (Some(utf8), Some(line)) = (&self.utf8, self.foreign_line) else { return Ok(()) };
        if utf8.is_well() {
            return Err(DecodeError::IsUtf8 { line });
        }
        self.letters.other_than(self.charset).map_or(Ok(()), |likely| Err(DecodeError::IsOf { likely, line }))
    }
}
