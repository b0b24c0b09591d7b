//! Decodes a file's bytes to UTF-8 with one kind of line ends, strictly: bytes that are not of the encoding end the
//! reading.
//!
//! A byte order mark, if there is one, decides the encoding. `\r\n` and a lone `\r` become `\n`, in quoted fields as
//! well, so that lines are counted as an editor counts them. Behind the last line stands [`END`] on a line of its own:
//! a reader that does not meet it as a row of its own has an open quote, which the csv crate would not report.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// The row behind the last one; no file has it by chance.
pub(super) const END: &str = "\u{4}postonce: end of file\u{4}";
/// The largest row, in bytes; behind it, a quote is surely open.
pub(super) const ROW_BYTES_MAX: u64 = 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// The reason why decoding ended, inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeError {
    #[error("line {line} is not of the encoding")]
    Malformed { line: u64 },
    #[error("a row is longer than {ROW_BYTES_MAX} bytes")]
    RowTooLong,
}

/// Counts the decoded bytes handed out since the last row was completed; the reader of rows sets it back.
pub(super) type RowBytes = Arc<AtomicU64>;

pub(super) struct Decoding<R> {
    raw: BufReader<R>,
    decoder: Decoder,
    /// Decoded text not yet handed out, from `taken` on.
    text: Vec<u8>,
    taken: usize,
    /// Whether the last character was `\r`, whose `\n` may still come.
    after_cr: bool,
    /// Whether the last character ended a line.
    at_line_start: bool,
    line: u64,
    is_over: bool,
    row_bytes: RowBytes,
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(raw: R, encoding: &'static Encoding, row_bytes: RowBytes) -> Self {
        Self {
            raw: BufReader::with_capacity(CHUNK_BYTES, raw),
            decoder: encoding.new_decoder(),
            text: Vec::new(),
            taken: 0,
            after_cr: false,
            at_line_start: true,
            line: 1,
            is_over: false,
            row_bytes,
        }
    }

    /// Decodes the next chunk into `text`.
    fn refill(&mut self) -> io::Result<()> {
        use std::io::BufRead as _;

        self.text.clear();
        self.taken = 0;
        let chunk = self.raw.fill_buf()?;
        let last = chunk.is_empty();
        let mut decoded = vec![0; CHUNK_BYTES];
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(chunk, &mut decoded, last);
        self.raw.consume(read);
        self.take_over(&decoded[..written]);
        match result {
            DecoderResult::Malformed(..) => Err(io::Error::other(DecodeError::Malformed { line: self.line })),
            DecoderResult::InputEmpty if last => {
                self.end();
                Ok(())
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }

    fn take_over(&mut self, decoded: &[u8]) {
        for &byte in decoded {
            let follows_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            if byte == b'\n' && follows_cr {
                continue;
            }
            let byte = if byte == b'\r' { b'\n' } else { byte };
            self.at_line_start = byte == b'\n';
            self.line += u64::from(self.at_line_start);
            self.text.push(byte);
        }
    }

    fn end(&mut self) {
        self.is_over = true;
        if !self.at_line_start {
            self.text.push(b'\n');
        }
        self.text.extend_from_slice(END.as_bytes());
        self.text.push(b'\n');
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.is_over {
            self.refill()?;
        }
        let count = out.len().min(self.text.len() - self.taken);
        if self.row_bytes.fetch_add(count as u64, Ordering::Relaxed) > ROW_BYTES_MAX {
            return Err(io::Error::other(DecodeError::RowTooLong));
        }
        out[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
