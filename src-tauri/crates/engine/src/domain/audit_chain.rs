//! Makes the bytes of the audit trail: those that an entry's hash covers, and those that a head's signature covers.
//!
//! `docs/audit-trail.md` says the same for the author of another verifier. Invariant: two different entries never have
//! the same bytes. Each value is a tag, a length and its bytes, in a fixed order; the first bytes name format, purpose
//! and version, so that a hash or signature of one purpose never passes for one of another.

use std::fmt;

use sha2::{Digest, Sha256};

/// The beginning of an entry's bytes.
pub const ENTRY_PREFIX: &[u8] = b"postonce audit entry 1\n";
/// The beginning of the bytes that are signed.
pub const HEAD_PREFIX: &[u8] = b"postonce audit head 1\n";

/// The length of a hash, in bytes.
pub const HASH_BYTES: usize = 32;

/// A hash of the chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; HASH_BYTES]);

impl ChainHash {
    /// The hash that stands before the first entry.
    pub const NONE: Self = Self([0; HASH_BYTES]);

    pub(super) const fn of(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// Makes a hash of the ledger's bytes; returns `None` unless there are 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads 64 hexadecimal digits, upper or lower case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; HASH_BYTES];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Self(bytes))
    }

    /// Returns the hash's bytes.
    pub fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }
}

/// Writes 64 hexadecimal digits, lower case.
impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainHash({self})")
    }
}

/// A value of a column exactly as the ledger holds it. A text need not be UTF-8 here: somebody may have damaged it.
/// The order is that of SQLite's keys, none of which is a floating-point number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// No value, which differs from an empty text.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text's bytes.
    Text(Vec<u8>),
    /// The bytes of a blob.
    Blob(Vec<u8>),
    /// A floating-point number, by its bits. The ledger never writes one; somebody else may have.
    Real(u64),
}

impl Value {
    /// Returns a text as a value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into().into_bytes())
    }

    /// Returns a text, or no value.
    pub fn text_option(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// Returns the number, if the value is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Shows the value to people, whatever it is: damaged text with replacement characters, bytes as hexadecimal
    /// digits, a floating-point number by its bits. Returns `None` for no value.
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Self::Blob(bytes) => Some(hex::encode(bytes)),
            Self::Real(bits) => Some(format!("{bits:#x}")),
        }
    }

    /// Returns the value without its bytes being copied.
    pub fn borrowed(&self) -> BorrowedValue<'_> {
        match self {
            Self::Null => BorrowedValue::Null,
            Self::Integer(number) => BorrowedValue::Integer(*number),
            Self::Text(bytes) => BorrowedValue::Text(bytes),
            Self::Blob(bytes) => BorrowedValue::Blob(bytes),
            Self::Real(bits) => BorrowedValue::Real(*bits),
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.borrowed().write(out);
    }
}

/// A [`Value`] whose bytes stand elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BorrowedValue<'v> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text's bytes.
    Text(&'v [u8]),
    /// The bytes of a blob.
    Blob(&'v [u8]),
    /// A floating-point number, by its bits.
    Real(u64),
}

impl BorrowedValue<'_> {
    /// Writes the tag, the length in bytes (64 bits, the highest first) and the bytes.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let integer;
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Integer(number) => {
                integer = number.to_be_bytes();
                (1, &integer)
            }
            Self::Text(bytes) => (2, bytes),
            Self::Blob(bytes) => (3, bytes),
            Self::Real(bits) => {
                integer = bits.to_be_bytes();
                (4, &integer)
            }
        };
        out.push(tag);
        out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        out.extend_from_slice(bytes);
    }
}

/// The columns that an entry's hash covers, in the order of its bytes.
pub const COLUMNS: [&str; 14] = [
    "entry",
    "at",
    "actor_user",
    "actor_host",
    "accounting_user",
    "act",
    "record_id",
    "generation",
    "run_id",
    "voucher_id",
    "earlier_voucher_id",
    "reason",
    "detail",
    "previous",
];

/// An entry exactly as the ledger holds it, whether or not this program ever wrote it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The entry's values, in the order of [`COLUMNS`].
    pub values: [Value; COLUMNS.len()],
    /// Returns the hash that stands beside the values.
    pub hash: Value,
}

impl StoredEntry {
    /// Returns the value of a column of [`COLUMNS`].
    ///
    /// # Panics
    /// For any other name.
    pub fn value(&self, column: &str) -> &Value {
        let place =
            COLUMNS.iter().position(|name| *name == column).expect("only the columns of an entry are asked for");
        &self.values[place]
    }

    /// Returns the entry's number.
    pub fn entry(&self) -> Option<i64> {
        self.value("entry").as_integer()
    }

    /// Returns the hash of the entry before, as it stands here.
    pub fn previous(&self) -> Option<ChainHash> {
        hash_of(self.value("previous"))
    }

    /// The hash that stands beside the values.
    pub fn kept_hash(&self) -> Option<ChainHash> {
        hash_of(&self.hash)
    }

    /// Says whether the values make the hash that stands beside them.
    pub fn is_sound(&self, ledger_id: &str) -> bool {
        self.kept_hash() == Some(entry_hash(ledger_id, &self.values))
    }
}

fn hash_of(value: &Value) -> Option<ChainHash> {
    match value {
        Value::Blob(bytes) => ChainHash::from_bytes(bytes),
        _ => None,
    }
}

/// Returns the bytes of an entry: prefix, ledger id, then each of [`COLUMNS`].
pub fn entry_bytes(ledger_id: &str, values: &[Value; COLUMNS.len()]) -> Vec<u8> {
    let mut bytes = ENTRY_PREFIX.to_vec();
    Value::text(ledger_id).write(&mut bytes);
    values.iter().for_each(|value| value.write(&mut bytes));
    bytes
}

