//! Guesses the encoding of a text file from all of its bytes.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::super::csv::Utf8Check;
use super::super::table::Charset;
use super::Degree;

/// The number of bytes from which the encoding is guessed: one name with an accent may stand far below.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;
/// The characters that are looked at, of those that are no ASCII.
const CHARACTERS_MAX: usize = 20_000;
/// The encodings of one byte a character that are compared, the most likely first.
const LABELS: [&str; 5] = ["windows-1252", "macintosh", "cp850", "cp865", "cp437"];
/// The letters of the languages here.
const LETTERS: &str = "æøåÆØÅäöÄÖüÜßéèêëÉÈàâáíóúçÇñÑïîôûùœŒ";
/// The letters of Norwegian and Danish, which tell most.
const NORDIC: &str = "æøåÆØÅ";
/// The signs that stand between words in such files.
const SIGNS: &str = "–—’‘“”«»…€£§°´´·\u{a0}";

/// An encoding, with a text in which its letters are seen.
pub(super) struct Found {
    pub(super) charset: Charset,
    pub(super) degree: Degree,
    pub(super) example: Option<String>,
}

/// A character that is no ASCII, with those around it.
struct Place {
    before: u8,
    byte: u8,
    behind: u8,
    /// The bytes around it, to be shown.
    around: Vec<u8>,
}

/// Guesses the encoding: by the byte order mark; else UTF-8, if all of the file is; else by what its letters look like.
/// Nothing but the first two is proved.
pub(super) fn guess(mut raw: impl Read) -> io::Result<Found> {
    let proved = |charset| Found { charset, degree: Degree::Proved, example: None };
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut utf8 = Utf8Check::default();
    let mut places = Vec::new();
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
        note(bytes, &mut places);
        if count == 0 {
            break;
        }
    }
    Ok(if utf8.is_well() { proved(Charset::UTF_8) } else { best(&places) })
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

fn note(bytes: &[u8], places: &mut Vec<Place>) {
    const AROUND: usize = 12;
    for (at, &byte) in bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        if places.len() == CHARACTERS_MAX {
            return;
        }
        let other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let line = |byte: &u8| !matches!(byte, b'\r' | b'\n' | b';' | b',' | b'\t' | b'"' | b'|');
        let from = (at.saturating_sub(AROUND)..at).rev().take_while(|&at| line(&bytes[at])).last().unwrap_or(at);
        let to = (at..bytes.len().min(at + AROUND)).take_while(|&at| line(&bytes[at])).last().unwrap_or(at);
        let around = if places.len() < 50 { bytes[from..=to].to_vec() } else { Vec::new() };
        places.push(Place { before: other(at.checked_sub(1)), byte, behind: other(Some(at + 1)), around });
    }
}

fn best(places: &[Place]) -> Found {
    let charset = |label: &str| Charset::for_label(label).expect("the names are known");
    let score = |charset: Charset| -> i64 {
        places.iter().map(|place| fit(decoded(charset, &[place.byte]).chars().next(), place)).sum()
    };
    // The first of equals is taken.
    let best = LABELS.into_iter().map(charset).rev().max_by_key(|charset| score(*charset));
    let charset = best.unwrap_or(Charset::UTF_8);
    let shown = places.iter().find(|place| {
        decoded(charset, &[place.byte]).chars().next().is_some_and(|c| NORDIC.contains(c) || LETTERS.contains(c))
    });
    let example = shown.or(places.first()).map(|place| decoded(charset, &place.around).trim().to_owned());
    Found { charset, degree: Degree::Likely, example }
}

/// Returns the points of a character among those around it.
fn fit(c: Option<char>, place: &Place) -> i64 {
    let Some(c) = c else { return -4 };
    let (before, behind) = (char::from(place.before), char::from(place.behind));
    let is_in_word = before.is_ascii_alphabetic() || behind.is_ascii_alphabetic();
    // A capital behind a small letter is the wrong letter.
    let is_odd_capital = c.is_uppercase() && before.is_ascii_lowercase();
    match c {
        c if is_odd_capital && c.is_alphabetic() => -2,
        c if NORDIC.contains(c) => 4,
        c if LETTERS.contains(c) => 3,
        c if c.is_alphabetic() => -1,
        c if SIGNS.contains(c) && !(before.is_ascii_alphabetic() && behind.is_ascii_alphabetic()) => 1,
        '’' | '\u{a0}' => 1,
        _ if is_in_word => -3,
        _ => -2,
    }
}

fn decoded(charset: Charset, bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = charset.decoder(&[]);
    // A byte that is none of the encoding's characters shows by what is missing.
    let _ = decoder.decode(bytes, &mut text, true);
    text
}
