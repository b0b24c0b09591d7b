//! Makes the digests of rows, and the Merkle tree over them whose root stands in an entry of the audit trail.
//!
//! `docs/audit-trail.md` says the same for the author of another verifier. Invariants: two different rows never have
//! the same bytes, and a leaf never passes for a node: each begins with a byte of its own (RFC 6962, section 2.1).

use std::ops::Range;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::audit_chain::{BorrowedValue, ChainHash, Value};

/// The beginning of a row's bytes.
pub const ROW_PREFIX: &[u8] = b"postonce row 1\n";

/// The room for the bytes of a usual row.
const ROW_BYTES: usize = 1_024;

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// The bytes of one row, whose digest is the SHA-256 over them: prefix, ledger id, table, the number of columns, and each
/// column's name and value. The columns come sorted by name; those that hold their default are not among them.
#[derive(Debug)]
pub struct RowBytes {
    bytes: Vec<u8>,
    /// The place of the number of columns, which is known at the end.
    count_at: usize,
    columns: i64,
}

impl RowBytes {
    /// Begins the bytes of a row.
    pub fn of(ledger_id: &str, table: &str) -> Self {
        let mut bytes = Vec::with_capacity(ROW_BYTES);
        bytes.extend_from_slice(ROW_PREFIX);
        BorrowedValue::Text(ledger_id.as_bytes()).write(&mut bytes);
        BorrowedValue::Text(table.as_bytes()).write(&mut bytes);
        let count_at = bytes.len();
        BorrowedValue::Integer(0).write(&mut bytes);
        Self { bytes, count_at, columns: 0 }
    }

    /// Adds the next column.
    pub fn add(&mut self, name: &str, value: BorrowedValue<'_>) {
        BorrowedValue::Text(name.as_bytes()).write(&mut self.bytes);
        value.write(&mut self.bytes);
        self.columns += 1;
    }

    /// Returns the digest.
    pub fn digest(mut self) -> ChainHash {
        let mut count = Vec::new();
        BorrowedValue::Integer(self.columns).write(&mut count);
        let behind = self.count_at + count.len();
        self.bytes.splice(self.count_at..behind, count);
        ChainHash::of(Sha256::digest(&self.bytes).into())
    }
}

/// Returns the digest of a row by its columns.
pub fn row_digest(ledger_id: &str, table: &str, columns: &[(&str, Value)]) -> ChainHash {
    let mut row = RowBytes::of(ledger_id, table);
    for (name, value) in columns {
        row.add(name, value.borrowed());
    }
    row.digest()
}

/// Returns the leaf of a row. `is_settled`: the row never changes again.
pub fn leaf(digest: &ChainHash, is_settled: bool) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update([LEAF]);
    hash.update(digest.as_bytes());
    hash.update([u8::from(is_settled)]);
    ChainHash::of(hash.finalize().into())
}

fn node(left: &ChainHash, right: &ChainHash) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update([NODE]);
    hash.update(left.as_bytes());
    hash.update(right.as_bytes());
    ChainHash::of(hash.finalize().into())
}

/// A Merkle tree that grows leaf by leaf; it holds one hash for each binary digit of the number of its leaves.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    peaks: Vec<ChainHash>,
    leaves: u64,
}

impl Tree {
    /// Adds a leaf at the end.
    pub fn add(&mut self, leaf: ChainHash) {
        let mut peak = leaf;
        // Each whole subtree of the same size to the left makes one of twice the size.
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.leaves += 1;
    }

    /// Returns the number of leaves.
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// Returns the root; `None` while there is no leaf.
    pub fn root(&self) -> Option<ChainHash> {
        let mut peaks = self.peaks.iter().rev();
        let last = *peaks.next()?;
        Some(peaks.fold(last, |right, left| node(left, &right)))
    }
}

/// The way from a leaf to the root, found while the leaves of the tree pass by.
#[derive(Debug)]
pub struct PathFinder {
    beside: Vec<(Range<u64>, Tree)>,
    next: u64,
}

impl PathFinder {
    /// Begins to look for the way of the leaf at `index` in a tree of so many leaves.
    pub fn new(index: u64, leaves: u64) -> Self {
        let mut beside = Vec::new();
        let mut within = 0..leaves;
        while within.end.saturating_sub(within.start) > 1 {
            let middle = within.start + split(within.end - within.start);
            let (left, right) = (within.start..middle, middle..within.end);
            let (mine, other) = if index < middle { (left, right) } else { (right, left) };
            beside.push((other, Tree::default()));
            within = mine;
        }
        beside.reverse();
        Self { beside, next: 0 }
    }

