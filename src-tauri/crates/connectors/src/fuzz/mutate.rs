//! Changes inputs at random: bytes, pieces, and the words of the formats that are read here.

use std::hash::{BuildHasher as _, Hasher as _};

use super::INPUT_BYTES_MAX;

/// The largest number of changes to one input.
const CHANGES_MAX: u64 = 6;

/// Words that a format may stumble over, in any of the formats.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e400",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"9007199254740993",
    b"0.1",
    b"\"\"",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"{}",
    b"[]",
    b"[[[[[[[[",
    b"{\"a\":",
    b"\"412.00\"",
    b"\"a\"",
    b"\"b\"",
    b"\"created\"",
    b"\"exists\"",
    b"\"refused\"",
    b"\"staged\"",
    b"\"posted\"",
    b"\"voided\"",
    b"\"V-1\"",
    b"\"..\"",
    b"\"voucher_id\":",
    b"\"reference\":",
    b"\"status\":",
    b"\"state\":",
    b"\"draft_id\":",
    b"\"type\":",
    b"lock-lost",
    b"draft-unknown",
    b"2026-02-30",
    b"0000-00-00",
    b"+262142-12-31T23:59:59Z",
    b"9999-12-31",
    b"\r\n",
    b"\n",
    b";",
    b"\"",
    b"\"\"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe5",
    b"\xc2\xa0",
    b"\xe2\x80\xaf",
    b"=",
    b"[",
    b"]",
    b"''",
    b"\"\"\"",
    b"#",
    b"1.249,50",
    b"1 249",
    b"-",
    b"NOK",
    b"XXX",
    b"BHD",
    b"%Y",
    b"http://127.0.0.1",
    b"https://",
];

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number less than `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.next().checked_rem(end).unwrap_or(0)).unwrap_or(0)
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Returns a seed that nobody chose; it is printed.
pub(super) fn any_seed() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// Returns one seed of the corpus, changed a few times.
pub(super) fn changed(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = random.pick(corpus).clone();
    for _ in 0..=random.next() % CHANGES_MAX {
        change(random, &mut input, corpus);
        input.truncate(INPUT_BYTES_MAX);
    }
    input
}

fn change(random: &mut Random, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let end = (at + 1 + random.below(16)).min(input.len());
    match random.below(10) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => input.truncate(at),
        2 => drop(input.drain(at..end.max(at))),
        3 => insert(input, at, random.pick::<&[u8]>(WORDS)),
        4 => {
            let piece = input[at.min(end)..end].to_vec();
            let times = 1 + random.below(200);
            insert(input, at, &piece.repeat(times));
        }
        5 => {
            let other = random.pick(corpus);
            let from = random.below(other.len() + 1);
            let piece = other[from..(from + random.below(200)).min(other.len())].to_vec();
            insert(input, at, &piece);
        }
        6 => replace_value(random, input, at),
        7 => insert(input, at, &vec![b'['; 1 + random.below(4_000)]),
        8 => swap_lines(random, input),
        _ => {
            let bytes: Vec<u8> = (0..random.below(8)).map(|_| random.next().to_le_bytes()[0]).collect();
            insert(input, at, &bytes);
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

/// Replaces the value behind the next colon or equals sign by another word.
fn replace_value(random: &mut Random, input: &mut Vec<u8>, at: usize) {
    let is_sign = |byte: &u8| matches!(byte, b':' | b'=' | b';');
    let Some(sign) = input[at..].iter().position(is_sign).map(|found| at + found + 1) else { return };
    let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'\n' | b';');
    let end = input[sign..].iter().position(is_end).map_or(input.len(), |found| sign + found);
    let word = random.pick::<&[u8]>(WORDS);
    input.splice(sign..end, word.iter().copied());
}

fn swap_lines(random: &mut Random, input: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = input.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    lines.swap(one, other);
    *input = lines.join(&b'\n');
}
