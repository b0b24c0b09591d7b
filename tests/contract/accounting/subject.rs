//! Describes an accounting system so far as the suite has to know it to judge a connector by it: an adapter each, and nothing of
//! it is the connector's own.

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
    /// Of the request that attaches a receipt.
    pub(crate) attach: &'static str,
}

/// The VAT codes of a system's books, and what becomes of them there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VatCodes {
    /// The code of 25 %, and the account of its tax, where the system makes lines of it.
    pub(crate) high: (&'static str, Option<&'static str>),
    /// The same of 12 %.
    pub(crate) low: (&'static str, Option<&'static str>),
}

/// The VAT of a code in a voucher, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BookedVat {
    pub(crate) code: String,
    pub(crate) base: i64,
    pub(crate) tax: i64,
}

/// An act of a person in the books, past Postonce.
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
    /// Returns its protection, as `postonce status` names it.
    fn protection(&self) -> &'static str;

    /// Returns the address at which it listens.
    fn url(&self) -> String;

    /// Returns the workspace's `[accounting]`, for the system at that address.
    fn table(&self, url: &str) -> String;

    /// Returns the secret of the keyring.
    fn secret(&self) -> String;

    /// Returns the texts by which a proxy knows its requests.
    fn words(&self) -> Words;

    /// Returns the vouchers in the books; those that were voided and counter-vouchers are left out.
    fn vouchers(&self) -> Vec<Booked>;

    /// Returns the day of the voucher under a reference.
    fn day(&self, reference: &str) -> String;

    /// Returns the payee of a voucher's debt, by the id that people know.
    fn payee(&self, reference: &str) -> String;

    /// Returns account and sum of the lines of the voucher of that reference, in the order of the accounts.
    fn lines(&self, reference: &str) -> Vec<(String, i64)>;

    /// Returns the names of what is attached to the voucher of that reference, in their order.
    fn attachments(&self, reference: &str) -> Vec<String>;

    /// Returns the VAT codes of its books.
    fn vat_codes(&self) -> VatCodes;

    /// Returns base and tax of each VAT code of the voucher of that reference, in the order of the codes.
    fn vat(&self, reference: &str) -> Vec<BookedVat>;

    /// Returns account, dimension and value of the lines of the voucher of that reference, sorted, each once.
    fn dimensions(&self, reference: &str) -> Vec<(String, String, String)>;

    /// Returns foreign currency, sum of the debits in it, and their sum in kroner where the books have it, of the voucher
    /// of that reference.
    fn foreign(&self, reference: &str) -> (String, i64, Option<i64>);

    /// Gives the lines of one VAT code the other one, as a person may, in the voucher of that reference.
    fn recode(&self, reference: &str);

    /// Moves the lines of grant G-1 to grant G-2, as a person may, in the voucher of that reference.
    fn move_grant(&self, reference: &str);

    /// Returns the drafts: begun and not booked.
    fn drafts(&self) -> Vec<Booked>;

    /// Does a person's act to the voucher of that reference.
    fn by_hand(&self, act: ByHand, reference: &str);

    /// Deletes the draft of that reference, as a person may.
    fn delete_draft(&self, reference: &str);

    /// Doubles the amounts of the draft of that reference, as a person may.
    fn double_draft(&self, reference: &str);

    /// Gives the draft of that reference another one and books it, as a person may; returns the voucher's id.
    fn book_draft_as(&self, reference: &str, other: &str) -> String;

    /// Copies the voucher of that reference into a draft, as a person does some days later.
    fn copy_as_draft(&self, reference: &str);

    /// Moves the expense of the draft of that reference to another account, as a person may.
    fn redirect_draft(&self, reference: &str);

    /// Returns how many vouchers have an expense on that other account.
    fn redirected(&self) -> usize;

    /// Puts the row in which the lock stands out of use, as a person may, without deleting it.
    fn retire_lock(&self);

    /// Ends the server at once, as a power cut would.
    fn kill(&self);

    /// Starts it again, over the books it had.
    fn restart(&self);

    /// Stops the server so that requests come to it and nobody answers, or lets it go on.
    fn pause(&self, is_paused: bool);
}

/// Makes a subject: fresh books and a server over them.
pub(crate) type Fresh = fn() -> Result<Box<dyn AccountingSubject>, Trouble>;

/// Reads the rows of a query of the form `reference|amount`, the amount with two decimals.
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

/// Reads the rows of a query of the form `account|amount`, the amount with two decimals, by account.
pub(crate) fn by_account(rows: &str) -> Vec<(String, i64)> {
    let mut sums = BTreeMap::new();
    for row in rows.lines().filter(|line| !line.is_empty()) {
        let (account, amount) = row.rsplit_once('|').expect("two columns");
        *sums.entry(account.to_owned()).or_default() += amount.replace('.', "").parse::<i64>().expect("a number");
    }
    sums.into_iter().collect()
}

/// Reads the rows of a query of the form `code|base|tax`, the amounts with two decimals.
pub(crate) fn vat_rows(rows: &str) -> Vec<BookedVat> {
    let minor = |text: &str| text.replace('.', "").parse().expect("a number");
    let row = |row: &str| {
        let cells: Vec<&str> = row.split('|').collect();
        BookedVat { code: cells[0].to_owned(), base: minor(cells[1]), tax: minor(cells[2]) }
    };
    let mut vat: Vec<BookedVat> = rows.lines().filter(|line| !line.is_empty()).map(row).collect();
    vat.sort();
    vat
}

/// Reads the row of a query of the form `currency|sum|own sum`, the amounts with two decimals.
pub(crate) fn foreign_row(row: &str) -> (String, i64, Option<i64>) {
    let cells: Vec<&str> = row.trim().split('|').collect();
    let [currency, sum, own] = cells.as_slice() else { panic!("one foreign currency: {row}") };
    let minor = |text: &str| text.replace('.', "").parse().expect("a number");
    ((*currency).to_owned(), minor(sum), Some(minor(own)))
}

/// Reads the rows of a query of the form `account|dimension|value`.
pub(crate) fn dimension_rows(rows: &str) -> Vec<(String, String, String)> {
    let row = |row: &str| {
        let mut cells = row.split('|').map(str::to_owned);
        let mut next = || cells.next().expect("three columns");
        (next(), next(), next())
    };
    let mut all: Vec<(String, String, String)> = rows.lines().filter(|line| !line.is_empty()).map(row).collect();
    all.sort();
    all.dedup();
    all
}

/// Returns how many there are of each reference.
pub(crate) fn by_reference(booked: &[Booked]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for one in booked {
        *counts.entry(one.reference.as_str()).or_default() += 1;
    }
    counts
}
