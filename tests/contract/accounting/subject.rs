//! What the suite has to know of an accounting system to judge a connector by it: an adapter each, and nothing of it is the
//! connector's own.

use std::collections::BTreeMap;

use postonce_peers::Trouble;

/// A voucher or draft, as the system's own books have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Booked {
    /// The reference that Postonce gave it.
    pub(crate) reference: String,
    /// In minor units: the sum of its debits.
    pub(crate) minor: i64,
}

/// Texts by which a proxy knows a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// Of the request that makes vouchers, or drafts where there are some.
    pub(crate) write: &'static str,
    /// Of the request that makes vouchers of drafts.
    pub(crate) commit: Option<&'static str>,
    /// Of the request that discards a draft.
    pub(crate) discard: Option<&'static str>,
    /// Of the request that looks for references.
    pub(crate) look_up: &'static str,
}

/// What a person does in the books, past Postonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByHand {
    /// Books a counter-voucher, or voids it.
    Reverse,
    /// Makes it disappear.
    Delete,
    /// Gives it another reference.
    Rename,
    /// Books it once more, by hand, under the same reference.
    Copy,
}

/// An accounting system with books of its own, and nobody else in them.
pub(crate) trait AccountingSubject {
    /// As `postonce status` names it.
    fn protection(&self) -> &'static str;

    /// Where it listens.
    fn url(&self) -> String;

    /// The workspace's `[accounting]`, for the system at that address.
    fn table(&self, url: &str) -> String;

    /// What stands in the keyring.
    fn secret(&self) -> String;

    /// How a proxy knows its requests.
    fn words(&self) -> Words;

    /// The vouchers in the books, those that were voided and counter-vouchers left out.
    fn vouchers(&self) -> Vec<Booked>;

    /// What was begun and not booked.
    fn drafts(&self) -> Vec<Booked>;

    /// A person's act on the voucher of that reference.
    fn by_hand(&self, act: ByHand, reference: &str);

    /// A person's act on the draft of that reference: it is deleted.
    fn delete_draft(&self, reference: &str);

    /// A person's act on the draft of that reference: its amounts are doubled.
    fn double_draft(&self, reference: &str);

    /// A person gives the draft of that reference another one, and books it; the voucher's id.
    fn book_draft_as(&self, reference: &str, other: &str) -> String;

    /// A person copies the voucher of that reference into a draft, some days later.
    fn copy_as_draft(&self, reference: &str);

    /// A person's act on the draft of that reference: its expense goes to another account.
    fn redirect_draft(&self, reference: &str);

    /// Vouchers with an expense on that other account.
    fn redirected(&self) -> usize;

    /// A person puts whatever row the lock stands in out of use, without deleting it.
    fn retire_lock(&self);

    /// Ends the server at once, as a power cut would.
    fn kill(&self);

    /// Starts it again, over the books it had.
    fn restart(&self);

    /// Requests come to it, and nobody answers.
    fn pause(&self, is_paused: bool);
}

/// Makes a subject: fresh books and a server over them.
pub(crate) type Fresh = fn() -> Result<Box<dyn AccountingSubject>, Trouble>;

/// Rows of a query of the form `reference|amount`, the amount with two decimals.
pub(crate) fn booked(rows: &str) -> Vec<Booked> {
    let row = |row: &str| {
        let (reference, amount) = row.rsplit_once('|').expect("two columns");
        let (whole, part) = amount.split_once('.').unwrap_or((amount, "00"));
        assert!(part.len() >= 2 && part[2..].bytes().all(|digit| digit == b'0'), "an amount of whole øre: {row}");
        let minor = format!("{whole}{}", &part[..2]).parse().expect("a number");
        Booked { reference: reference.to_owned(), minor }
    };
    let mut booked: Vec<Booked> = rows.lines().filter(|line| !line.is_empty()).map(row).collect();
    booked.sort();
    booked
}

/// How many there are of each reference.
pub(crate) fn by_reference(booked: &[Booked]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for one in booked {
        *counts.entry(one.reference.as_str()).or_default() += 1;
    }
    counts
}
