//! Counts and sums over the books, for tests that ask whether anything was posted twice.

use rusqlite::Connection;
use serde::Serialize;

use super::{Failure, open_drafts};
use crate::money;

#[derive(Debug, Serialize)]
pub(crate) struct BookStats {
    vouchers: i64,
    distinct_references: i64,
    voided: i64,
    reversals: i64,
    /// The references with more than one voucher that is not voided.
    duplicates: usize,
    duplicate_references: Vec<Duplicate>,
    /// The sums of vouchers that are neither voided nor counter-vouchers.
    sums: Vec<Sum>,
    open_drafts: i64,
}

#[derive(Debug, Serialize)]
struct Duplicate {
    reference: String,
    vouchers: i64,
}

#[derive(Debug, Serialize)]
struct Sum {
    currency: String,
    vouchers: i64,
    total: String,
}

pub(crate) fn book_stats(connection: &Connection) -> Result<BookStats, Failure> {
    let (vouchers, distinct_references, voided, reversals) = connection
        .prepare_cached(include_str!("sql/count_vouchers.sql"))?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let duplicate_references = connection
        .prepare_cached(include_str!("sql/select_duplicates.sql"))?
        .query_map([], |row| Ok(Duplicate { reference: row.get(0)?, vouchers: row.get(1)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let sums = connection
        .prepare_cached(include_str!("sql/sum_vouchers.sql"))?
        .query_map([], |row| {
            let currency: String = row.get(0)?;
            let total = money::format(row.get(2)?, money::exponent(&currency));
            Ok(Sum { currency, vouchers: row.get(1)?, total })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let duplicates = duplicate_references.len();
    Ok(BookStats {
        vouchers,
        distinct_references,
        voided,
        reversals,
        duplicates,
        duplicate_references,
        sums,
        open_drafts: open_drafts(connection)?,
    })
}