/// Returns the hash of an entry: SHA-256 over [`entry_bytes`].
pub fn entry_hash(ledger_id: &str, values: &[Value; COLUMNS.len()]) -> ChainHash {
    ChainHash(Sha256::digest(entry_bytes(ledger_id, values)).into())
}

/// Returns the bytes that are signed for a head: prefix, ledger id, number of entries, hash of the newest.
pub fn head_bytes(ledger_id: &str, entries: u64, head: &ChainHash) -> Vec<u8> {
    let mut bytes = HEAD_PREFIX.to_vec();
    Value::text(ledger_id).write(&mut bytes);
    Value::Integer(i64::try_from(entries).unwrap_or(i64::MAX)).write(&mut bytes);
    Value::Blob(head.as_bytes().to_vec()).write(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            proptest::collection::vec(any::<u8>(), 0..24).prop_map(Value::Text),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Blob),
            any::<u64>().prop_map(Value::Real),
        ]
    }

    fn values() -> impl Strategy<Value = [Value; COLUMNS.len()]> {
        proptest::collection::vec(value(), COLUMNS.len())
            .prop_map(|values| values.try_into().expect("so many were made"))
    }

    /// Reads the bytes back as `docs/audit-trail.md` says they are made. Bytes that can be read back belong to one
    /// entry alone.
    fn read_back(mut bytes: &[u8]) -> (String, Vec<Value>) {
        bytes = bytes.strip_prefix(ENTRY_PREFIX).expect("the prefix");
        let mut values = Vec::new();
        while let Some((tag, rest)) = bytes.split_first() {
            let (length, rest) = rest.split_first_chunk::<8>().expect("a length");
            let length = usize::try_from(u64::from_be_bytes(*length)).expect("it fits");
            let (value, rest) = rest.split_at(length);
            values.push(match tag {
                0 => Value::Null,
                1 => Value::Integer(i64::from_be_bytes(value.try_into().expect("eight bytes"))),
                2 => Value::Text(value.to_vec()),
                3 => Value::Blob(value.to_vec()),
                _ => Value::Real(u64::from_be_bytes(value.try_into().expect("eight bytes"))),
            });
            bytes = rest;
        }
        let Value::Text(ledger) = values.remove(0) else { panic!("the ledger's id comes first") };
        (String::from_utf8(ledger).expect("an id"), values)
    }

    proptest! {
        #[test]
        fn entry_can_be_read_back_from_its_bytes(ledger in ".{0,20}", values in values()) {
            let (ledger_back, values_back) = read_back(&entry_bytes(&ledger, &values));
            prop_assert_eq!(ledger_back, ledger);
            prop_assert_eq!(values_back, values.to_vec());
        }

        #[test]
        fn different_entries_have_different_bytes(one in values(), other in values(), swap in 0..COLUMNS.len() - 1) {
            let bytes = entry_bytes("l", &one);
            prop_assert_eq!(one == other, bytes == entry_bytes("l", &other));
            let mut swapped = one.clone();
            swapped.swap(swap, swap + 1);
            prop_assert_eq!(one == swapped, bytes == entry_bytes("l", &swapped));
            prop_assert_ne!(bytes, entry_bytes("m", &one));
        }

        #[test]
        fn byte_moved_from_one_column_to_the_next_is_another_entry(text in "[a-z]{1,8}", place in 1usize..8) {
            let place = place.min(text.len());
            let with = |first: &str, second: &str| {
                let mut values: [Value; COLUMNS.len()] = std::array::from_fn(|_| Value::Null);
                (values[2], values[3]) = (Value::text(first), Value::text(second));
                entry_hash("l", &values)
            };
            prop_assert_ne!(with(&text[..place], &text[place..]), with(&text[..place - 1], &text[place - 1..]));
        }
    }

    #[test]
    fn no_value_is_another_thing_than_an_empty_one() {
        let hash = |value: Value| {
            let mut values: [Value; COLUMNS.len()] = std::array::from_fn(|_| Value::Integer(1));
            values[6] = value;
            entry_hash("l", &values)
        };
        assert_ne!(hash(Value::Null), hash(Value::text("")));
        assert_ne!(hash(Value::text("")), hash(Value::Blob(Vec::new())));
    }

    /// Repeats the example of `docs/audit-trail.md`. If this fails, no ledger in the world can be verified any more.
    #[test]
    fn bytes_are_those_of_the_document() {
        let values = [
            Value::Integer(1),
            Value::text("2026-11-02T09:14:03.000Z"),
            Value::text("kari"),
            Value::text("HLF-PC-12"),
            Value::Null,
            Value::text("lock_broken"),
            Value::Null,
            Value::Null,
            Value::text("run-1"),
            Value::Null,
            Value::Null,
            Value::text("maskinen er ødelagt"),
            Value::text("{}"),
            Value::Blob(ChainHash::NONE.as_bytes().to_vec()),
        ];
        let bytes = entry_bytes("ledger-1", &values);
        assert_eq!(bytes.len(), 281);
        let hash = entry_hash("ledger-1", &values);
        assert_eq!(hash.to_string(), "f63d6fbb752d29e089d8f4473c87c4ef03389bc48f8af0857f4f04ed4671d153");
        let message = head_bytes("ledger-1", 1, &hash);
        assert_eq!(
            hex::encode(Sha256::digest(message)),
            "2014e3fc4dc3622ca3db94a690aa0a990222e23f8f6b2c1f3e7e93f8687d1625"
        );
    }
}