    /// Shows it the next leaf of the tree.
    pub fn pass(&mut self, leaf: ChainHash) {
        if let Some((_, tree)) = self.beside.iter_mut().find(|(range, _)| range.contains(&self.next)) {
            tree.add(leaf);
        }
        self.next += 1;
    }

    /// Returns the hashes beside the way, from the leaf up.
    pub fn path(&self) -> Vec<ChainHash> {
        self.beside.iter().filter_map(|(_, tree)| tree.root()).collect()
    }
}

/// Returns the size of the left part of a tree: the greatest power of two below the number of its leaves.
fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// Returns the root to which a leaf and the hashes beside its way lead; `None` if they do not fit the place.
pub fn root_from(leaf: ChainHash, index: u64, leaves: u64, path: &[ChainHash]) -> Option<ChainHash> {
    if index >= leaves {
        return None;
    }
    let (mut place, mut last, mut root) = (index, leaves - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            root = node(beside, &root);
            while place % 2 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

/// Shows that a row belongs to the root in an entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProof {
    /// The entry in which the root stands.
    pub entry: u64,
    /// The hash of that entry.
    pub entry_hash: String,
    /// The root.
    pub root: String,
    /// The number of rows under it.
    pub rows: u64,
    /// The table of the row.
    pub table: String,
    /// Its columns by name, with their values: a number, a text, `{"bytes": …}`, or nothing.
    pub columns: Vec<(String, serde_json::Value)>,
    /// True if the row never changes again.
    pub settled: bool,
    /// Its place among the rows, from 0.
    pub index: u64,
    /// The hashes beside its way to the root, from the leaf up.
    pub path: Vec<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: u64) -> Vec<ChainHash> {
        (0..count).map(|n| leaf(&row_digest("l", "t", &[("n", Value::Integer(n.cast_signed()))]), true)).collect()
    }

    /// Builds the tree as RFC 6962 words it, recursively.
    fn root_of(leaves: &[ChainHash]) -> ChainHash {
        match leaves {
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(usize::try_from(split(leaves.len() as u64)).expect("few"));
                node(&root_of(left), &root_of(right))
            }
        }
    }

    #[test]
    fn tree_is_that_of_the_standard_and_each_leaf_leads_to_its_root() {
        for count in 1..=70 {
            let leaves = leaves(count);
            let mut tree = Tree::default();
            leaves.iter().for_each(|leaf| tree.add(*leaf));
            let root = tree.root().expect("it has leaves");
            assert_eq!(root, root_of(&leaves));
            for index in 0..count {
                let mut finder = PathFinder::new(index, count);
                leaves.iter().for_each(|leaf| finder.pass(*leaf));
                let (mine, path) = (leaves[usize::try_from(index).expect("few")], finder.path());
                assert_eq!(root_from(mine, index, count, &path), Some(root), "{index} of {count}");
                let other = leaf(&row_digest("l", "t", &[]), true);
                assert_ne!(root_from(other, index, count, &path), Some(root));
                assert_ne!(root_from(mine, index + 1, count, &path), Some(root));
            }
        }
    }

    #[test]
    fn leaf_never_passes_for_a_node_or_for_one_that_may_change() {
        let [one, other] = [row_digest("l", "t", &[]), row_digest("l", "u", &[])];
        assert_ne!(leaf(&one, true), leaf(&one, false));
        let above = node(&leaf(&one, true), &leaf(&other, true));
        assert_ne!(leaf(&above, true), above);
    }

    proptest! {
        #[test]
        fn digests_of_different_rows_differ(a in ".{0,12}", b in ".{0,12}", n in any::<i64>()) {
            let row = |a: &str, b: &str, n| row_digest("l", "t", &[("a", Value::text(a)), ("b", Value::text(b)), ("n", n)]);
            let one = row(&a, &b, Value::Integer(n));
            prop_assert_eq!(one, row(&a, &b, Value::Integer(n)));
            prop_assert!(a == b || one != row(&b, &a, Value::Integer(n)));
            prop_assert_ne!(one, row(&a, &b, Value::Null));
            prop_assert_ne!(one, row(&a, &b, Value::text(n.to_string())));
            prop_assert_ne!(one, row_digest("m", "t", &[("a", Value::text(a.as_str())), ("b", Value::text(b.as_str())), ("n", Value::Integer(n))]));
        }
    }
}
