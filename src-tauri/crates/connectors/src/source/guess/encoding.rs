//! Guesses the encoding of a text file from all of its bytes.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::super::csv::{Letters, Utf8Check};
use super::super::table::Charset;
use super::Degree;

/// The number of bytes from which the encoding is guessed: one name with an accent may stand far below.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;
/// An encoding, with a text in which its letters are seen.
pub(super) struct Found {
    pub(super) charset: Charset,
    pub(super) degree: Degree,
    pub(super) example: Option<String>,
}

/// Guesses the encoding: by the byte order mark; else UTF-8, if all of the file is; else by what its letters look like.
/// Nothing but the first two is proved.
pub(super) fn guess(mut raw: impl Read) -> io::Result<Found> {
    let proved = |charset| Found { charset, degree: Degree::Proved, example: None };
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut utf8 = Utf8Check::default();
    let mut letters = Letters::default();
    let (mut is_first, mut raw) = (true, raw.by_ref().take(BYTES_MAX));
    loop {
        let count = read_full(&mut raw, &mut chunk)?;
        let bytes = &chunk[..count];
        if is_first && let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Ok(proved(Charset::Web(encoding)));
        }
        if is_first && let Some(encoding) = of_two_bytes(bytes) {
            return Ok(Found { degree: Degree::Likely, ..proved(Charset::Web(encoding)) });
        }
        is_first = false;
        utf8.feed(bytes);
        letters.feed(bytes);
        if count == 0 {
            break;
        }
    }
    if utf8.is_well() {
        return Ok(proved(Charset::UTF_8));
    }
    let (charset, example) = letters.best();
    Ok(Found { charset, degree: Degree::Likely, example })
}

/// Reads until the buffer is full or the end is there, so that the first chunk tells all it can.
fn read_full(raw: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match raw.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Returns the encoding of two bytes a character, without a mark: every other byte is zero.
fn of_two_bytes(beginning: &[u8]) -> Option<&'static Encoding> {
    let zeros = |parity: usize| beginning.iter().take(200).skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    if beginning.len() <= 20 || (zeros(1) <= 10 && zeros(0) <= 10) {
        return None;
    }
    Some(if zeros(1) > zeros(0) { UTF_16LE } else { UTF_16BE })
}
